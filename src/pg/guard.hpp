// The border between C++ and PostgreSQL. PostgreSQL reports errors by longjmp, C++ by exceptions; neither may cross the
// other's frames.
//
//   verb     who uses it                               what happens to an error
//   -------  ----------------------------------------  --------------------------------------------------------------
//   entry    every SQL-callable function, worker main  reported by ereport after all C++ frames were unwound
//   call     C++ code with live objects that calls     the longjmp ends here and becomes the exception PgError
//            PostgreSQL
//   subxact  code that goes on after an error          the subtransaction is rolled back, `Failure` holds the error;
//                                                      cancel and shutdown are thrown again
//   outlive  the workers, around a transaction         the same for a top-level transaction; cancel is consumed too
//
// INVARIANT: the lambda given to call() has only trivially destructible locals, because a longjmp may leave it.
#pragma once

#include "pg/postgres.hpp"

namespace calcom::pg {

// An error that PostgreSQL raised below call(). Caught by entry(), subxact() and outlive(). `data` is allocated in the
// memory context that was current at the call.
struct PgError {
  ErrorData* data;
  int sqlstate() const { return data->sqlerrcode; }
};

// An error of the extension, reported by entry() with its SQLSTATE. Texts follow PostgreSQL's error style guide: the
// message in lower case without a full stop, detail and hint as sentences. INVARIANT: no secret and no personal data.
struct SqlError {
  int sqlstate;
  std::string message;
  std::string detail = {};
  std::string hint = {};
};

// A SqlError or other C++ exception as plain bytes, so that no C++ object is alive when ereport jumps.
struct Fault {
  int sqlstate;
  char message[512];
  char detail[1024];
  char hint[1024];
};

namespace border {
using Body = void (*)(void*);
void protect(Body body, void* argument);  // the PG_TRY of call()
// Returns true if `body` returned. Otherwise `error` or `fault` holds what it threw.
bool contain(Body body, void* argument, ErrorData** error, Fault* fault) noexcept;
[[noreturn]] void report(ErrorData* error, const Fault& fault, bool hide_statement);

template <typename F>
void invoke(void* argument) {
  (*static_cast<F*>(argument))();
}
}  // namespace border

// Calls PostgreSQL from C++ code with live objects. Throws PgError.
template <typename F>
auto call(F&& body) -> std::invoke_result_t<F&> {
  using Result = std::invoke_result_t<F&>;
  if constexpr (std::is_void_v<Result>) {
    border::protect(&border::invoke<std::remove_reference_t<F>>, &body);
  } else {
    static_assert(std::is_trivially_copyable_v<Result> && std::is_trivially_destructible_v<Result>);
    Result result{};
    auto store = [&] { result = body(); };
    border::protect(&border::invoke<decltype(store)>, &store);
    return result;
  }
}

// kHidden: the server does not log the statement of an error, because its text may hold a secret or personal data.
enum class Statements : bool { kLogged, kHidden };

// The outermost frame of every SQL-callable function and worker main.
template <typename F>
auto entry(F&& body, Statements statements = Statements::kLogged) -> std::invoke_result_t<F&> {
  using Result = std::invoke_result_t<F&>;
  ErrorData* error = nullptr;
  Fault fault;
  if constexpr (std::is_void_v<Result>) {
    if (border::contain(&border::invoke<std::remove_reference_t<F>>, &body, &error, &fault)) return;
  } else {
    static_assert(std::is_trivially_destructible_v<Result>);
    Result result{};
    auto store = [&] { result = body(); };
    if (border::contain(&border::invoke<decltype(store)>, &store, &error, &fault)) return result;
  }
  border::report(error, fault, statements == Statements::kHidden);
}

// entry() for a function that may return NULL: nullopt sets fcinfo->isnull.
template <typename F>
Datum nullable_entry(FunctionCallInfo fcinfo, F&& body, Statements statements = Statements::kLogged) {
  const std::optional<Datum> result = entry(std::forward<F>(body), statements);
  fcinfo->isnull = !result;
  return result.value_or(static_cast<Datum>(0));
}

// Why a transaction or subtransaction was rolled back. `detail` may quote rows (personal data) and never goes to the
// server log.
struct Failure {
  int sqlstate = 0;
  std::string message, detail, hint, context;
};

// "SQLSTATE: message".
std::string described(const Failure& failure);
// DETAIL, HINT and CONTEXT, one a line as psql prints them; empty if there is none. Only for tables of the user.
std::string diagnosis(const Failure& failure);
// To raise the failure again.
SqlError as_error(const Failure& failure);

// Runs `body` in a subtransaction. True: committed to the parent. False: rolled back, `failure` holds the error.
// Query cancel, shutdown and a broken connection are thrown again after the rollback. INVARIANT: the memory that `body`
// changes is discarded by the caller on failure, or is still valid after a rollback.
bool subxact(Failure* failure, const std::function<void()>& body);

// The same for a top-level transaction of a background process, where cancel ends the round and not the process.
// `roll_back` runs after `failure` was filled.
bool outlive(Failure* failure, const std::function<void()>& body, const std::function<void()>& roll_back);

// True for cancel, shutdown and a broken connection, which must reach the client or the postmaster.
bool must_propagate(int sqlstate);

}  // namespace calcom::pg
