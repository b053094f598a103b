// calcom_purge: deletes old events and keeps their content as checkpoints of merge facts, from which a rebuild starts.
// Deferred and dead events are kept at any age. Digests are kept forever, so that a late repeat is still recognised.
#include <algorithm>
#include <limits>

#include "core/base/json_compose.hpp"
#include "core/base/timestamp.hpp"
#include "pg/row.hpp"
#include "store/account.hpp"
#include "store/audit.hpp"
#include "store/chain_log.hpp"

using namespace calcom;
using namespace calcom::pg;
using namespace calcom::store;

namespace {

constexpr int kAtOnce = 200;  // bodies in memory

struct Position {
  Micros received_at = 0;
  pg_uuid_t id{};
};

struct Purged {
  std::int64_t events = 0;
  std::set<std::pair<std::string, std::string>> bookings;  // whose checkpoint was written
};

bool is_merged(const LoggedEvent& event) {
  return event.source != EventSource::kManual && event.outcome != EventOutcome::kIgnored;
}

struct Readable {
  const LoggedEvent* event;
  Parsed parsed;
};

// A merged event whose body was removed, or that this version cannot parse, is kept: its facts would be lost with the row.
std::vector<Readable> removable(const std::vector<LoggedEvent>& events) {
  std::vector<Readable> all;
  for (const LoggedEvent& event : events) {
    if (!is_merged(event)) {
      all.push_back({&event, {}});
      continue;
    }
    Parsed parsed = parse_event(event.body);
    if (event.has_body && parsed.meaning == Meaning::kMerge && !touched_uids(parsed.event).empty())
      all.push_back({&event, std::move(parsed)});
  }
  return all;
}

// Joins the events into the checkpoints of the bookings that they touch.
Checkpoints joined(Spi& spi, const std::string& account, const std::vector<Readable>& events) {
  std::set<std::string> uids;
  for (const Readable& one : events)
    for (std::string& uid : touched_uids(one.parsed.event)) uids.insert(std::move(uid));
  Checkpoints checkpoints = read_checkpoints(spi, account, {uids.begin(), uids.end()});
  FactsByUid facts;
  for (const auto& [uid, one] : checkpoints) facts[uid] = one.facts;
  for (const Readable& one : events) {
    if (!is_merged(*one.event)) continue;
    const StoredEvent& stored = one.event->stored;
    merge_event(facts, one.parsed.event,
                Stamp{stored.stamp, stamp_rank(one.parsed.event.trigger), stored.hash});
    for (const std::string& uid : touched_uids(one.parsed.event)) {
      Checkpoint& checkpoint = checkpoints[uid];
      if (memcmp(&checkpoint.up_to, &stored.id, sizeof stored.id) < 0) checkpoint.up_to = stored.id;
    }
  }
  for (auto& [uid, one] : checkpoints) one.facts = std::move(facts[uid]);
  return checkpoints;
}

void store_checkpoints(Spi& spi, const std::string& account, const Checkpoints& checkpoints) {
  std::vector<std::string> uid, facts;
  std::vector<pg_uuid_t> up_to;
  for (const auto& [one, checkpoint] : checkpoints) {
    uid.push_back(one);
    facts.push_back(encode_facts(checkpoint.facts));
    up_to.push_back(checkpoint.up_to);
  }
  static constinit Statement upsert{R"sql(
    insert into @extschema@.booking_checkpoints (account, uid, facts, up_to, purged_at)
    select $1, u.*, $5
    from unnest($2, $3, $4) u
    on conflict (account, uid)
    do update set facts = excluded.facts, up_to = excluded.up_to, purged_at = excluded.purged_at)sql"};
  spi.run(upsert, Params().text(account).texts(uid).texts(facts).uuids(up_to).time(now()));
}

// One portion; the number of events looked at.
std::size_t purge_some(Spi& spi, const std::string& account, Micros before, int limit, Position* at,
                       Purged* purged) {
  const std::vector<LoggedEvent> events = lock_older(spi, account, before, at->received_at, at->id, limit);
  if (events.empty()) return 0;
  *at = {events.back().received_at, events.back().stored.id};
  const std::vector<Readable> leaving = removable(events);
  const Checkpoints checkpoints = joined(spi, account, leaving);
  if (!checkpoints.empty()) store_checkpoints(spi, account, checkpoints);
  std::vector<pg_uuid_t> ids;
  ids.reserve(leaving.size());
  for (const Readable& one : leaving) ids.push_back(one.event->stored.id);
  delete_events(spi, account, ids);
  purged->events += static_cast<std::int64_t>(ids.size());
  for (const auto& [uid, one] : checkpoints) purged->bookings.emplace(account, uid);
  return events.size();
}

std::vector<std::string> accounts_in_log(Spi& spi, const std::optional<std::string>& account, Micros before) {
  static constinit Statement select{R"sql(
    select distinct e.account
    from @extschema@.calcom_events e
    where e.received_at < $2 and ($1 is null or e.account = $1)
    order by 1)sql"};
  const Rows rows = spi.run(select, Params().text_optional(account).time(before));
  std::vector<std::string> all;
  for (std::uint64_t row = 0; row < rows.size(); ++row) all.push_back(rows.text(row, 1));
  return all;
}

Purged purge(const Schema& schema, const std::optional<std::string>& only, Micros before,
             std::int64_t limit) {
  Purged purged;
  std::vector<std::string> accounts;
  {
    Spi spi(schema);
    accounts = accounts_in_log(spi, only, before);
  }
  for (const std::string& account : accounts) {
    Position at;
    while (purged.events < limit) {
      Spi spi(schema);
      lock_log(spi, account, LogUse::kPurge);
      const int some = static_cast<int>(std::min<std::int64_t>(kAtOnce, limit - purged.events));
      if (purge_some(spi, account, before, some, &at, &purged) == 0) break;
    }
  }
  Spi spi(schema);
  Act act{"purge", only, {}};
  act.detail.set("received_before", format_timestamp(before)).set("events", purged.events);
  note_act(spi, act);
  return purged;
}

// The server subtracts the interval, because months and daylight saving time count.
Micros cut_of(const Schema& schema, Datum older_than) {
  static constinit Statement select{
      R"sql(select pg_catalog.clock_timestamp() - $1, $1 < interval '0', pg_catalog.isfinite($1))sql"};
  Spi spi(schema);
  const Rows rows = spi.run(select, Params().interval(older_than));
  if (rows.boolean(0, 2) || !rows.boolean(0, 3))
    throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "older_than must not be negative"};
  return rows.time(0, 1).value_or(0);
}

std::int64_t count_older(const Schema& schema, const std::optional<std::string>& account, Micros before) {
  static constinit Statement select{R"sql(
    select pg_catalog.count(*)
    from @extschema@.calcom_events e
    where e.received_at < $2 and ($1 is null or e.account = $1))sql"};
  Spi spi(schema);
  return spi.run(select, Params().text_optional(account).time(before)).int8(0, 1);
}

}  // namespace

CALCOM_FUNCTION(calcom_purge) {
  return entry([&] {
    const Arguments args(fcinfo);
    const Schema schema = data_schema();
    require_tables(schema);
    args.require(0, "older_than");
    const std::optional<std::string> account = args.optional_text(1);
    const int limit = args.int4_or(2, std::numeric_limits<int>::max());
    if (limit < 1) throw SqlError{ERRCODE_INVALID_PARAMETER_VALUE, "max_events must be at least 1"};
    const Micros before = cut_of(schema, args.datum(0));
    const Purged purged = purge(schema, account, before, limit);
    return make_row<3>(fcinfo, {Int64GetDatum(purged.events),
                                Int64GetDatum(static_cast<std::int64_t>(purged.bookings.size())),
                                Int64GetDatum(count_older(schema, account, before))});
  });
}
