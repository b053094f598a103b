// The steps from the bytes of a delivery to its row in the log, shared by calcom_ingest and calcom_ingest_batch.
#pragma once

#include <optional>
#include <string>

#include "core/booking/event.hpp"
#include "core/webhook/signature.hpp"
#include "ingest/merge.hpp"
#include "pg/spi.hpp"
#include "store/event_store.hpp"

namespace calcom::ingest {

struct Receipt {  // the row that calcom_ingest returns
  std::string outcome;
  pg_uuid_t event_id{};
  std::string booking_uid;
  std::string detail;
};

struct Delivery {
  StoredEvent stored;
  Micros received_at = 0;
  Sha256 digest{};
  std::string body;
  Parsed parsed;
};

// Fixes id, digest and time of receipt.
Delivery receive_delivery(const std::string& account, std::string body);
// Parses the body and fixes the stamp.
void read_delivery(Delivery* delivery);

// The result of a body that needs no merge or cannot be merged; nullopt if it is to be merged.
std::optional<Settlement> settle_at_once(const Parsed& parsed, bool tables_current);

Receipt repeated_delivery(Spi& spi, const std::string& account, const pg_uuid_t& known);
// Writes the log row; a deferred one wakes the worker at commit.
Receipt store_delivery(Spi& spi, const Delivery& delivery, const Settlement& settlement);

}  // namespace calcom::ingest
