// State of this database's worker as other sessions see it.
#pragma once

#include <optional>
#include <string>

#include "core/base/value.hpp"
#include "pg/guard.hpp"

namespace calcom::shmem {

using namespace pg;

struct WorkerState {  // of the current database's slot
  int pid = 0;        // 0: no worker is running now
  Micros started_at = 0;
  Micros next_due = 0;  // 0: nothing is scheduled
  std::int64_t sent = 0, captured = 0, failed = 0;
  double rate_per_second = 0;  // 0: nothing was sent yet
  int rate_limit = 0, rate_remaining = 0;
  Micros last_sent_at = 0;
  std::string last_error;  // cut, no personal data
  Micros last_error_at = 0;
};

std::optional<WorkerState> worker_state();  // nullopt: not preloaded, or this database has no entry yet

}  // namespace calcom::shmem
