// One event joined into loaded bookings, and what changed by it written: the step that ingest, batches,
// replay and rebuild have in common.
#pragma once

#include "core/booking/merge.hpp"
#include "pg/merge_step.hpp"

namespace calcom::pg {

struct Applied {
  MergeOutcome outcome = MergeOutcome::kApplied;
  // False: somebody inserted one of the bookings since they were loaded. What is written so far stands; load
  // again and apply again (merging is idempotent).
  bool complete = true;
};

// Merges `event` into `facts`, which lock_and_load has brought, and writes every booking that differs.
Applied apply_event(Spi& spi, const StoredEvent& stored, const Event& event, FactsByUid& facts);

// Writes to the outbox what `after` owes and `before` did not. Baseline rows hold the key and are never sent:
// what old events owe has been sent, or is too late.
void note_mails(Spi& spi, const std::string& account, const std::optional<pg_uuid_t>& event_id,
                const Booking* before, const Booking& after, Mails mails);

}  // namespace calcom::pg
