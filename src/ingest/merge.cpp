#include "ingest/merge.hpp"

#include <map>
#include <set>

#include "core/booking/merge.hpp"
#include "outbox/owe.hpp"
#include "outbox/reminders.hpp"
#include "pg/lock_timeout.hpp"
#include "pg/settings.hpp"
#include "store/booking_store.hpp"
#include "store/change_origin.hpp"

namespace calcom::ingest {

using namespace outbox;

namespace {

// Temporary errors: the event itself is valid and can be merged later.
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

using Bookings = std::map<std::string, Booking, std::less<>>;

// False: a row that was absent exists now; nothing of this booking was written.
bool write_one(Spi& spi, const StoredEvent& stored, const Booking* before, const Booking& after,
               const Facts* old, const Facts& facts, Mails mails) {
  if (old == nullptr) {
    if (!insert_booking(spi, stored.account, after, facts)) return false;
    write_attendees(spi, stored.account, nullptr, after);
  } else {
    if (*old == facts && *before == after && mails != Mails::kOwed) return true;
    if (*before != after) {
      update_booking(spi, stored.account, *before, after);
      write_attendees(spi, stored.account, before, after);
    }
    if (*old != facts) update_facts(spi, stored.account, after.uid, facts);
  }
  note_mails(spi, stored.account, stored.id, before, after, mails);
  queue_overdue_reminders(spi, stored, facts, after);
  return true;
}

MergeOutcome judge(const FactsByUid& old, const Bookings& before, const FactsByUid& facts,
                   const Bookings& after, Micros stamp) {
  if (before != after) return MergeOutcome::kApplied;
  if (old == facts) return MergeOutcome::kDuplicate;
  for (const auto& [uid, row] : old)
    if (row.newest && row.newest->at > stamp) return MergeOutcome::kStale;
  return MergeOutcome::kDuplicate;
}

template <typename Map>
auto* find_or_null(Map& map, const std::string& uid) {
  const auto at = map.find(uid);
  return at == map.end() ? nullptr : &at->second;
}

}  // namespace

Applied apply_event(Spi& spi, const StoredEvent& stored, const Event& event, FactsByUid& facts) {
  const FactsByUid old = facts;
  const Bookings before = project_chain(old);
  merge_event(facts, event, Stamp{stored.stamp, stamp_rank(event.trigger), stored.hash});
  const Bookings after = project_chain(facts);

  const OriginScope cause(stored.id, stored.actor);
  for (const auto& [uid, row] : facts)
    if (!write_one(spi, stored, find_or_null(before, uid), after.at(uid), find_or_null(old, uid), row,
                   stored.mails))
      return {MergeOutcome::kApplied, false};
  return {judge(old, before, facts, after, stored.stamp), true};
}

Settlement settlement_of(MergeOutcome outcome) {
  switch (outcome) {
    case MergeOutcome::kDuplicate:
      return {EventOutcome::kDuplicate, "nothing visible changed", {}};
    case MergeOutcome::kStale:
      return {EventOutcome::kStale, "a newer event is merged already", {}};
    case MergeOutcome::kApplied:
      break;
  }
  return {EventOutcome::kApplied, {}, {}};
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
  return {later ? EventOutcome::kDeferred : EventOutcome::kDead, described(failure), diagnosis(failure)};
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

}  // namespace calcom::ingest
