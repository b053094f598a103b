// What backends and workers share: a slot per database in shared memory with the wake-up flag, the worker's
// state and the counters of refused deliveries. Everything here is best effort and works (does nothing, reads
// as absent) when the library is not preloaded. No process-local pointer ever stands in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/value.hpp"
#include "pg/guard.hpp"

namespace calcom::worker {

// Why a delivery was refused and not stored.
enum class Refusal : std::uint8_t {
  kWrongSignature,
  kMissingSignature,
  kNoSecret,
  kUnknownAccount,
  kTooLarge,
  kNotSetUp,
  kDisabledAccount,
  kResendSignature,  // of Resend's webhook, not of Cal.com's
  kResendNoSecret
};
inline constexpr std::size_t kRefusalKinds = 9;
const char* refusal_name(Refusal refusal);  // "wrong signature", …

struct RefusalRecord {
  Refusal refusal;
  std::int64_t count = 0;
  std::optional<Micros> last_at;
};

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

bool preloaded();         // was the library in shared_preload_libraries?
void register_at_load();  // from _PG_init: hooks, launcher; nothing when not preloading or IsBinaryUpgrade

void note_refused(Refusal refusal);     // counts for MyDatabaseId
std::vector<RefusalRecord> refusals();  // of MyDatabaseId, kinds with a count only

// Wakes this database's worker when the current transaction commits; registered once per backend, cheap to
// repeat.
void wake_on_commit();
void changed_on_commit();   // the same, and accounts or secrets changed: an open circuit is probed at once
void ignore_own_commits();  // of this process from now on: the worker looks anyway
void rescan_on_commit();    // the marks of databases may have changed: the launcher reads them again

std::optional<WorkerState> worker_state();  // nullopt: not preloaded or no slot yet

}  // namespace calcom::worker
