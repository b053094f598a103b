#include "outbox/owe.hpp"

#include <algorithm>

#include "core/booking/booking_detail.hpp"
#include "core/booking/merge.hpp"

namespace calcom::outbox {

namespace {

// Includes host copies; calcom_accounts.mail_host is checked in the INSERT.
std::vector<Obligation> all_owed(const Booking& booking, Micros at) {
  std::vector<Obligation> owed = obligations(booking, at);
  for (Obligation& one : host_obligations(booking, at)) owed.push_back(std::move(one));
  return owed;
}

// Resets rendered but unsent mails whose end_time changed.
void note_another_end(Spi& spi, const std::string& account, const Booking& after) {
  static constinit Statement update{R"sql(
    update @extschema@.email_outbox o
    set
      end_time = $3, request = null, subject = null, mail_mode = null,
      idempotency_key = case when o.request is null then o.idempotency_key
          else pg_catalog.gen_random_uuid()::text end
    where o.account = $1
      and o.booking_uid = $2
      and o.end_time is distinct from $3
      and o.state in ('queued', 'held')
      and o.first_attempt_at is null)sql"};
  spi.run(update, Params().text(account).text(after.uid).time_optional(instant_of(after, Detail::kEndTime)));
}

// The obligation key cannot distinguish a return to an earlier start. Queues another mail for recipients whose last mail
// named a different time.
void note_moved_back(Spi& spi, const std::string& account, const std::optional<pg_uuid_t>& event_id,
                     const Booking& after, const std::vector<Obligation>& owed, Micros at) {
  std::vector<pg_uuid_t> id;
  std::vector<std::string> recipient, key;
  std::vector<std::optional<Micros>> start;
  std::vector<std::optional<bool>> host_copy;
  for (const auto& obligation : owed) {
    if (obligation.kind != MailKind::kRescheduled) continue;
    host_copy.emplace_back(obligation.is_host_copy);
    id.push_back(uuid_v7(at));
    recipient.push_back(obligation.recipient);
    key.push_back(obligation.key);
    start.emplace_back(obligation.start_time.at);
  }
  if (id.empty()) return;
  static constinit Statement insert{R"sql(
    insert into @extschema@.email_outbox (
      account, booking_uid, event_id, created_at, kind, id, recipient, obligation_key, start_time, end_time,
      is_host_copy
    )
    select
      $1, $2, $4, $5, 'rescheduled', u.id, u.recipient, u.key || '/after/' || newest.id, u.start, $10,
      u.host_copy
    from unnest($6, $7, $8, $9, $11) u (id, recipient, key, start, host_copy)
    cross join lateral (
      select n.id, n.start_time, n.end_time
      from @extschema@.email_outbox n
      where n.account = $1
        and n.booking_uid in ($2, $3)
        and n.recipient = u.recipient
        and n.kind in ('confirmation', 'rescheduled')
        and n.state not in ('skipped', 'cancelled', 'failed')
      order by n.created_at desc, n.id desc
      limit 1
    ) newest
    where (newest.start_time <> u.start or newest.end_time <> $10)
      and not exists (
        select
        from @extschema@.email_outbox w
        where w.account = $1
          and w.booking_uid = $2
          and w.recipient = u.recipient
          and w.kind = 'rescheduled'
          and w.start_time = u.start
          and w.end_time is not distinct from $10
          and w.state in ('queued', 'held', 'sending')
      )
    on conflict (account, obligation_key) do nothing)sql"};
  Params params;
  params.text(account).text(after.uid).text(after.rescheduled_from_uid);
  event_id ? params.uuid(*event_id) : params.null(UUIDOID);
  params.time(at).uuids(id).texts(recipient).texts(key).times(start).time_optional(
      instant_of(after, Detail::kEndTime));
  params.booleans(host_copy);
  spi.run(insert, params);
}

}  // namespace

// Baseline rows hold the key and are never sent: mails for old events were sent before or are too late.
void note_mails(Spi& spi, const std::string& account, const std::optional<pg_uuid_t>& event_id,
                const Booking* before, const Booking& after, Mails mails) {
  const Micros at = now();
  std::vector<Obligation> owed = all_owed(after, at);
  if (before != nullptr && mails != Mails::kOwed) {  // mails owed before are already in the outbox
    const std::vector<Obligation> old = all_owed(*before, at);
    std::erase_if(owed,
                  [&](const Obligation& one) { return std::find(old.begin(), old.end(), one) != old.end(); });
  }
  if (before != nullptr && instant_of(*before, Detail::kEndTime) != instant_of(after, Detail::kEndTime))
    note_another_end(spi, account, after);
  if (owed.empty()) return;
  std::vector<std::string> kind, recipient, key;
  std::vector<std::optional<Micros>> start;
  std::vector<pg_uuid_t> id;
  std::vector<std::optional<bool>> to_host;
  for (const auto& obligation : owed) {
    id.push_back(uuid_v7(at));
    kind.emplace_back(name(obligation.kind));
    recipient.push_back(obligation.recipient);
    key.push_back(obligation.key);
    start.emplace_back(obligation.start_time.at);
    to_host.emplace_back(obligation.is_host_copy);
  }
  static constinit Statement insert{R"sql(
    insert into @extschema@.email_outbox as o (
      account, booking_uid, event_id, state, cause, reason, created_at, id, kind, recipient, obligation_key,
      start_time, end_time, is_host_copy
    )
    select
      $1, $2, $3, case when $4 then 'queued' else 'skipped' end, case when not $4 then 'baseline' end,
      case when not $4 then $14 end, $11, u.id, u.kind, u.recipient, u.key, u.start, $13, u.to_host
    from unnest($5, $6, $7, $8, $9, $12) u (id, kind, recipient, key, start, to_host)
    where not u.to_host or (select a.mail_host from @extschema@.calcom_accounts a where a.account = $1)
    on conflict (account, obligation_key)
    do update set
      start_time = excluded.start_time, end_time = excluded.end_time, state = 'queued', cause = null,
      reason = null,
      (request, subject, mail_mode, idempotency_key) = (
        select o.request, o.subject, o.mail_mode, o.idempotency_key
        where o.start_time is not distinct from excluded.start_time
        union all
        select null, null, null, pg_catalog.gen_random_uuid()::text
        where o.start_time is distinct from excluded.start_time
      )
    where excluded.state = 'queued'
      and o.first_attempt_at is null
      and (o.state = 'queued' or ($10 and o.state = 'skipped' and o.cause = 'baseline')))sql"};
  Params params;
  params.text(account).text(after.uid);
  event_id ? params.uuid(*event_id) : params.null(UUIDOID);
  params.boolean(mails != Mails::kBaseline);
  params.uuids(id)
      .texts(kind)
      .texts(recipient)
      .texts(key)
      .times(start)
      .boolean(mails == Mails::kOwed)
      .time(at)
      .booleans(to_host)
      .time_optional(instant_of(after, Detail::kEndTime))
      .text(sentence(MailCause::kBaseline));
  spi.run(insert, params);
  if (before != nullptr && mails == Mails::kQueue) note_moved_back(spi, account, event_id, after, owed, at);
}

}  // namespace calcom::outbox
