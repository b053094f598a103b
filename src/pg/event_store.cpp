// See event_store.hpp.
#include "pg/event_store.hpp"

#include <algorithm>

namespace calcom::pg {

namespace {

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
  static constinit Statement insert{
      "insert into @extschema@.calcom_event_digests (account, digest, event_id) values ($1, $2, $3)"
      " on conflict do nothing"};
  if (spi.run(insert, Params().text(account).bytes(view(digest)).uuid(id)).affected() == 1)
    return std::nullopt;
  static constinit Statement select{
      "select d.event_id from @extschema@.calcom_event_digests d where d.account = $1 and d.digest = $2"};
  const Rows rows = spi.run(select, Params().text(account).bytes(view(digest)));
  if (rows.empty()) throw SqlError{ERRCODE_T_R_SERIALIZATION_FAILURE, "the same delivery was just removed"};
  return rows.uuid(0, 1);
}

void store_event(Spi& spi, const StoredEvent& stored, const Event& event, std::string_view body,
                 Micros received_at, const Settlement& settlement) {
  static constinit Statement insert{
      "insert into @extschema@.calcom_events (account, id, trigger_event, booking_uid, related_uid, "
      "created_at,"
      " received_at, stamp, outcome, reason, body, body_bytes, settled_at)"
      " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, case when $9 <> 'deferred' then $7 end)"};
  const bool created = event.created_at && storable_timestamp(*event.created_at);
  Params params;
  params.text(stored.account).uuid(stored.id).text_or_null(event.trigger_name).text_or_null(event.uid);
  params.text_or_null(event.reschedule_uid);
  params.time_optional(created ? event.created_at : std::nullopt).time(received_at).time(stored.stamp);
  params.text(settlement.outcome).text_or_null(settlement.reason);
  if (lossless_as_text(body)) {
    params.text(body).null(BYTEAOID);
  } else {
    params.null(TEXTOID).bytes(body);
  }
  spi.run(insert, params);
}

std::string stored_uid(Spi& spi, const std::string& account, const pg_uuid_t& id) {
  static constinit Statement select{
      "select e.booking_uid from @extschema@.calcom_events e where e.account = $1 and e.id = $2"};
  const Rows rows = spi.run(select, Params().text(account).uuid(id));
  return rows.empty() ? std::string() : rows.text(0, 1);
}

std::vector<DeferredEvent> lock_deferred(Spi& spi, int limit) {
  static constinit Statement select{
      "select e.account, e.id, e.stamp, d.digest, coalesce(e.body_bytes, pg_catalog.convert_to(e.body, "
      "'UTF8'))"
      "  from @extschema@.calcom_events e"
      "  join @extschema@.calcom_event_digests d on d.account = e.account and d.event_id = e.id"
      " where e.outcome = 'deferred' order by e.id limit $1 for update of e skip locked"};
  const Rows rows = spi.run(select, Params().int8(limit));
  std::vector<DeferredEvent> events(rows.size());
  for (std::uint64_t row = 0; row < rows.size(); ++row) {
    DeferredEvent& event = events[row];
    Sha256 digest{};
    const std::string bytes = rows.bytes(row, 4);
    std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
    event.stored.id = rows.uuid(row, 2);
    event.stored.account = rows.text(row, 1);
    event.stored.stamp = rows.time(row, 3).value_or(0);
    event.stored.hash = hash_of(digest);
    event.body = rows.bytes(row, 5);
  }
  return events;
}

void settle(Spi& spi, const StoredEvent& stored, const Settlement& settlement) {
  static constinit Statement update{
      "update @extschema@.calcom_events set outcome = $3, reason = $4, settled_at = $5"
      " where account = $1 and id = $2"};
  spi.run(update, Params()
                      .text(stored.account)
                      .uuid(stored.id)
                      .text(settlement.outcome)
                      .text_or_null(settlement.reason)
                      .time(now()));
}

std::int64_t count_deferred(Spi& spi) {
  static constinit Statement count{
      "select pg_catalog.count(*) from @extschema@.calcom_events e where e.outcome = 'deferred'"};
  return spi.run(count).int8(0, 1);
}

}  // namespace calcom::pg
