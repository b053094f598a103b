// What the launcher, the scout and the worker share as processes: how they are described to the postmaster,
// started and seen to end.
#pragma once

#include "pg/guard.hpp"

extern "C" {
#include "postmaster/bgworker.h"
}

namespace calcom::worker {

enum class Start : std::uint8_t { kStarted, kNoRoom };

// A dynamic worker that its starter is told about. Lives as long as the handle is kept.
class Child {
 public:
  Child() = default;
  // `database` goes to the main function as its argument.
  Start start(const char* function, const char* type, Oid database);
  bool running() const { return handle_ != nullptr; }
  bool ended();  // true once: it was running and has come to its end

 private:
  BackgroundWorkerHandle* handle_ = nullptr;
};

BackgroundWorker describe(const char* function, const char* type);

}  // namespace calcom::worker
