// calcom_rebuild and calcom_rebuild_all. The first locks a chain and repairs it; the second reads every
// chain in one snapshot, without a lock, and locks only those that it repairs.
// Before the server's headers, whose typedef text would be shadowed.
#include "core/base/json_compose.hpp"

#include "ingest/rebuild.hpp"

#include <algorithm>
#include <limits>

#include "pg/errors.hpp"
#include "pg/row.hpp"
#include "store/account.hpp"
#include "store/audit.hpp"
#include "store/booking_store.hpp"

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;
using namespace calcom::ingest;

namespace {

// Locks the rows of the chain like an event that links bookings, and rebuilds the chain. The first read finds
// the rows to lock. During the wait for the locks an event may link another row: then the loop locks again.
Rebuilt lock_and_rebuild(Spi& spi, const std::string& account, const std::string& uid) {
  lock_log(spi, account, LogUse::kRead);
  std::set<std::string> locked = read_chain(spi, account, uid).uids;
  for (;;) {
    lock_and_load(spi, account, {locked.begin(), locked.end()}, true);
    Rebuilt rebuilt = rebuild_facts(spi, account, uid);
    if (std::includes(locked.begin(), locked.end(), rebuilt.chain.uids.begin(), rebuilt.chain.uids.end()))
      return rebuilt;
    locked = rebuilt.chain.uids;
  }
}

std::vector<Finding> rebuild_one(Spi& spi, const std::string& account, const std::string& uid,
                                 Repair repair) {
  const Rebuilt rebuilt = lock_and_rebuild(spi, account, uid);
  if (!rebuilt.known)
    throw sql_error(Error::kUnknownBooking,
                    "Neither the log nor the tables of account \"" + account + "\" know it.");
  if (rebuilt.gap.any()) throw sql_error(Error::kIncompleteLog, rebuilt.gap.detail, rebuilt.gap.hint);
  return compare_chain(spi, account, rebuilt, repair);
}

struct Chain {
  std::string account, uid;
};

std::vector<Chain> every_booking(const Schema& schema, const std::optional<std::string>& account) {
  static constinit Statement select{R"sql(
    select x.account, x.uid
    from (
      select b.account, b.uid
      from @extschema@.bookings b
      where $1 is null or b.account = $1
      union
      select c.account, c.uid
      from @extschema@.booking_checkpoints c
      where $1 is null or c.account = $1
      union
      select e.account, e.booking_uid
      from @extschema@.calcom_events e
      where ($1 is null or e.account = $1)
        and e.booking_uid is not null
        and e.source <> 'manual'
        and e.outcome in ('applied', 'duplicate', 'stale', 'deferred')
    ) x(account, uid)
    order by x.account collate "C", x.uid collate "C")sql"};
  Spi spi(schema, Access::kSnapshot);
  const Rows rows = spi.run(select, Params().text_optional(account));
  std::vector<Chain> all;
  all.reserve(rows.size());
  for (std::uint64_t row = 0; row < rows.size(); ++row) all.push_back({rows.text(row, 1), rows.text(row, 2)});
  return all;
}

bool differs(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& one) { return one.what == "differs"; });
}

// Returns what differs. Takes no lock and writes nothing: everything is read in the caller's snapshot. Adds
// the bookings of the chain to `seen`.
std::vector<Finding> look(const Schema& schema, const Chain& at, std::set<std::string>* seen) {
  Spi spi(schema, Access::kSnapshot);
  const Rebuilt rebuilt = rebuild_facts(spi, at.account, at.uid);
  seen->insert(rebuilt.chain.uids.begin(), rebuilt.chain.uids.end());
  if (rebuilt.gap.any()) return {{at.uid, "incomplete", "", {}, rebuilt.gap.detail}};
  return compare_chain(spi, at.account, rebuilt, Repair::kNothing);
}

// A chain that cannot be repaired (a user's trigger, a lock) does not stop the others.
std::vector<Finding> repair(const Schema& schema, const Chain& at) {
  std::vector<Finding> findings;
  Failure failure;
  Spi spi(schema);
  if (subxact(&failure, [&] { findings = rebuild_one(spi, at.account, at.uid, Repair::kDifferences); }))
    return findings;
  return {{at.uid, "failed", "", {}, described(failure)}};
}

void note_rebuild(Spi& spi, const char* action, const std::optional<std::string>& account,
                  const std::optional<std::string>& uid, const std::vector<Finding>& findings) {
  Act act{action, account, uid};
  act.detail.set("rebuilt", std::count_if(findings.begin(), findings.end(),
                                          [](const Finding& one) { return one.what == "rebuilt"; }));
  note_act(spi, act);
}

std::optional<Datum> cell(const std::optional<std::string>& text) {
  return text ? std::optional(text_datum(*text)) : std::nullopt;
}

}  // namespace

CALCOM_FUNCTION(calcom_rebuild) {
  return entry([&]() -> Datum {
    const Arguments args(fcinfo);
    const Schema schema = data_schema();
    require_tables(schema);
    const bool overwrite = args.boolean_or(2, false);
    std::vector<Finding> findings;
    {
      const std::string account = args.required_text(1, "account");
      const std::string uid = args.required_text(0, "uid");
      Spi spi(schema);
      findings = rebuild_one(spi, account, uid, overwrite ? Repair::kHandEditsToo : Repair::kDifferences);
      note_rebuild(spi, "rebuild", account, uid, findings);
    }
    begin_rows(fcinfo);
    for (const Finding& one : findings)
      put_row<5>(fcinfo, {text_datum(one.uid), text_datum(one.what), text_cell(one.column), cell(one.stored),
                          cell(one.rebuilt)});
    return 0;
  });
}

CALCOM_FUNCTION(calcom_rebuild_all) {
  return entry([&]() -> Datum {
    const Arguments args(fcinfo);
    const Schema schema = data_schema();
    require_tables(schema);
    const bool apply = args.boolean_or(0, false);
    int chains_left = args.int4_or(2, std::numeric_limits<int>::max());
    begin_rows(fcinfo);
    std::set<std::string> seen;  // bookings of `account` whose chain was looked at
    std::string account;
    std::vector<Finding> repaired;
    for (const Chain& at : every_booking(schema, args.optional_text(1))) {
      if (at.account != account) seen.clear();
      account = at.account;
      if (seen.contains(at.uid)) continue;
      std::vector<Finding> findings = look(schema, at, &seen);
      if (apply && chains_left > 0 && differs(findings)) {
        --chains_left;
        findings = repair(schema, at);
        repaired.insert(repaired.end(), findings.begin(), findings.end());
      }
      for (const Finding& one : findings)
        if (one.what != "same")
          put_row<6>(fcinfo, {text_datum(at.account), text_datum(one.uid), text_datum(one.what),
                              text_cell(one.column), cell(one.stored), cell(one.rebuilt)});
    }
    if (apply) {
      Spi spi(schema);
      note_rebuild(spi, "rebuild_all", args.optional_text(1), {}, repaired);
    }
    return 0;
  });
}
