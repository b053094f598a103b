// The log: every authentic delivery stored once, with the exact bytes, and what became of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/booking/event.hpp"
#include "core/webhook/signature.hpp"
#include "pg/spi.hpp"
#include "store/stored_event.hpp"

namespace calcom::store {

// Remembers the digest of a body. The id of the event that has it already, or nullopt when it is new.
std::optional<pg_uuid_t> claim_digest(Spi& spi, const std::string& account, const Sha256& digest,
                                      const pg_uuid_t& id);

// Text where that loses nothing: then the log can be read and searched; else the bytes.
bool lossless_as_text(std::string_view body);

void store_event(Spi& spi, const StoredEvent& stored, const Event& event, std::string_view body,
                 Micros received_at, const Settlement& settlement);

std::uint64_t hash_of(const Sha256& digest);  // the merge's tie-breaker

// uid of a stored event, "" when it has none or is gone.
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
// Oldest first, locked; those that another session has locked are left out.
std::vector<LoggedEvent> lock_deferred(Spi& spi, int limit);
// Least recently tried first, so that those which die again do not stand in the way of the others.
std::vector<LoggedEvent> lock_dead(Spi& spi, const std::optional<std::string>& account, int limit);
std::optional<LoggedEvent> lock_event(Spi& spi, const std::string& account, const pg_uuid_t& id);
// What was merged, or is to be, into these bookings; changes by hand apart.
std::vector<LoggedEvent> events_of(Spi& spi, const std::string& account,
                                   const std::vector<std::string>& uids);
// Settled and not dead, received before `before` and behind (after_time, after_id), in this order; locked.
std::vector<LoggedEvent> lock_older(Spi& spi, const std::string& account, Micros before, Micros after_time,
                                    const pg_uuid_t& after_id, int limit);
void delete_events(Spi& spi, const std::string& account, const std::vector<pg_uuid_t>& ids);

// The log row of a change that somebody made to the tables themselves. `body` is JSON: what it was and is.
void store_change_by_hand(Spi& spi, const std::string& account, const std::string& uid, const pg_uuid_t& id,
                          Micros at, std::string_view body);

void settle(Spi& spi, const StoredEvent& stored, const Settlement& settlement);
std::int64_t count_deferred(Spi& spi);

}  // namespace calcom::store
