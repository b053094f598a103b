// See shared.hpp: counters of refusals, the state of this database's worker, registration at load.
#include "worker/shared.hpp"

#include <algorithm>
#include <iterator>

#include "pg/text.hpp"
#include "worker/hooks.hpp"
#include "worker/launcher.hpp"
#include "worker/slots.hpp"

namespace calcom::worker {

const char* refusal_name(Refusal refusal) {
  switch (refusal) {
    case Refusal::kWrongSignature:
      return "wrong signature";
    case Refusal::kMissingSignature:
      return "missing signature";
    case Refusal::kNoSecret:
      return "no secret";
    case Refusal::kUnknownAccount:
      return "unknown account";
    case Refusal::kTooLarge:
      return "too large";
    case Refusal::kNotSetUp:
      return "not set up";
    case Refusal::kDisabledAccount:
      return "disabled account";
    case Refusal::kResendSignature:
      return "Resend: wrong signature";
    case Refusal::kResendNoSecret:
      return "Resend: no secret";
  }
  return "unknown";
}

bool preloaded() {
  return shared() != nullptr;
}

// A library loaded later finds no shared memory, and pg_upgrade must not find a worker in its way.
void register_at_load() {
  if (!process_shared_preload_libraries_in_progress || IsBinaryUpgrade) return;
  reserve_memory();
  install_utility_hook();
  register_launcher();
}

void note_refused(Refusal refusal) {
  if (!preloaded()) return;
  const auto kind = static_cast<std::size_t>(refusal);
  const Micros now = pg::now();
  pg::call([=] {
    Entry* entry = find_entry(MyDatabaseId, true);
    if (entry == nullptr) return;
    locked(LW_EXCLUSIVE, [=] {
      ++entry->refusals[kind].count;
      entry->refusals[kind].last_at = now;
    });
  });
}

std::vector<RefusalRecord> refusals() {
  std::vector<RefusalRecord> records;
  RefusalCounter counters[kRefusalKinds] = {};
  pg::call([&] {
    Entry* entry = find_entry(MyDatabaseId, false);
    if (entry == nullptr) return;
    locked(LW_SHARED, [&] { std::copy(std::begin(entry->refusals), std::end(entry->refusals), counters); });
  });
  for (std::size_t kind = 0; kind < kRefusalKinds; ++kind) {
    if (counters[kind].count == 0) continue;
    records.push_back({static_cast<Refusal>(kind), counters[kind].count, counters[kind].last_at});
  }
  return records;
}

std::optional<WorkerState> worker_state() {
  Entry copy;
  const bool found = pg::call([&] {
    Entry* entry = find_entry(MyDatabaseId, false);
    if (entry == nullptr) return false;
    locked(LW_SHARED, [&] { copy = *entry; });
    return true;
  });
  if (!found) return std::nullopt;
  WorkerState state;
  state.pid = copy.pid;
  state.started_at = copy.started_at;
  state.next_due = copy.next_due;
  state.sent = copy.sent;
  state.captured = copy.captured;
  state.failed = copy.failed;
  state.rate_per_second = copy.rate_per_second;
  state.rate_limit = copy.rate_limit;
  state.rate_remaining = copy.rate_remaining;
  state.last_sent_at = copy.last_sent_at;
  state.last_error = copy.last_error;
  state.last_error_at = copy.last_error_at;
  return state;
}

}  // namespace calcom::worker
