#include "ingest/delivery.hpp"

#include "core/booking/merge.hpp"
#include "shmem/wake.hpp"

namespace calcom::ingest {

using namespace shmem;

std::optional<Settlement> settle_at_once(const Parsed& parsed, bool tables_current) {
  switch (parsed.meaning) {
    case Meaning::kIgnore:
      return Settlement{EventOutcome::kIgnored, parsed.reason};
    case Meaning::kDead:
      return Settlement{EventOutcome::kDead, parsed.reason};
    case Meaning::kMerge:
      break;
  }
  if (touched_uids(parsed.event).empty())
    return Settlement{EventOutcome::kIgnored, "a note that changes no booking"};
  if (!tables_current)
    return Settlement{EventOutcome::kDeferred, "the tables are of another version: run calcom_setup()"};
  return std::nullopt;
}

Delivery receive_delivery(const std::string& account, std::string body) {
  Delivery delivery;
  delivery.received_at = now();
  delivery.digest = sha256(body);
  delivery.body = std::move(body);
  delivery.stored.id = uuid_v7(delivery.received_at);
  delivery.stored.account = account;
  delivery.stored.hash = hash_of(delivery.digest);
  return delivery;
}

Receipt repeated_delivery(Spi& spi, const std::string& account, const pg_uuid_t& known) {
  return {std::string(name(EventOutcome::kDuplicate)), known, stored_uid(spi, account, known),
          "this delivery is stored already"};
}

Receipt store_delivery(Spi& spi, const Delivery& delivery, const Settlement& settlement) {
  const Event& event = delivery.parsed.event;
  store_event(spi, delivery.stored, event, delivery.body, delivery.received_at, settlement);
  if (settlement.outcome == EventOutcome::kDeferred) shmem::wake_on_commit();
  return {std::string(name(settlement.outcome)), delivery.stored.id, event.uid, settlement.reason};
}

void read_delivery(Delivery* delivery) {
  delivery->parsed = parse_event(delivery->body);
  delivery->stored.stamp = stamp_at(delivery->parsed.event, delivery->received_at);
}

}  // namespace calcom::ingest
