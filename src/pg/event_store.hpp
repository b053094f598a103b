// The log: every authentic delivery stored once, with the exact bytes, and what became of it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/event.hpp"
#include "core/signature.hpp"
#include "pg/merge_step.hpp"
#include "pg/spi.hpp"

namespace calcom::pg {

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

struct DeferredEvent {
  StoredEvent stored;
  std::string body;
};
std::vector<DeferredEvent> lock_deferred(Spi& spi, int limit);
void settle(Spi& spi, const StoredEvent& stored, const Settlement& settlement);
std::int64_t count_deferred(Spi& spi);

}  // namespace calcom::pg
