#include "store/chain_log.hpp"

#include "pg/row.hpp"
#include "store/account.hpp"
#include "store/booking_store.hpp"

namespace calcom::store {

namespace {

void add_links(const Facts& facts, std::set<std::string>* uids) {
  for (const Link& link : facts.predecessors) uids->insert(link.uid);
  for (const Link& link : facts.successors) uids->insert(link.uid);
}

// Dead and ignored events link nothing.
void add_events_links(Spi& spi, const std::string& account, const std::vector<std::string>& uids,
                      std::set<std::string>* found) {
  static constinit Statement select{R"sql(
    select e.related_uid
    from @extschema@.calcom_events e
    where e.account = $1
      and e.booking_uid = any($2)
      and e.related_uid is not null
      and e.outcome in ('applied', 'duplicate', 'stale', 'deferred')
    union
    select e.booking_uid
    from @extschema@.calcom_events e
    where e.account = $1
      and e.related_uid = any($2)
      and e.booking_uid is not null
      and e.outcome in ('applied', 'duplicate', 'stale', 'deferred'))sql"};
  const Rows rows = spi.run(select, Params().text(account).texts(uids));
  for (std::uint64_t row = 0; row < rows.size(); ++row) found->insert(rows.text(row, 1));
}

}  // namespace

Checkpoints read_checkpoints(Spi& spi, const std::string& account, const std::vector<std::string>& uids) {
  static constinit Statement select{R"sql(
    select c.uid, c.facts, c.up_to
    from @extschema@.booking_checkpoints c
    where c.account = $1 and c.uid = any($2))sql"};
  const Rows rows = spi.run(select, Params().text(account).texts(uids));
  Checkpoints found;
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    const std::string uid = rows.text(row, 1);
    found[uid] = {decoded_facts(uid, rows.text(row, 2)), rows.uuid(row, 3)};
  }
  return found;
}

ChainLog read_chain(Spi& spi, const std::string& account, const std::string& uid) {
  ChainLog chain;
  chain.uids = {uid};
  std::vector<std::string> next = {uid};
  while (!next.empty()) {
    std::set<std::string> found;
    add_events_links(spi, account, next, &found);
    for (auto& [one, facts] : read_facts(spi, account, next)) {
      add_links(facts, &found);
      chain.stored[one] = std::move(facts);
    }
    for (auto& [one, checkpoint] : read_checkpoints(spi, account, next)) {
      add_links(checkpoint.facts, &found);
      chain.checkpoints[one] = std::move(checkpoint);
    }
    next.clear();
    for (const std::string& one : found)
      if (chain.uids.insert(one).second) next.push_back(one);
  }
  return chain;
}

void lock_log(Spi& spi, const std::string& account, LogUse use) {
  static constinit Statement shared{R"sql(
    select pg_catalog.pg_advisory_xact_lock_shared(
      pg_catalog.hashtextextended('calcom log of ' || $1, 0)
    ))sql"};
  static constinit Statement alone{R"sql(
    select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('calcom log of ' || $1, 0)))sql"};
  spi.run(use == LogUse::kRead ? shared : alone, Params().text(account));
}

}  // namespace calcom::store

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;

CALCOM_FUNCTION(calcom_chain) {
  return entry([&]() -> Datum {
    const Arguments args(fcinfo);
    const Schema schema = data_schema();
    require_tables(schema);
    ChainLog chain;
    {
      Spi spi(schema, Access::kSnapshot);
      chain = read_chain(spi, args.required_text(1, "account"), args.required_text(0, "uid"));
    }
    begin_rows(fcinfo);
    for (const std::string& uid : chain.uids)
      put_row<2>(fcinfo, {text_datum(uid), BoolGetDatum(chain.stored.contains(uid))});
    return 0;
  });
}
