// See merge_step.hpp.
#include "pg/merge_step.hpp"

#include <set>

#include "core/merge.hpp"
#include "pg/booking_store.hpp"
#include "pg/cause.hpp"
#include "pg/settings.hpp"

extern "C" {
#include "utils/guc.h"
}

namespace calcom::pg {

namespace {

using Bookings = std::map<std::string, Booking, std::less<>>;

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

// The lock timeout for the merge alone; the caller's own setting comes back with the scope.
class LockTimeout {
 public:
  explicit LockTimeout(int milliseconds) {
    const std::string value = std::to_string(milliseconds);
    const char* text = value.c_str();
    level_ = call([=] {
      const int level = NewGUCNestLevel();
      set_config_option("lock_timeout", text, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
      return level;
    });
  }
  ~LockTimeout() { AtEOXact_GUC(true, level_); }
  LockTimeout(const LockTimeout&) = delete;
  LockTimeout& operator=(const LockTimeout&) = delete;

 private:
  int level_ = 0;
};

void queue_mails(Spi& spi, const StoredEvent& stored, const Booking* before, const Booking& after) {
  const Micros at = now();
  std::vector<Obligation> owed = obligations(after, at);
  if (before != nullptr) {  // what was owed before stands in the outbox already
    std::set<std::string> old;
    for (auto& obligation : obligations(*before, at)) old.insert(std::move(obligation.key));
    std::erase_if(owed, [&](const Obligation& obligation) { return old.contains(obligation.key); });
  }
  if (owed.empty()) return;
  std::vector<std::string> kind, recipient, key;
  std::vector<std::optional<Micros>> start;
  std::vector<pg_uuid_t> id;
  for (const auto& obligation : owed) {
    id.push_back(uuid_v7(at));
    kind.emplace_back(mail_kind_name(obligation.kind));
    recipient.push_back(obligation.recipient);
    key.push_back(obligation.key);
    start.push_back(obligation.start_time.at);
  }
  static constinit Statement insert{
      "insert into @extschema@.email_outbox"
      " (account, booking_uid, event_id, id, kind, recipient, obligation_key, start_time)"
      " select $1, $2, $3, u.* from unnest($4, $5, $6, $7, $8) u"
      " on conflict (account, obligation_key) do nothing"};
  Params params;
  params.text(stored.account).text(after.uid).uuid(stored.id);
  params.uuids(id).texts(kind).texts(recipient).texts(key).times(start);
  spi.run(insert, params);
}

// False: a row that was absent is there now; nothing of this booking was written.
bool write_one(Spi& spi, const StoredEvent& stored, const Booking* before, const Booking& after,
               const Facts* old, const Facts& facts) {
  if (old == nullptr) {
    if (!insert_booking(spi, stored.account, after, facts)) return false;
    write_attendees(spi, stored.account, nullptr, after);
  } else {
    if (*old == facts && *before == after) return true;
    if (*before != after) {
      update_booking(spi, stored.account, *before, after);
      write_attendees(spi, stored.account, before, after);
    }
    if (*old != facts) update_facts(spi, stored.account, after.uid, facts);
  }
  queue_mails(spi, stored, before, after);
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

MergeOutcome merge_stored_event(Spi& spi, const StoredEvent& stored, const Event& event) {
  const std::vector<std::string> uids = touched_uids(event);
  for (bool first_round = true;; first_round = false) {
    const LoadedBookings loaded = lock_and_load(spi, stored.account, uids, links(event));
    const Bookings before = project_chain(loaded.facts);
    FactsByUid facts = loaded.facts;
    merge_event(facts, event, Stamp{stored.stamp, stamp_rank(event.trigger), stored.hash});
    const Bookings after = project_chain(facts);

    const CauseScope cause(stored.id, "webhook");
    bool complete = true;
    for (const auto& [uid, row] : facts)
      complete = complete && write_one(spi, stored, find_or_null(before, uid), after.at(uid),
                                       find_or_null(loaded.facts, uid), row);
    if (complete) {
      const MergeOutcome outcome = judge(loaded.facts, before, facts, after, stored.stamp);
      return first_round ? outcome : MergeOutcome::kApplied;
    }
    // Somebody inserted one of them meanwhile: what is written so far is in the tables, so merging again over
    // it is right (idempotent) and this time finds the row.
  }
}

Settlement try_merge(Spi& spi, const StoredEvent& stored, const Event& event) {
  MergeOutcome outcome = MergeOutcome::kApplied;
  Failure failure;
  const bool merged = subxact(&failure, [&] {
    const LockTimeout timeout(settings().merge_lock_timeout);
    outcome = merge_stored_event(spi, stored, event);
  });
  if (merged) {
    switch (outcome) {
      case MergeOutcome::kApplied:
        return {"applied", ""};
      case MergeOutcome::kDuplicate:
        return {"duplicate", "nothing visible changed"};
      case MergeOutcome::kStale:
        return {"stale", "a newer event is merged already"};
    }
  }
  const bool later = passes_by_itself(failure.sqlstate);
  const char* state = unpack_sql_state(failure.sqlstate);
  return {later ? "deferred" : "dead", std::string(state) + ": " + failure.message};
}

}  // namespace calcom::pg
