// One event of the log (calcom_events) as the merge needs it, and what the log records of the merge.
#pragma once

#include <string>

#include "core/base/value.hpp"
#include "core/booking/stored_words.hpp"
#include "pg/text.hpp"

namespace calcom::store {

using namespace pg;

// kQueue: mails that become owed by the change are queued. kBaseline: their keys are stored and nothing is sent (replay,
// rebuild, import). kOwed: every owed mail that was not sent is queued, including those of a baseline (replay with mail).
enum class Mails : std::uint8_t { kQueue, kBaseline, kOwed };

struct StoredEvent {
  pg_uuid_t id{};
  std::string account;
  Micros stamp = 0;               // fixed when stored
  std::uint64_t hash = 0;         // first eight bytes of the body's SHA-256
  const char* actor = "webhook";  // booking_history.actor; outlives the merge
  EventSource source = EventSource::kWebhook;
  Mails mails = Mails::kQueue;
};

// The result of an event that was merged, or not, as stored in calcom_events.
struct Settlement {
  EventOutcome outcome = EventOutcome::kApplied;
  std::string reason;              // one line, also returned to the caller
  std::string reason_detail = {};  // DETAIL, HINT and CONTEXT of the error; may quote rows
};

}  // namespace calcom::store
