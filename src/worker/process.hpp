// Registration, start and end of the background processes (launcher, database scanner, worker).
#pragma once

#include "pg/guard.hpp"

extern "C" {
#include "postmaster/bgworker.h"
}

namespace calcom::worker {

enum class Start : std::uint8_t { kStarted, kNoRoom };

// A dynamic background worker whose end its starter is notified of.
class Child {
 public:
  Child() = default;
  // `database` goes to the main function as its argument.
  Start start(const char* function, const char* type, Oid database);
  bool running() const { return handle_ != nullptr; }
  bool ended();  // true once, after the process has ended

 private:
  BackgroundWorkerHandle* handle_ = nullptr;
};

BackgroundWorker describe(const char* function, const char* type);

}  // namespace calcom::worker
