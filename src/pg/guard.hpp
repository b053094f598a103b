// The border between C++ and PostgreSQL, and the only file that knows both worlds. PostgreSQL reports errors
// by longjmp, C++ by exceptions; neither may cross the other's frames:
//   entry    every SQL-callable function: runs C++ and reports whatever left it after all C++ frames have
//   closed call     C++ code with live objects calls a PostgreSQL function that can raise; the error becomes
//   a PgError subxact  the only place where a PgError may be consumed; cancel and shutdown are never consumed
// INVARIANT: the lambda given to call() holds only trivially destructible locals, because a longjmp leaves
// it.
#pragma once

#include "pg/postgres.hpp"

namespace calcom::pg {

// An error raised by PostgreSQL below a call(). Travels to entry() or subxact(); the data lives in the memory
// context that was current at the call.
struct PgError {
  ErrorData* data;
  int sqlstate() const { return data->sqlerrcode; }
};

// An error of our own, reported by entry() with its SQLSTATE. Texts follow PostgreSQL's style: the message in
// lower case without a full stop, detail and hint as sentences. No secret and no personal data in any of
// them.
struct SqlError {
  int sqlstate;
  std::string message;
  std::string detail = {};
  std::string hint = {};
};

// What entry() carries out of the C++ frames: plain bytes, so that nothing is alive when ereport jumps.
struct Fault {
  int sqlstate;
  char message[512];
  char detail[1024];
  char hint[1024];
};

namespace border {
using Body = void (*)(void*);
void protect(Body body, void* argument);  // the one PG_TRY of call()
// Runs `body` and turns whatever leaves it into either `error` or `fault`; true when nothing did.
bool contain(Body body, void* argument, ErrorData** error, Fault* fault) noexcept;
[[noreturn]] void report(ErrorData* error, const Fault& fault, bool hide_statement);

template <typename F>
void invoke(void* argument) {
  (*static_cast<F*>(argument))();
}
}  // namespace border

// Calls PostgreSQL from C++ code with live objects.
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

// Whether the server may log the statement that raised an error: hidden where its text holds a secret.
enum class Statements : bool { kLogged, kHidden };

// The frame of every SQL-callable function and worker main.
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

// Why a subtransaction was rolled back.
struct Failure {
  int sqlstate = 0;
  std::string message;
};

// Runs `body` in a subtransaction. True: committed to the parent. False: rolled back, `failure` says why.
// Query cancel, shutdown and a broken connection are rethrown after the roll back: nobody here may swallow
// them. INVARIANT: `body` changes only memory that its caller throws away or that survives a roll back
// unharmed.
bool subxact(Failure* failure, const std::function<void()>& body);

// The same for a top-level transaction of a background process, where cancel, too, ends the round and not the
// process. `roll_back` runs before the failure is told.
bool outlive(Failure* failure, const std::function<void()>& body, const std::function<void()>& roll_back);

// True for cancel, shutdown and the like, which must reach the client or the postmaster.
bool must_propagate(int sqlstate);

}  // namespace calcom::pg
