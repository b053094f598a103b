// One stored event merged into the tables: load what it touches, run the pure merge, write what changed,
// queue the mails that the new state owes. Used by ingest, by the merge of deferred deliveries and by
// replay.
#pragma once

#include <string>

#include "core/booking/event.hpp"
#include "core/booking/merge.hpp"
#include "pg/spi.hpp"
#include "store/stored_event.hpp"

namespace calcom::ingest {

using namespace pg;
using namespace store;

enum class MergeOutcome { kApplied, kDuplicate, kStale };

struct Applied {
  MergeOutcome outcome = MergeOutcome::kApplied;
  // False: another transaction inserted one of the bookings since they were loaded. Load again and apply again; merging
  // is idempotent, so rows that were already written are kept.
  bool complete = true;
};

// Merges `event` into `facts`, which lock_and_load has brought, and writes every booking that differs.
Applied apply_event(Spi& spi, const StoredEvent& stored, const Event& event, FactsByUid& facts);

// To be called in a subtransaction: anything raised leaves the tables as they were.
MergeOutcome merge_stored_event(Spi& spi, const StoredEvent& stored, const Event& event);

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

}  // namespace calcom::ingest
