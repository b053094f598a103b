// See merge_step.hpp.
#include "pg/merge_step.hpp"

#include <map>
#include <set>

#include "core/booking/merge.hpp"
#include "pg/booking_store.hpp"
#include "pg/lock_timeout.hpp"
#include "pg/merge_apply.hpp"
#include "pg/settings.hpp"

namespace calcom::pg {

namespace {

// Errors of the moment: the event is fine and will merge later.
bool passes_by_itself(int sqlstate) {
  switch (ERRCODE_TO_CATEGORY(sqlstate)) {
    case ERRCODE_TO_CATEGORY(ERRCODE_INSUFFICIENT_RESOURCES):
    case ERRCODE_TO_CATEGORY(ERRCODE_TRANSACTION_ROLLBACK):
      return true;
    default:
      return sqlstate == ERRCODE_LOCK_NOT_AVAILABLE || sqlstate == ERRCODE_OBJECT_IN_USE ||
             sqlstate == ERRCODE_UNDEFINED_TABLE || sqlstate == ERRCODE_UNDEFINED_COLUMN ||
             sqlstate == ERRCODE_DATA_CORRUPTED;
  }
}

}  // namespace

Settlement settlement_of(MergeOutcome outcome) {
  switch (outcome) {
    case MergeOutcome::kDuplicate:
      return {"duplicate", "nothing visible changed"};
    case MergeOutcome::kStale:
      return {"stale", "a newer event is merged already"};
    case MergeOutcome::kApplied:
      break;
  }
  return {"applied", ""};
}

MergeOutcome merge_stored_event(Spi& spi, const StoredEvent& stored, const Event& event) {
  const std::vector<std::string> uids = touched_uids(event);
  for (bool first_round = true;; first_round = false) {
    LoadedBookings loaded = lock_and_load(spi, stored.account, uids, links(event));
    const Applied applied = apply_event(spi, stored, event, loaded.facts);
    if (applied.complete) return first_round ? applied.outcome : MergeOutcome::kApplied;
  }
}

void merge_stored_events(Spi& spi, std::vector<PendingMerge*>& items) {
  std::map<std::string, std::vector<PendingMerge*>> by_account;
  for (PendingMerge* item : items) by_account[item->stored.account].push_back(item);
  for (const auto& [account, group] : by_account) {
    std::set<std::string> uids;
    bool linked = false;
    for (const PendingMerge* item : group) {
      for (auto& uid : touched_uids(*item->event)) uids.insert(std::move(uid));
      linked = linked || links(*item->event);
    }
    LoadedBookings loaded = lock_and_load(spi, account, {uids.begin(), uids.end()}, linked);
    for (PendingMerge* item : group) {
      const Applied applied = apply_event(spi, item->stored, *item->event, loaded.facts);
      if (!applied.complete)
        throw SqlError{ERRCODE_LOCK_NOT_AVAILABLE, "a booking of the batch was inserted at this moment"};
      item->settlement = settlement_of(applied.outcome);
    }
  }
}

Settlement try_merge(Spi& spi, const StoredEvent& stored, const Event& event) {
  MergeOutcome outcome = MergeOutcome::kApplied;
  Failure failure;
  const bool merged = subxact(&failure, [&] {
    const LockTimeout timeout(settings().merge_lock_timeout);
    outcome = merge_stored_event(spi, stored, event);
  });
  if (merged) return settlement_of(outcome);
  const bool later = passes_by_itself(failure.sqlstate);
  const char* state = unpack_sql_state(failure.sqlstate);
  return {later ? "deferred" : "dead", std::string(state) + ": " + failure.message};
}

void try_merge_all(Spi& spi, std::vector<PendingMerge*>& items) {
  if (items.size() > 1) {
    Failure failure;
    if (subxact(&failure, [&] {
          const LockTimeout timeout(settings().merge_lock_timeout);
          merge_stored_events(spi, items);
        }))
      return;
  }
  for (PendingMerge* item : items) item->settlement = try_merge(spi, item->stored, *item->event);
}

}  // namespace calcom::pg
