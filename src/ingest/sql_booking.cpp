// calcom_apply_own: a change made by SQL is processed as a delivery, with two differences. It has no signature (the
// EXECUTE privilege replaces it), and it is never deferred or dead: an error is raised to the caller and nothing is stored.
#include "ingest/delivery.hpp"
#include "store/account.hpp"
#include "store/change_origin.hpp"

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;
using namespace calcom::ingest;

namespace {

void require_account(Spi& spi, const std::string& name) {
  const Account account = load_account(spi, name);
  if (!account.known) throw sql_error(Error::kUnknownAccount);
  if (account.disabled) throw sql_error(Error::kAccountDisabled);
  if (!account.tables_current) throw sql_error(Error::kOtherTables);
}

// Values that are left out of a delivery with a warning are errors here.
void require_all_taken(const Parsed& parsed) {
  if (parsed.meaning != Meaning::kMerge) throw SqlError{ERRCODE_INTERNAL_ERROR, parsed.reason};
  if (parsed.event.warnings.empty()) return;
  throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "a value cannot be taken as it is",
                 "Left out or shortened: " + parsed.event.warnings.front() + "."};
}

std::string apply(Spi& spi, const std::string& account, std::string body) {
  require_account(spi, account);
  Delivery delivery = receive_delivery(account, std::move(body));
  if (claim_digest(spi, account, delivery.digest, delivery.stored.id)) return "duplicate";
  read_delivery(&delivery);
  require_all_taken(delivery.parsed);
  const std::string actor = calling_actor();
  delivery.stored.actor = actor.c_str();
  delivery.stored.source = EventSource::kSql;
  const Settlement settlement =
      settlement_of(merge_stored_event(spi, delivery.stored, delivery.parsed.event));
  return store_delivery(spi, delivery, settlement).outcome;
}

}  // namespace

CALCOM_FUNCTION(calcom_apply_own) {
  return entry([&] {
    const Arguments args(fcinfo);
    const Schema schema = data_schema();
    std::string body = args.required_text(0, "body");
    const std::string account = args.required_text(1, "account");
    require_tables(schema);
    std::string outcome;
    {
      Spi spi(schema);
      outcome = apply(spi, account, std::move(body));
    }
    return text_datum(outcome);
  });
}
