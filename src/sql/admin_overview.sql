-- Overview and search of the operator page.
create function calcom_internal.admin_queue() returns json
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(json_agg(q order by q.account, q.state), '[]') from (
    select w.account, w.state, count(*) as count,
           extract(epoch from greatest(now() - min(w.since) filter (where isfinite(w.since)),
             '0'))::bigint as oldest_seconds
      from (select o.account, o.state, o.send_after as since from @extschema@.email_outbox o where o.state = 'queued'
            union all
            select o.account, o.state, o.last_attempt_at from @extschema@.email_outbox o where o.state = 'sending'
            union all
            select o.account, o.state, o.send_after from @extschema@.email_outbox o where o.state = 'held'
            union all
            select o.account, o.state, o.settled_at from @extschema@.email_outbox o
             where o.state in ('failed', 'uncertain')) w
     group by w.account, w.state) q
$$;
comment on function calcom_internal.admin_queue() is
  'Internal part of calcom_admin_overview(): waiting mail by account and state.';

create function calcom_internal.admin_reminders() returns json
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(json_agg(n order by n.due_at), '[]') from (
    select r.account, b.uid as booking_uid, 'reminder' as kind, r.rule, p.email as recipient,
      b.start_time - r.before as due_at
      from @extschema@.reminder_rules r
      cross join lateral (
        select b.uid, b.start_time from @extschema@.bookings b
         where b.account = r.account and b.status = 'accepted'
           and b.start_time > greatest(now(), r.enabled_at) + r.before
         order by b.start_time limit 20) b
      join @extschema@.booking_attendees p
        on p.account = r.account and p.booking_uid = b.uid and p.removed_at is null
     where r.enabled order by due_at limit 20) n
$$;
comment on function calcom_internal.admin_reminders() is
  'Internal part of calcom_admin_overview(): the next 20 reminders by the current rules.';

create function @extschema@.calcom_admin_overview() returns json
language sql volatile set search_path = pg_catalog, pg_temp
as $$
  select json_build_object(
    'now', now(),
    'status', (select to_json(s) from @extschema@.calcom_status s),
    'doctor', (select coalesce(json_agg(json_build_object('check', d.check_name, 'state', d.state, 'found', d.finding,
                                                          'command', d.command)), '[]')
                 from @extschema@.calcom_doctor() d),
    'accounts', (select coalesce(json_agg(a order by a.account), '[]')
                   from (select c.account, c.mail_mode, c.paused, c.disabled_at from @extschema@.calcom_accounts c) a),
    'dead_deliveries', (select count(*) from @extschema@.calcom_events e where e.outcome = 'dead'),
    'queue', calcom_internal.admin_queue(),
    'bookings', (select coalesce(json_agg(b order by b.start_time), '[]') from (
                   select b.account, b.uid, b.title, b.start_time, b.status, b.attendee_name, b.attendee_email
                     from @extschema@.bookings b
                    where b.start_time > now() and b.status in ('pending', 'accepted')
                    order by b.start_time limit 20) b),
    'reminders', calcom_internal.admin_reminders())
$$;
comment on function @extschema@.calcom_admin_overview() is
  'Data of the overview of the operator page: status, doctor, accounts, waiting mail, the next bookings and reminders. '
  'Its cost does not depend on the length of the history; calcom_admin_counts() returns the rest.';

-- Separate from the overview: over millions of rows it takes seconds, and the overview must not wait for a chart.
create function @extschema@.calcom_admin_counts() returns json
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select json_build_object(
    'now', now(),
    'deliveries', (select coalesce(json_agg(h order by h.hour, h.outcome), '[]') from (
                     select date_trunc('hour', e.received_at) as hour, e.outcome, count(*) as count
                       from @extschema@.calcom_events e
                      where e.received_at > now() - interval '48 hours' and e.source = 'webhook' group by 1, 2) h),
    'mail_hours', (select coalesce(json_agg(h order by h.hour, h.state), '[]') from (
                     select date_trunc('hour', o.created_at) as hour, o.state, count(*) as count
                       from @extschema@.email_outbox o
                      where o.created_at > now() - interval '48 hours' group by 1, 2) h),
    'mails', (select coalesce(json_agg(m order by m.state, m.delivery_status), '[]') from (
                select w.state, w.delivery_status, count(*) as count from (
                  select o.state, o.delivery_status from @extschema@.email_outbox o
                   where o.settled_at > now() - interval '48 hours'
                     and o.state in ('sent', 'captured', 'skipped', 'cancelled')
                  union all
                  select o.state, null from @extschema@.email_outbox o where o.state = 'queued'
                  union all
                  select o.state, null from @extschema@.email_outbox o where o.state = 'sending'
                  union all
                  select o.state, null from @extschema@.email_outbox o where o.state = 'held'
                  union all
                  select o.state, null from @extschema@.email_outbox o where o.state in ('failed', 'uncertain')) w
                 group by 1, 2) m))
$$;
comment on function @extschema@.calcom_admin_counts() is
  'Data of the charts of the operator page: deliveries and mails of 48 hours by hour and outcome, mails by status '
  '(settled ones of 48 hours).';

create function calcom_internal.admin_find_bookings(wanted text, most integer)
returns table (account text, uid text, title text, detail text, at timestamptz, rank integer)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  with known as (
    select a.account, $1 as uid, 1 as rank from @extschema@.calcom_accounts a
    union all
    (select p.account, p.booking_uid, 2 from @extschema@.booking_attendees p where p.email = lower($1) limit 200)
    union all
    (select n.account, n.uid, 3 from (
       select b.account, b.uid, b.title, b.attendee_name, b.attendee_email, b.organizer_email
         from @extschema@.bookings b where b.start_time is not null order by b.start_time desc limit 20000) n
      where strpos(lower(concat_ws(' ', n.uid, n.title, n.attendee_name, n.attendee_email, n.organizer_email)),
        lower($1)) > 0
      limit 200)
  )
  select b.account, b.uid, coalesce(b.title, b.uid), concat_ws(', ', b.status, b.attendee_name, b.attendee_email),
         b.start_time, min(k.rank)
    from known k join @extschema@.bookings b on b.account = k.account and b.uid = k.uid
   group by b.account, b.uid order by 6, b.start_time desc nulls last limit $2
$$;
comment on function calcom_internal.admin_find_bookings(text, integer) is
  'Internal part of calcom_admin_search(): by uid and address among all bookings, by parts of uid, title, name and '
  'address among the 20000 that start last.';

create function @extschema@.calcom_admin_search(wanted text, most integer default 30) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp
as $search$
declare
  word constant text := left(trim(wanted), 200);
  amount constant integer := least(greatest(coalesce(most, 30), 1), 100);
  by_id constant uuid := case when word ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
                              then word::uuid end;
begin
  if coalesce(word, '') = '' then
    return '[]';
  end if;
  return (
    with booking as materialized (select * from calcom_internal.admin_find_bookings(word, amount)),
    hit (kind, account, id, title, detail, at, state, booking_uid, rank) as (
      select 'booking', b.account, b.uid, b.title, b.detail, b.at, null, b.uid, b.rank from booking b
      union all
      select 'mail', o.account, o.id::text, coalesce(o.subject, o.kind), format('%s to %s, %s', o.kind, o.recipient,
        o.state),
             o.created_at, o.state, o.booking_uid, 0
        from @extschema@.calcom_accounts a
        cross join lateral (
          select m.* from @extschema@.calcom_mails m where m.account = a.account and m.id = by_id
          union all
          select m.* from @extschema@.calcom_mails m where m.account = a.account and m.provider_id = word) o
      union all
      select 'event', e.account, e.id::text, coalesce(e.trigger_event, 'no trigger'),
             concat_ws(': ', e.outcome, e.reason), e.received_at, e.outcome, e.booking_uid, 0
        from @extschema@.calcom_accounts a join @extschema@.calcom_events e on e.account = a.account and e.id = by_id
      union all
      (select 'mail', o.account, o.id::text, coalesce(o.subject, o.kind), format('%s to %s, %s', o.kind, o.recipient,
        o.state),
              o.created_at, o.state, o.booking_uid, 4
         from (select * from booking b where b.rank < 3 order by b.rank, b.at desc limit 10) b
         join @extschema@.email_outbox o on o.account = b.account and o.booking_uid = b.uid
        where b.rank = 1 or lower(o.recipient collate "C") = lower(word) order by o.created_at desc limit 30)
    )
    select coalesce(json_agg(h.line order by h.rank, h.at desc nulls last), '[]') from (
      select json_build_object('kind', t.kind, 'account', t.account, 'id', t.id, 'title', t.title, 'detail', t.detail,
                               'at', t.at, 'state', t.state, 'booking_uid', t.booking_uid) as line, t.rank, t.at
        from hit t order by t.rank, t.at desc nulls last limit amount) h);
end
$search$;
comment on function @extschema@.calcom_admin_search(text, integer) is
  'Search of the operator page: bookings by uid, name or address, mails and deliveries by id.';
