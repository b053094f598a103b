#include "store/event_store.hpp"

#include "pg/lock_timeout.hpp"
#include "pg/settings.hpp"

namespace calcom::store {

namespace {

// An equal body must wait for the other transaction to end and cannot be deferred. It waits longer than a merge; then it
// fails with 55P03, and the sender retries.
constexpr int kDigestPatience = 8;

std::string_view view(const Sha256& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

}  // namespace

bool lossless_as_text(std::string_view body) {
  return call([=] {
    return GetDatabaseEncoding() == PG_UTF8 && memchr(body.data(), 0, body.size()) == nullptr &&
           pg_verify_mbstr(PG_UTF8, body.data(), static_cast<int>(body.size()), true);
  });
}

std::uint64_t hash_of(const Sha256& digest) {
  std::uint64_t hash = 0;
  for (int i = 0; i < 8; ++i) hash = hash << 8 | digest[static_cast<std::size_t>(i)];
  return hash;
}

std::optional<pg_uuid_t> claim_digest(Spi& spi, const std::string& account, const Sha256& digest,
                                      const pg_uuid_t& id) {
  static constinit Statement insert{R"sql(
    insert into @extschema@.calcom_event_digests (account, digest, event_id)
    values ($1, $2, $3)
    on conflict do nothing)sql"};
  {  // a transaction that stored the same body and does not end must not block this one forever
    const LockTimeout timeout(settings().merge_lock_timeout * kDigestPatience);
    if (spi.run(insert, Params().text(account).bytes(view(digest)).uuid(id)).affected() == 1)
      return std::nullopt;
  }
  static constinit Statement select{R"sql(
    select d.event_id
    from @extschema@.calcom_event_digests d
    where d.account = $1 and d.digest = $2)sql"};
  const Rows rows = spi.run(select, Params().text(account).bytes(view(digest)));
  if (rows.empty()) throw SqlError{ERRCODE_T_R_SERIALIZATION_FAILURE, "the same delivery was just removed"};
  return rows.uuid(0, 1);
}

void store_event(Spi& spi, const StoredEvent& stored, const Event& event, std::string_view body,
                 Micros received_at, const Settlement& settlement) {
  static constinit Statement insert{R"sql(
    insert into @extschema@.calcom_events (
      account, id, trigger_event, booking_uid, related_uid, created_at, received_at, stamp, outcome, reason,
      body, body_bytes, settled_at, source, reason_detail
    )
    values (
      $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, case when $9 <> 'deferred' then $7 end, $13, $14
    ))sql"};
  const bool created = event.created_at && storable_timestamp(*event.created_at);
  Params params;
  params.text(stored.account).uuid(stored.id).text_or_null(event.trigger_name).text_or_null(event.uid);
  params.text_or_null(event.reschedule_uid);
  params.time_optional(created ? event.created_at : std::nullopt).time(received_at).time(stored.stamp);
  params.text(name(settlement.outcome)).text_or_null(settlement.reason);
  if (lossless_as_text(body)) {
    params.text(body).null(BYTEAOID);
  } else {
    params.null(TEXTOID).bytes(body);
  }
  params.text(name(stored.source)).text_or_null(settlement.reason_detail);
  spi.run(insert, params);
}

std::string stored_uid(Spi& spi, const std::string& account, const pg_uuid_t& id) {
  static constinit Statement select{
      R"sql(select e.booking_uid from @extschema@.calcom_events e where e.account = $1 and e.id = $2)sql"};
  const Rows rows = spi.run(select, Params().text(account).uuid(id));
  return rows.empty() ? std::string() : rows.text(0, 1);
}

// The columns of a LoggedEvent; e is calcom_events.
#define CALCOM_SELECT_LOGGED_EVENT                                                                     \
  "select e.account, e.id, e.stamp, e.source, e.outcome, coalesce(e.booking_uid, ''), e.received_at, " \
  "coalesce(e.body_bytes, pg_catalog.convert_to(e.body, 'UTF8')) from @extschema@.calcom_events e"

namespace {

std::vector<LoggedEvent> logged_events(const Rows& rows) {
  std::vector<LoggedEvent> events(rows.size());
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    LoggedEvent& event = events[row];
    event.stored.account = rows.text(row, 1);
    event.stored.id = rows.uuid(row, 2);
    event.stored.stamp = rows.time(row, 3).value_or(0);
    event.source = parse<EventSource>(rows.text(row, 4)).value_or(EventSource::kWebhook);
    event.outcome = parse<EventOutcome>(rows.text(row, 5)).value_or(EventOutcome::kDead);
    event.booking_uid = rows.text(row, 6);
    event.received_at = rows.time(row, 7).value_or(0);
    event.has_body = !rows.is_null(row, 8);
    event.body = rows.bytes(row, 8);
    event.stored.hash = hash_of(sha256(event.body));
  }
  return events;
}

}  // namespace

std::vector<LoggedEvent> lock_deferred(Spi& spi, int limit) {
  static constinit Statement select{CALCOM_SELECT_LOGGED_EVENT R"sql(
    where e.outcome = 'deferred'
    order by e.settled_at nulls first, e.id
    limit $1
    for update of e skip locked)sql"};
  return logged_events(spi.run(select, Params().int8(limit)));
}

std::vector<LoggedEvent> lock_dead(Spi& spi, const std::optional<std::string>& account, int limit) {
  static constinit Statement select{CALCOM_SELECT_LOGGED_EVENT R"sql(
    where e.outcome = 'dead' and ($1 is null or e.account = $1)
    order by e.settled_at, e.id
    limit $2
    for update of e skip locked)sql"};
  return logged_events(spi.run(select, Params().text_optional(account).int8(limit)));
}

std::optional<LoggedEvent> lock_event(Spi& spi, const std::string& account, const pg_uuid_t& id) {
  static constinit Statement select{CALCOM_SELECT_LOGGED_EVENT R"sql(
    where e.account = $1 and e.id = $2
    for update of e)sql"};
  std::vector<LoggedEvent> found = logged_events(spi.run(select, Params().text(account).uuid(id)));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

std::vector<LoggedEvent> events_of(Spi& spi, const std::string& account,
                                   const std::vector<std::string>& uids) {
  static constinit Statement select{CALCOM_SELECT_LOGGED_EVENT R"sql(
    where e.account = $1
      and e.source <> 'manual'
      and e.outcome in ('applied', 'duplicate', 'stale', 'deferred')
      and (e.booking_uid = any($2) or e.related_uid = any($2)))sql"};
  return logged_events(spi.run(select, Params().text(account).texts(uids)));
}

std::vector<LoggedEvent> lock_older(Spi& spi, const std::string& account, Micros before, Micros after_time,
                                    const pg_uuid_t& after_id, int limit) {
  static constinit Statement select{CALCOM_SELECT_LOGGED_EVENT R"sql(
    where e.account = $1
      and e.received_at < $2
      and (e.received_at, e.id) > ($3, $4)
      and e.outcome in ('applied', 'duplicate', 'stale', 'ignored')
    order by e.received_at, e.id
    limit $5
    for update of e skip locked)sql"};
  return logged_events(
      spi.run(select, Params().text(account).time(before).time(after_time).uuid(after_id).int8(limit)));
}

void delete_events(Spi& spi, const std::string& account, const std::vector<pg_uuid_t>& ids) {
  static constinit Statement remove{
      R"sql(delete from @extschema@.calcom_events where account = $1 and id = any($2))sql"};
  spi.run(remove, Params().text(account).uuids(ids));
}

void store_change_by_hand(Spi& spi, const std::string& account, const std::string& uid, const pg_uuid_t& id,
                          Micros at, std::string_view body) {
  static constinit Statement insert{R"sql(
    insert into @extschema@.calcom_events (
      account, id, source, booking_uid, received_at, stamp, outcome, reason, body, settled_at
    )
    values ($1, $2, 'manual', $3, $4, $4, 'applied', 'changed by hand', $5, $4))sql"};
  spi.run(insert, Params().text(account).uuid(id).text(uid).time(at).text(body));
}

void settle(Spi& spi, const StoredEvent& stored, const Settlement& settlement) {
  static constinit Statement update{R"sql(
    update @extschema@.calcom_events
    set outcome = $3, reason = $4, settled_at = $5, reason_detail = $6
    where account = $1 and id = $2)sql"};
  spi.run(update, Params()
                      .text(stored.account)
                      .uuid(stored.id)
                      .text(name(settlement.outcome))
                      .text_or_null(settlement.reason)
                      .time(now())
                      .text_or_null(settlement.reason_detail));
}

std::int64_t count_deferred(Spi& spi) {
  static constinit Statement count{
      R"sql(select pg_catalog.count(*) from @extschema@.calcom_events e where e.outcome = 'deferred')sql"};
  return spi.run(count).int8(0, 1);
}

}  // namespace calcom::store
