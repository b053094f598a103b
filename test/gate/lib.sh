# What every gate shares. A gate is a script that defines
#   scan ROOT   prints one line for each violation in the tree ROOT, the file's path in it
#   plant       writes, into an empty tree, files that must be reported (bad FILE) and files that must not (good FILE)
# and ends with `gate`. First the planted tree proves that the gate can fail, then the real one is scanned.
# shellcheck shell=bash
set -euo pipefail
# shellcheck source=tools/lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../tools/lib.sh"
export LC_ALL=C

bad() { cat >"$(planted "$1")" && bad_files+=("$1"); }
good() { cat >"$(planted "$1")" && good_files+=("$1"); }
planted() { mkdir -p "$tree/$(dirname "$1")" && printf '%s\n' "$tree/$1"; }

reported() { grep -qE "^(.*/)?${1//./\\.}:" <<<"$report"; }

prove_that_it_fails() {
  local file report tree bad_files=() good_files=()
  tree=$(mktemp -d)
  # shellcheck disable=SC2064  # the directory's name as it is now
  trap "rm -rf '$tree'" EXIT
  plant
  report=$(cd "$tree" && scan "$tree") || true
  for file in "${bad_files[@]}"; do
    reported "$file" || die "this gate is blind: it did not report the planted $file"
  done
  for file in "${good_files[@]}"; do
    ! reported "$file" || die "this gate cries wolf: it reported the innocent $file: $report"
  done
}

gate() {
  local report
  prove_that_it_fails
  report=$(cd "$root" && scan "$root") || die "the scan itself failed: $report"
  [[ -z $report ]] || {
    printf '%s\n' "$report"
    exit 1
  }
}

# sources ROOT FOLDER...: C++ files below these folders, relative to ROOT; folders that do not exist hold none.
sources() {
  local top=$1 folder
  shift
  for folder in "$@"; do
    [[ ! -d $top/$folder ]] || (cd "$top" && find "$folder" \( -name '*.cpp' -o -name '*.hpp' \) | sort)
  done
}

# The list of floors, src/floors.txt: kind, folder, what it may include.
floors_file=$root/src/floors.txt

# floors KIND...: the folders of these kinds, whole floors only ("core", not "core/base").
floors() { awk -v kinds=" $* " '!/^#/ && index(kinds, " " $1 " ") && $2 !~ "/" { print $2 }' "$floors_file"; }

# Is this file ("src/pg/spi.cpp") in a floor that is compiled with PostgreSQL's headers?
in_server_floor() { awk -v file="$1" '$1 == "server" && index(file, "src/" $2 "/") == 1 { found = 1 } END { exit !found }' "$floors_file"; }

# compiler_flags FILE: one a line, for the floor that the file is in.
compiler_flags() { if in_server_floor "$1"; then server_flags; else pure_flags; fi; }
export floors_file
export -f in_server_floor compiler_flags

# C++ files of these kinds of floors.
sources_of() {
  local top=$1 folders
  shift
  mapfile -t folders < <(floors "$@" | sed 's|^|src/|')
  sources "$top" "${folders[@]}"
}

# Drops // comments, so that a sentence about ereport is not a call of it.
code_of() { sed 's://.*$::' "$1"; }

# refuse_code PATTERN WORDS FILE...: reports code that matches.
refuse_code() {
  local pattern=$1 words=$2 file line
  shift 2
  for file in "$@"; do
    while IFS= read -r line; do
      [[ -z $line ]] || printf '%s:%s: %s\n' "$file" "${line%%:*}" "$words"
    done < <(code_of "$file" | grep -nE -- "$pattern" || true)
  done
}

# without FILE... : the names of standard input that are not among the arguments.
without() {
  local file
  while IFS= read -r file; do
    [[ " $* " == *" $file "* ]] || printf '%s\n' "$file"
  done
}

# Compiler flags of the floors, for the gates that compile.
pure_flags() { printf '%s\n' -std=c++20 -Isrc -D_GNU_SOURCE $(pkg-config --cflags libpq); }
server_flags() { printf '%s\n' -std=c++20 -Isrc -D_GNU_SOURCE -Wno-register "-DCALCOM_VERSION=\"0\"" -isystem "$("$PG_CONFIG" --includedir-server)"; }
clang_tool() { if have "$1-14"; then printf '%s-14\n' "$1"; else printf '%s\n' "$1"; fi; }
