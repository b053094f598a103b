// Decides when the launcher starts a database's worker. A pure function of the stored state and the time, so
// that tests of back-off, fairness and due times can set the clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/value.hpp"

namespace calcom {

// How a worker ended.
enum class WorkerEnd : std::uint8_t {
  kWell,    // ended without an error
  kLater,   // no error, but no work is possible now (read-only server, not set up): start again later
  kFailed,  // error, crash, or the worker did not start
};

struct DatabasePlan {
  bool known = false;    // false: no worker has looked into this database since the launcher started
  bool running = false;  // started, and its end is not yet known
  int failures = 0;      // in a row
  Micros started_at = 0;
  Micros ended_at = 0;
  Micros not_before = 0;  // back-off: no start before then
};

struct Demand {  // the state of the same database in shared memory
  bool marked = false;
  bool wanted = false;
  Micros next_due = 0;  // 0: nothing is scheduled
};

inline constexpr Micros kHealthy = kMinute;       // a worker that ran this long resets `failures`
inline constexpr Micros kFirstBackoff = kSecond;  // doubled by each failure in a row
inline constexpr Micros kLongestBackoff = 5 * kMinute;
inline constexpr Micros kNotOurTurn = 10 * kSecond;  // after WorkerEnd::kLater
// A worker starts this often without a request. It finds rows that were written without our commit callback
// (logical replication).
inline constexpr Micros kSafetyPoll = 5 * kMinute;

// Call when the clock was set back by `by`: moves the stored times back too, so that no wait becomes longer.
void clock_set_back(DatabasePlan& plan, Micros by);
void note_started(DatabasePlan& plan, Micros now);
void note_ended(DatabasePlan& plan, WorkerEnd end, Micros now);

struct Decision {
  std::vector<std::size_t> start;  // indexes, most urgent first
  bool crowded = false;            // more databases need a worker than `places`
  Micros look_again_at = 0;        // 0: wait for a wake-up only
};
// `plans[i]` and `demands[i]` are of the same database; `places` is calcom.max_workers.
Decision decide(const std::vector<DatabasePlan>& plans, const std::vector<Demand>& demands,
                std::size_t places, Micros now);

}  // namespace calcom
