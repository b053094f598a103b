// One stored event merged into the tables: load what it touches, run the pure merge, write what changed,
// queue the mails that the new state owes. Shared by ingest, by the merge of deferred deliveries and by
// replay.
#pragma once

#include <string>

#include "core/booking/event.hpp"
#include "pg/spi.hpp"

namespace calcom::pg {

// Queue: what the change makes owed is sent. Baseline: the keys of the mails that it makes owed are written
// down, and nothing is sent (replay, rebuild, import). Owed: everything that the bookings owe and that was
// not sent is queued, changed or not, and what a baseline held back, too (replay with mail).
enum class Mails : std::uint8_t { kQueue, kBaseline, kOwed };

struct StoredEvent {
  pg_uuid_t id{};
  std::string account;
  Micros stamp = 0;                // fixed when stored
  std::uint64_t hash = 0;          // first eight bytes of the body's SHA-256
  const char* actor = "webhook";   // booking_history.actor; outlives the merge
  const char* source = "webhook";  // calcom_events.source; a string literal
  Mails mails = Mails::kQueue;
};

enum class MergeOutcome { kApplied, kDuplicate, kStale };

// To be called in a subtransaction: anything raised leaves the tables as they were.
MergeOutcome merge_stored_event(Spi& spi, const StoredEvent& stored, const Event& event);

// What to write down for one event after trying to merge it.
struct Settlement {
  std::string outcome;  // applied, duplicate, stale, deferred, dead
  std::string reason;   // of deferred and dead
};

Settlement settlement_of(MergeOutcome outcome);

// merge_stored_event in a subtransaction with calcom.merge_lock_timeout. Lock, deadlock, serialization and
// memory trouble, or tables of another version, end as deferred; any other error as dead. Cancel and shutdown
// propagate.
Settlement try_merge(Spi& spi, const StoredEvent& stored, const Event& event);

struct PendingMerge {
  StoredEvent stored;
  const Event* event = nullptr;
  Settlement settlement;  // filled in by try_merge_all
};
// Many events in one subtransaction: locks are taken sorted, each booking is loaded once. Only when that
// fails, each item alone, so that one bad item never affects another.
void try_merge_all(Spi& spi, std::vector<PendingMerge*>& items);

}  // namespace calcom::pg
