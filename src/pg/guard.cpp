// The only PG_TRY of the extension, and the only place that catches exceptions of other types than its own.
#include "pg/guard.hpp"

#include <cstring>

extern "C" {
#include "utils/resowner.h"
}

namespace calcom::pg {

namespace {

void copy_text(char* target, std::size_t size, const char* source) noexcept {
  std::size_t length = std::strlen(source);
  if (length >= size) {
    length = size - 1;
    while (length > 0 && (static_cast<unsigned char>(source[length]) & 0xC0) == 0x80)
      --length;  // whole characters
  }
  std::memcpy(target, source, length);
  target[length] = '\0';
}

void describe(Fault* fault, int sqlstate, const char* message, const char* detail,
              const char* hint) noexcept {
  fault->sqlstate = sqlstate;
  copy_text(fault->message, sizeof fault->message, message);
  copy_text(fault->detail, sizeof fault->detail, detail);
  copy_text(fault->hint, sizeof fault->hint, hint);
}

// Returns null if there is no memory for the copy.
ErrorData* copy_error(MemoryContext caller) {
  ErrorData* volatile copy = nullptr;
  MemoryContextSwitchTo(caller);
  PG_TRY();
  { copy = CopyErrorData(); }
  PG_CATCH();
  { MemoryContextSwitchTo(caller); }
  PG_END_TRY();
  FlushErrorState();
  return copy;
}

}  // namespace

namespace border {

// A C++ exception that left PG_TRY would leave PG_exception_stack dangling: it is caught inside and thrown again after
// PG_END_TRY.
void protect(Body body, void* argument) {
  MemoryContext caller = CurrentMemoryContext;
  std::exception_ptr pending;
  ErrorData* volatile error = nullptr;
  volatile bool raised = false;
  PG_TRY();
  {
    try {
      body(argument);
    } catch (...) {
      pending = std::current_exception();
    }
  }
  PG_CATCH();
  {
    raised = true;
    error = copy_error(caller);
  }
  PG_END_TRY();
  if (pending) std::rethrow_exception(pending);
  if (!raised) return;
  if (error == nullptr) throw std::bad_alloc();
  throw PgError{error};
}

bool contain(Body body, void* argument, ErrorData** error, Fault* fault) noexcept {
  *error = nullptr;
  try {
    body(argument);
    return true;
  } catch (const PgError& raised) {
    *error = raised.data;
  } catch (const SqlError& ours) {
    describe(fault, ours.sqlstate, ours.message.c_str(), ours.detail.c_str(), ours.hint.c_str());
  } catch (const std::bad_alloc&) {
    describe(fault, ERRCODE_OUT_OF_MEMORY, "out of memory", "", "");
  } catch (const std::exception& unexpected) {
    describe(fault, ERRCODE_INTERNAL_ERROR, unexpected.what(),
             "An unexpected C++ exception reached the border.", "");
  } catch (...) {
    describe(fault, ERRCODE_INTERNAL_ERROR, "unknown C++ exception", "", "");
  }
  return false;
}

void report(ErrorData* error, const Fault& fault, bool hide_statement) {
  if (error != nullptr) {
    error->hide_stmt = error->hide_stmt || hide_statement;
    ReThrowError(error);
  }
  ereport(ERROR, (errcode(fault.sqlstate), errmsg_internal("%s", fault.message),
                  fault.detail[0] != '\0' ? errdetail_internal("%s", fault.detail) : 0,
                  fault.hint[0] != '\0' ? errhint("%s", fault.hint) : 0, errhidestmt(hide_statement)));
  pg_unreachable();
}

}  // namespace border

bool must_propagate(int sqlstate) {
  return sqlstate == ERRCODE_QUERY_CANCELED || sqlstate == ERRCODE_ADMIN_SHUTDOWN ||
         sqlstate == ERRCODE_CRASH_SHUTDOWN || sqlstate == ERRCODE_CONNECTION_FAILURE;
}

namespace {

std::string or_empty(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

Failure failure_of(const PgError& error) {
  const ErrorData& data = *error.data;
  return {data.sqlerrcode, or_empty(data.message), or_empty(data.detail), or_empty(data.hint),
          or_empty(data.context)};
}

Failure failure_of(const SqlError& error) {
  return {error.sqlstate, error.message, error.detail, error.hint, {}};
}

}  // namespace

std::string described(const Failure& failure) {
  return std::string(unpack_sql_state(failure.sqlstate)) + ": " + failure.message;
}

std::string diagnosis(const Failure& failure) {
  std::string text;
  const auto add = [&](const char* label, const std::string& value) {
    if (!value.empty()) text.append(text.empty() ? "" : "\n").append(label).append(":  ").append(value);
  };
  add("DETAIL", failure.detail);
  add("HINT", failure.hint);
  add("CONTEXT", failure.context);
  return text;
}

SqlError as_error(const Failure& failure) {
  return {failure.sqlstate, failure.message, failure.detail, failure.hint};
}

bool subxact(Failure* failure, const std::function<void()>& body) {
  MemoryContext context = CurrentMemoryContext;
  ResourceOwner owner = CurrentResourceOwner;
  call([] { BeginInternalSubTransaction(nullptr); });
  MemoryContextSwitchTo(context);
  auto restore = [&] {
    MemoryContextSwitchTo(context);
    CurrentResourceOwner = owner;
  };
  auto roll_back = [&] {
    call([] { RollbackAndReleaseCurrentSubTransaction(); });
    restore();
  };
  try {
    body();
    call([] { ReleaseCurrentSubTransaction(); });
    restore();
    return true;
  } catch (const PgError& error) {
    *failure = failure_of(error);
    roll_back();
    if (must_propagate(failure->sqlstate)) throw;
  } catch (const SqlError& error) {
    *failure = failure_of(error);
    roll_back();
  } catch (const std::bad_alloc&) {
    roll_back();
    *failure = {ERRCODE_OUT_OF_MEMORY, "out of memory", {}, {}, {}};
  } catch (...) {  // an unexpected exception must not leave the subtransaction open
    roll_back();
    throw;
  }
  return false;
}

bool outlive(Failure* failure, const std::function<void()>& body, const std::function<void()>& roll_back) {
  try {
    body();
    return true;
  } catch (const PgError& error) {
    *failure = failure_of(error);
  } catch (const SqlError& error) {
    *failure = failure_of(error);
  } catch (const std::bad_alloc&) {
    *failure = {ERRCODE_OUT_OF_MEMORY, "out of memory", {}, {}, {}};
  }
  roll_back();
  return false;
}

}  // namespace calcom::pg
