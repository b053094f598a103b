// When a database's worker is to be started: the launcher's judgement as a pure function of what is known and
// of the time, so that back-off, fairness and due times are tested with a clock made by hand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/base/value.hpp"

namespace calcom {

// How a worker ended.
enum class WorkerEnd : std::uint8_t {
  kWell,    // drained and left
  kLater,   // not our turn (read-only server, not set up): log nothing, start again later
  kFailed,  // error, crash or never came up
};

struct DatabasePlan {
  bool known = false;    // false: no worker has looked into this database since the launcher started
  bool running = false;  // started and not yet seen to end
  int failures = 0;      // in a row
  Micros started_at = 0;
  Micros ended_at = 0;
  Micros not_before = 0;  // back-off: no start before then
};

struct Demand {  // what shared memory says of the same database
  bool marked = false;
  bool wanted = false;
  Micros next_due = 0;  // 0: nothing is scheduled
};

inline constexpr Micros kHealthy = kMinute;       // a worker that lived as long forgets earlier failures
inline constexpr Micros kFirstBackoff = kSecond;  // doubled by each failure in a row
inline constexpr Micros kLongestBackoff = 5 * kMinute;
inline constexpr Micros kNotOurTurn = 10 * kSecond;  // after WorkerEnd::kLater
// A look without being asked, for rows that came without a commit callback of ours (logical replication).
inline constexpr Micros kSafetyPoll = 5 * kMinute;

// A clock that was set back by so much: no database waits for the time that was.
void clock_set_back(DatabasePlan& plan, Micros by);
void note_started(DatabasePlan& plan, Micros now);
void note_ended(DatabasePlan& plan, WorkerEnd end, Micros now);

struct Decision {
  std::vector<std::size_t> start;  // indexes, most urgent first
  bool crowded = false;            // more databases want a worker than there are places
  Micros look_again_at = 0;        // 0: nothing to wait for but a wake-up
};
// `plans` and `demands` run in step; `places` is calcom.max_workers.
Decision decide(const std::vector<DatabasePlan>& plans, const std::vector<Demand>& demands,
                std::size_t places, Micros now);

}  // namespace calcom
