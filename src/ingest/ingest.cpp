// calcom_ingest: one delivery, one transaction. Order: size, account, signature (nothing is stored before all
// three hold), digest, merge in a subtransaction, the log row with its outcome. The log row
// is written last and only once; it is in the same transaction, so both become visible together.
#include "ingest/ingest.hpp"

#include "ingest/delivery.hpp"
#include "ingest/verify_delivery.hpp"
#include "pg/row.hpp"
#include "store/account.hpp"

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;
using namespace calcom::ingest;

namespace {

Receipt ingest(Spi& spi, std::string body, const std::string& signature, const std::string& account) {
  const Credentials credentials = load_credentials(spi, account);
  authenticate(credentials, body, signature);
  Delivery delivery = receive_delivery(account, std::move(body));
  if (const auto known = claim_digest(spi, account, delivery.digest, delivery.stored.id))
    return repeated_delivery(spi, account, *known);
  read_delivery(&delivery);
  std::optional<Settlement> settlement = settle_at_once(delivery.parsed, credentials.account.tables_current);
  if (!settlement) settlement = try_merge(spi, delivery.stored, delivery.parsed.event);
  return store_delivery(spi, delivery, *settlement);
}

Datum receipt_row(FunctionCallInfo fcinfo, const Receipt& receipt) {
  return make_row<4>(fcinfo, {text_datum(receipt.outcome), uuid_datum(receipt.event_id),
                              text_cell(receipt.booking_uid), text_cell(receipt.detail)});
}

// The statement is kept out of the log when a delivery is refused: a literal body in it holds personal data.
Datum ingest_entry(FunctionCallInfo fcinfo, bool as_text) {
  return entry(
      [&] {
        const Arguments args(fcinfo);
        const Schema schema = data_schema();
        args.require(0, "body");
        const std::string account = args.required_text(2, "account");
        std::string body = as_text ? args.text(0) : args.bytes(0);
        check_body_size(body.size());
        require_tables(schema);
        Receipt receipt;
        {
          Spi spi(schema);
          receipt = ingest(spi, std::move(body), args.optional_text(1).value_or(""), account);
        }
        return receipt_row(fcinfo, receipt);
      },
      Statements::kHidden);
}

}  // namespace

// Tables of another version are not written: deferred deliveries wait for calcom_setup().
DeferredRound calcom::ingest::merge_deferred(Spi& spi, int limit) {
  DeferredRound round;
  if (!tables_are_current(spi)) return {0, count_deferred(spi)};
  for (const LoggedEvent& event : lock_deferred(spi, limit)) {
    const Parsed parsed = parse_event(event.body);
    std::optional<Settlement> settlement = settle_at_once(parsed, true);
    if (!settlement) settlement = try_merge(spi, event.stored, parsed.event);
    settle(spi, event.stored, *settlement);
    round.merged += settlement->outcome != EventOutcome::kDeferred;
  }
  round.left = count_deferred(spi);
  return round;
}

CALCOM_FUNCTION(calcom_ingest_bytea) {
  return ingest_entry(fcinfo, false);
}

CALCOM_FUNCTION(calcom_ingest_text) {
  return ingest_entry(fcinfo, true);
}

CALCOM_FUNCTION(calcom_merge_deferred) {
  return entry([&] {
    const Schema schema = data_schema();
    require_tables(schema);
    const int limit = Arguments(fcinfo).int4_or(0, 100);
    Spi spi(schema);
    return Int64GetDatum(merge_deferred(spi, limit).left);
  });
}
