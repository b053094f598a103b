// Rows of calcom_events, the log: every authentic delivery once, with its exact bytes and its outcome.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/booking/event.hpp"
#include "core/webhook/signature.hpp"
#include "pg/spi.hpp"
#include "store/stored_event.hpp"

namespace calcom::store {

// Stores the digest of a body. Returns the id of the event that has the same body, or nullopt if the body is new.
std::optional<pg_uuid_t> claim_digest(Spi& spi, const std::string& account, const Sha256& digest,
                                      const pg_uuid_t& id);

// Whether the body can be stored as text unchanged, so that it can be read and searched.
bool lossless_as_text(std::string_view body);

void store_event(Spi& spi, const StoredEvent& stored, const Event& event, std::string_view body,
                 Micros received_at, const Settlement& settlement);

std::uint64_t hash_of(const Sha256& digest);  // the merge's tie-breaker

// uid of a stored event, "" if it has none or was removed.
std::string stored_uid(Spi& spi, const std::string& account, const pg_uuid_t& id);

struct LoggedEvent {
  StoredEvent stored;
  EventSource source = EventSource::kWebhook;
  EventOutcome outcome = EventOutcome::kApplied;
  std::string booking_uid;
  Micros received_at = 0;
  bool has_body = false;  // false: it was removed, and with it what the event said
  std::string body;
};
// Oldest first, locked; skips those that another session has locked.
std::vector<LoggedEvent> lock_deferred(Spi& spi, int limit);
// Least recently tried first, so that events which fail again do not delay the others.
std::vector<LoggedEvent> lock_dead(Spi& spi, const std::optional<std::string>& account, int limit);
std::optional<LoggedEvent> lock_event(Spi& spi, const std::string& account, const pg_uuid_t& id);
// Events that were merged, or will be, into these bookings, without manual changes.
std::vector<LoggedEvent> events_of(Spi& spi, const std::string& account,
                                   const std::vector<std::string>& uids);
// Settled and not dead, received before `before` and after (after_time, after_id), in this order; locked.
std::vector<LoggedEvent> lock_older(Spi& spi, const std::string& account, Micros before, Micros after_time,
                                    const pg_uuid_t& after_id, int limit);
void delete_events(Spi& spi, const std::string& account, const std::vector<pg_uuid_t>& ids);

// The log row of a manual change of the tables. `body` is JSON with old and new values.
void store_change_by_hand(Spi& spi, const std::string& account, const std::string& uid, const pg_uuid_t& id,
                          Micros at, std::string_view body);

void settle(Spi& spi, const StoredEvent& stored, const Settlement& settlement);
std::int64_t count_deferred(Spi& spi);

}  // namespace calcom::store
