# The extension, by PGXS. The pure floors, proxy, unit tests and fuzz targets are built by CMakeLists.txt. Both take their
# sources from the folders named in src/floors.txt. The version is in calcom.control only.
EXTENSION   = calcom
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" calcom.control)
MODULE_big  = calcom
BUILD      ?= build

# src/floors.txt is the one list of floors; the gates read it too.
PURE_FLOORS   := $(shell awk '$$1 == "pure" && $$2 !~ "/" { print $$2 }' src/floors.txt)
SERVER_FLOORS := $(shell awk '$$1 == "server" { print $$2 }' src/floors.txt)
OBJS = $(patsubst %.cpp,%.o,$(sort $(foreach floor,$(PURE_FLOORS) $(SERVER_FLOORS),$(wildcard src/$(floor)/*.cpp src/$(floor)/*/*.cpp))))

# Install SQL: the files of src/sql/order.txt, concatenated in that order and nothing else.
SQL_PARTS := $(addprefix src/sql/,$(shell cat src/sql/order.txt))
DATA       = $(wildcard src/sql/upgrade/*.sql) $(wildcard src/sql/release/*.sql)
DATA_built = calcom--$(EXTVERSION).sql

# By the shell that compiles: other goals work where pkg-config is not installed yet.
LIBRARIES = libcrypto libcurl jansson simdjson
PG_CPPFLAGS = -Isrc -DCALCOM_VERSION='"$(EXTVERSION)"'
# -Wno-register, -Wno-unused-parameter: PostgreSQL's own headers up to 15.
PG_CXXFLAGS = -std=c++20 -Wall -Wextra -Wshadow -Werror -Wno-unused-parameter -Wno-register \
              -fvisibility=hidden -fvisibility-inlines-hidden -fno-omit-frame-pointer -MMD -MP \
              `pkg-config --cflags $(LIBRARIES)`
SHLIB_LINK  = `pkg-config --libs $(LIBRARIES)` -lstdc++ -Wl,--exclude-libs,ALL \
              -Wl,--version-script=src/pg/exports.map

REGRESS      = $(sort $(notdir $(basename $(wildcard sql/*.sql))))
REGRESS_OPTS = --inputdir=. --outputdir=$(BUILD)/regress --temp-instance=$(BUILD)/regress/instance \
               --temp-config=test/regress.conf --encoding=UTF8 --no-locale
ISOLATION      = $(sort $(notdir $(basename $(wildcard test/isolation/specs/*.spec))))
ISOLATION_OPTS = --inputdir=test/isolation --outputdir=$(BUILD)/isolation \
                 --temp-instance=$(BUILD)/isolation/instance --temp-config=test/regress.conf --encoding=UTF8 --no-locale

EXTRA_CLEAN = $(patsubst %.o,%.d,$(OBJS)) calcom--$(EXTVERSION).sql

# Bitcode would be compiled by clang without our flags and would make the package depend on the JIT.
override with_llvm = no
PG_CONFIG ?= pg_config
PGXS := $(wildcard $(shell $(PG_CONFIG) --pgxs 2>/dev/null))
ifneq ($(PGXS),)
include $(PGXS)
else  # `make run` and `make test` bring PostgreSQL themselves
all install uninstall installcheck clean:
	@echo "$(PG_CONFIG) knows no server headers: set PG_CONFIG, or run tools/dependencies.sh run (Debian, Ubuntu)" >&2; exit 1
endif
-include $(OBJS:.o=.d)

calcom.so: src/pg/exports.map

# pg_regress makes one level of its output directory only.
installcheck: | $(BUILD)/regress $(BUILD)/isolation
$(BUILD)/regress $(BUILD)/isolation: ; mkdir -p $@

# A compiler cache, where there is one.
override CXX := $(shell command -v ccache) $(CXX)

# The pure floors cannot include postgres.h: they are not given the server's include directory.
$(foreach floor,$(PURE_FLOORS),src/$(floor)/%.o): override CPPFLAGS = -Isrc -D_GNU_SOURCE -D_FORTIFY_SOURCE=2
# The server floors see its headers as system headers, whose warnings are not ours.
$(foreach floor,$(SERVER_FLOORS),src/$(floor)/%.o): override CPPFLAGS := $(patsubst -I$(includedir_server),-isystem $(includedir_server),$(CPPFLAGS))

calcom--$(EXTVERSION).sql: $(SQL_PARTS) src/sql/order.txt calcom.control
	cat $(SQL_PARTS) > $@

# ---- for people ---------------------------------------------------------------------------------------------------
.PHONY: run sample test crash-matrix simulate-property unit fuzz gates format tidy compile_commands.json
run:     ; @tools/run.sh
sample:  ; @tools/send.sh "$(EVENT)"
test:    ; @tools/test.sh
crash-matrix: ; @tools/test.sh install matrix
simulate-property: ; @tools/test.sh install simulation
gates:   ; @test/gate/run.sh
fuzz:    ; @test/fuzz/run.sh $(or $(SECONDS_EACH),600)
unit: compile_commands.json
	cmake --build $(BUILD)/cmake -j 2 && ctest --test-dir $(BUILD)/cmake --output-on-failure
compile_commands.json:
	cmake -S . -B $(BUILD)/cmake -G Ninja && ln -sf $(BUILD)/cmake/$@ $@
format:  ; @test/gate/format.sh --fix
tidy:    ; @test/gate/tidy.sh
