-- Which mails would be sent, and what holds the others: decided by the worker's own functions.
create function calcom_internal.why_held(account text) returns text
language c stable security definer set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_why_held';
comment on function calcom_internal.why_held(text) is
  'Internal: why the worker holds the mail of an account, in its own words; null when it does not.';

create function calcom_internal.turns(per_hour integer, sent timestamptz[], due timestamptz[]) returns timestamptz[]
language c stable parallel safe set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_turns';
comment on function calcom_internal.turns(integer, timestamptz[], timestamptz[]) is
  'Internal: when mails to one person that are due at these times (ascending) would leave, with so many allowed an hour '
  'and those sent already; per_hour null: when they are due.';

create function calcom_internal.why_too_old(kind text, owed_at timestamptz, max_age bigint, at timestamptz) returns text
language c stable strict parallel safe set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_why_too_old';
comment on function calcom_internal.why_too_old(text, timestamptz, bigint, timestamptz) is
  'Internal: why the worker would skip a mail for its age at a time (max_age in microseconds); null when it would not.';

create function calcom_internal.why_no_mail(account text) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select coalesce(
    case when a.disabled_at is not null then 'the account is disabled'
         when a.paused then 'the account is paused'
         when a.mail_mode = 'test' then 'the account is in test mode: rendered and kept, never sent' end,
    calcom_internal.why_held(a.account),
    case when not @extschema@.calcom_preloaded() then 'the library is not preloaded: no worker sends'
         when not calcom_internal.marked() then 'the database is not marked for the worker' end)
  from @extschema@.calcom_accounts a where a.account = $1
$$;
comment on function calcom_internal.why_no_mail(text) is
  'Internal: why no mail of the account would leave; null when it may.';

create function calcom_internal.mail_ahead(span interval, for_account text, out n bigint, out due timestamptz,
  out account text, out kind text, out rule text, out recipient text, out booking_uid text, out start_time timestamptz,
  out made_in text, out told text, out first_attempt_at timestamptz, out in_doubt boolean, out owed_at timestamptz, out overtaken boolean)
returns setof record
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select row_number() over (), m.* from (
    select greatest(o.send_after, now()), o.account, o.kind, null::text, o.recipient, o.booking_uid, o.start_time,
           o.mail_mode, case when o.state = 'queued' and o.send_after > now() then o.reason end, o.first_attempt_at,
           o.in_doubt, o.owed_at, o.kind = 'reminder' and calcom_internal.has_later_reminder(o.account, o.id)
      from @extschema@.email_outbox o
     where o.state in ('queued', 'held', 'sending') and o.send_after <= now() + $1 and ($2 is null or o.account = $2)
    union all
    select b.start_time - r.before, b.account, 'reminder', r.rule, p.email, b.uid, b.start_time, null, null, null, false, null, false
      from @extschema@.reminder_rules r
      join @extschema@.bookings b on b.account = r.account and b.start_time > greatest(now() + r.before, r.enabled_at + r.before)
                                 and b.start_time <= now() + r.before + $1
      join @extschema@.booking_attendees p on p.account = b.account and p.booking_uid = b.uid
     where r.enabled and ($2 is null or r.account = $2)) m
$$;
comment on function calcom_internal.mail_ahead(interval, text) is
  'Internal: the mails that are queued or become due within a span, numbered.';

create function @extschema@.calcom_simulate(span interval default '7 days', account text default null)
returns table (at timestamptz, mail_account text, kind text, rule text, recipient text, booking_uid text,
  start_time timestamptz, leaves boolean, reason text)
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  with accounts as materialized (
    select a.account, a.mail_mode, a.max_mails_per_hour, w.finding, w.ends, w.until,
           (extract(epoch from a.mail_max_age) * 1000000)::bigint as max_age,
           coalesce(calcom_internal.why_no_mail(a.account), case when not w.ends then w.finding end) as why
      from @extschema@.calcom_accounts a left join calcom_internal.mail_waits() w on w.account = a.account
     where $2 is null or a.account = $2
  ), judged as materialized (
    select m.*, a.max_mails_per_hour, a.finding, a.max_age, greatest(m.due, case when a.ends then a.until end) as may,
           coalesce(
             calcom_internal.why_untrue(m.account, m.booking_uid, m.kind, m.recipient, m.start_time, m.due),
             (select 'suppressed: ' || s.reason from @extschema@.email_suppressions s
               where s.account = m.account and s.email = lower(m.recipient collate "C") collate "default"),
             case when m.overtaken then 'a later reminder is due as well' end,
             case when m.made_in <> a.mail_mode
                  then format('composed in mode %s, the account is in another', m.made_in) end,
             case when m.in_doubt and m.first_attempt_at < m.due - interval '23 hours' then 'the outcome stayed unknown for 23 hours' end,
             case when not m.in_doubt
                  then calcom_internal.why_too_old(m.kind, m.owed_at, a.max_age, m.due) end,
             a.why) as why
      from calcom_internal.mail_ahead($1, $2) m join accounts a on a.account = m.account
  ), turns as (
    select t.n, t.turn
      from (select j.account, lower(j.recipient collate "C") as person, j.max_mails_per_hour, array_agg(j.n order by j.may, j.n) as ns,
                   array_agg(j.may order by j.may, j.n) as due
              from judged j where j.why is null and j.first_attempt_at is null group by 1, 2, 3) p
     cross join lateral unnest(p.ns, calcom_internal.turns(p.max_mails_per_hour,
       array(select o.last_attempt_at from @extschema@.email_outbox o
              where o.account = p.account and lower(o.recipient collate "C") = p.person and o.attempts > 0
                and o.last_attempt_at > now() - interval '1 hour'), p.due)) t(n, turn)
  ), planned as (
    select j.*, coalesce(t.turn, j.may) as at,
           coalesce(j.why, case when coalesce(t.turn, j.may) > j.due then coalesce(
             calcom_internal.why_untrue(j.account, j.booking_uid, j.kind, j.recipient, j.start_time, coalesce(t.turn, j.may)),
             case when not j.in_doubt
                  then calcom_internal.why_too_old(j.kind, j.owed_at, j.max_age, coalesce(t.turn, j.may)) end) end) as never,
           case when t.turn > j.may then 'more mails to this recipient within an hour than the account allows'
                when j.may > j.due then j.finding else j.told end as later
      from judged j left join turns t on t.n = j.n
  )
  select p.at, p.account, p.kind, p.rule, p.recipient, p.booking_uid, p.start_time,
         p.never is null and p.at <= now() + $1, coalesce(p.never, p.later)
    from planned p order by p.at, p.account, p.booking_uid, p.kind, p.recipient
$$;
comment on function @extschema@.calcom_simulate(interval, text) is
  'Every mail that is queued or becomes due within the span, with the time at which it would be sent. reason: why it '
  'would not be sent (no longer true, too old, suppressed, test mode, paused, disabled, not armed, refused by Resend, '
  '...) or why later than due (a quota, the limit per recipient). Stores and sends nothing. account null: all.';
