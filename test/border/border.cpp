// Functions that misbehave, one way each, so that a test can see what the border (src/pg/guard.hpp) makes of
// it: which error reaches the client, whether every destructor ran, whether anything grows when it happens
// ten thousand times.
#include <stdexcept>

#include "pg/guard.hpp"

extern "C" {
CALCOM_EXPORT const Pg_magic_struct* PG_MAGIC_FUNCTION_NAME(void);
}

const Pg_magic_struct* PG_MAGIC_FUNCTION_NAME(void) {
  static const Pg_magic_struct magic = PG_MODULE_MAGIC_DATA;
  return &magic;
}

using namespace calcom::pg;

namespace {

std::int64_t alive = 0;  // objects constructed and not yet destroyed, in this backend

// Owns memory, so that a leak of one is a leak that a process shows.
class Witness {
 public:
  Witness() : held_(4096, 'w') { ++alive; }
  ~Witness() { --alive; }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

 private:
  std::string held_;
};

[[noreturn]] void raise_in_server(int sqlstate) {
  call([=] {
    ereport(ERROR, (errcode(sqlstate), errmsg("raised by the server"), errdetail("A detail."),
                    errhint("A hint."), errcontext("a context")));
  });
  std::abort();
}

// Three frames, each with something to destroy; the innermost calls `body`.
void third_frame(const std::function<void()>& body) {
  const Witness witness;
  body();
}
void second_frame(const std::function<void()>& body) {
  const auto witness = std::make_unique<Witness>();
  third_frame(body);
}
void below_three_frames(const std::function<void()>& body) {
  const std::vector<Witness> witnesses(3);
  second_frame(body);
}

void divide_by_zero() {
  call([] { return DirectFunctionCall2(int4div, Int32GetDatum(1), Int32GetDatum(0)); });
}

[[noreturn]] void misbehave_frame(std::string_view how);

void misbehave(std::string_view how) {
  if (how == "nothing") return;
  if (how == "bad_alloc") throw std::bad_alloc();
  if (how == "huge allocation") {
    const std::string huge(std::string().max_size() / 2, 'x');
    throw std::runtime_error("there was memory for " + std::to_string(huge.size()));
  }
  if (how == "runtime_error") throw std::runtime_error("a surprise: 100% of %s");
  if (how == "number") throw 42;
  if (how == "ereport") raise_in_server(ERRCODE_DIVISION_BY_ZERO);
  if (how == "division") return divide_by_zero();
  if (how == "palloc") return void(call([] { return palloc(MaxAllocSize + 1); }));
  if (how == "cancel") raise_in_server(ERRCODE_QUERY_CANCELED);
  if (how == "SqlError")
    throw SqlError{MAKE_SQLSTATE('K', 'C', '9', '9', '9'), "ours", "The detail of 100%.", "The hint of %s."};
  if (how == "SqlError, long") {
    std::string long_text;  // an odd offset, so that a cut by bytes would fall inside a character
    for (int i = 0; i < 2000; ++i) long_text += "ż";
    throw SqlError{ERRCODE_INTERNAL_ERROR, "x" + long_text, long_text, long_text};
  }
  misbehave_frame(how);
}

// What goes wrong between call()s.
void misbehave_frame(std::string_view how) {
  if (how == "exception inside call") call([] { throw std::runtime_error("thrown inside call"); });
  if (how == "nested call") call([] { raise_in_server(ERRCODE_UNDEFINED_TABLE); });
  if (how == "call after call") {
    try {
      divide_by_zero();
    } catch (const PgError& error) {
      const int first = error.sqlstate();
      call([=] {
        ereport(ERROR, (errcode(ERRCODE_UNDEFINED_FUNCTION), errmsg("after %s", unpack_sql_state(first))));
      });
    }
  }
  throw std::invalid_argument("unknown misbehaviour");
}

std::string text_of(Datum value) {
  const char* bytes = call([=] { return static_cast<const char*>(TextDatumGetCString(value)); });
  return bytes;
}

Datum text_from(const std::string& text) {
  const char* bytes = text.c_str();
  return call([=] { return PointerGetDatum(cstring_to_text(bytes)); });
}

}  // namespace

// border_misbehave(how text) → text: it leaves the function, below three frames.
CALCOM_FUNCTION(border_misbehave) {
  return entry([&]() -> Datum {
    const std::string how = text_of(PG_GETARG_DATUM(0));
    below_three_frames([&] { misbehave(how); });
    return text_from("it went well");
  });
}

// border_consume(how text): what a subtransaction made of it, "SQLSTATE message", and that the backend goes
// on.
CALCOM_FUNCTION(border_consume) {
  return entry([&]() -> Datum {
    const std::string how = text_of(PG_GETARG_DATUM(0));
    const Witness witness;
    const MemoryContext context = CurrentMemoryContext;
    const ResourceOwner owner = CurrentResourceOwner;
    Failure failure;
    const bool committed = subxact(&failure, [&] { below_three_frames([&] { misbehave(how); }); });
    if (context != CurrentMemoryContext || owner != CurrentResourceOwner)
      throw std::logic_error("not restored");
    if (committed) return text_from("committed");
    return text_from(unpack_sql_state(failure.sqlstate) + (" " + failure.message));
  });
}

// border_consume_many(how text, n integer): how often it was consumed, in one call.
CALCOM_FUNCTION(border_consume_many) {
  return entry([&]() -> Datum {
    const std::string how = text_of(PG_GETARG_DATUM(0));
    const int times = PG_GETARG_INT32(1);
    std::int64_t consumed = 0;
    for (int i = 0; i < times; ++i) {
      Failure failure;
      if (!subxact(&failure, [&] { below_three_frames([&] { misbehave(how); }); })) ++consumed;
    }
    return Int64GetDatum(consumed);
  });
}

// border_sleep(seconds float8): sleeps in a subtransaction, which may not consume the cancel that ends it.
CALCOM_FUNCTION(border_sleep) {
  return entry([&]() -> Datum {
    const Datum seconds = PG_GETARG_DATUM(0);
    Failure failure;
    subxact(&failure, [&] {
      below_three_frames([&] { call([=] { return DirectFunctionCall1(pg_sleep, seconds); }); });
    });
    return text_from("it slept, or the cancel was consumed");
  });
}

CALCOM_FUNCTION(border_alive) {
  return entry([] { return Int64GetDatum(alive); });
}
