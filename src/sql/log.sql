-- Functions on the log: replay, rebuild, purge, and the timeline of a booking. Plans are cached, hence enable_seqscan.
-- Times shown as text are in UTC, whatever the session's time zone.
create function @extschema@.calcom_replay(event_id uuid, account text default 'default',
  send_mail boolean default false,
  out outcome text, out event_id uuid, out booking_uid text, out detail text)
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
  as 'MODULE_PATHNAME', 'calcom_replay';
comment on function @extschema@.calcom_replay(uuid, text, boolean) is
  'Parses a stored event again and merges it with its stored stamp, for example after its cause of failure was fixed. '
  'Returns the row that calcom_ingest would. Replaying a merged event changes nothing. Sends no mail (mail that '
  'becomes due is stored as baseline) unless send_mail, which queues the mail that its bookings still require. A '
  'deferred event queues mail as usual. Raises KC407 if the log has no such event, KC410 if its body was removed.';

create function @extschema@.calcom_replay_dead(account text default null, max_events integer default 100,
  send_mail boolean default false, out account text, out outcome text, out event_id uuid, out booking_uid text,
  out detail text)
returns setof record
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
  as 'MODULE_PATHNAME', 'calcom_replay_dead';
comment on function @extschema@.calcom_replay_dead(text, integer, boolean) is
  'Replays up to max_events dead events (account null: of all accounts), least recently tried first, and returns one '
  'row for each. One that fails again stays dead with its reason and does not stop the others.';

create function @extschema@.calcom_rebuild(uid text, account text default 'default', overwrite boolean default false,
  out uid text, out what text, out column_name text, out stored text, out rebuilt text)
returns setof record
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set timezone = 'UTC'
  as 'MODULE_PATHNAME', 'calcom_rebuild';
comment on function @extschema@.calcom_rebuild(text, text, boolean) is
  'Merges a booking and its chain again from the log (or from a checkpoint and the log since) and repairs differences. '
  'History records actor rebuild; no mail is sent. One row for each booking and column: same, rebuilt, or hand edit '
  '(the table differs from what calcom wrote; changed only with overwrite => true). Raises KC405 for an unknown '
  'booking and KC410 if the log is incomplete; then nothing is written.';

create function @extschema@.calcom_rebuild_all(apply boolean default false, account text default null,
  max_chains integer default null, out account text, out uid text, out what text, out column_name text, out stored text,
  out rebuilt text)
returns setof record
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set timezone = 'UTC'
  as 'MODULE_PATHNAME', 'calcom_rebuild_all';
comment on function @extschema@.calcom_rebuild_all(boolean, text, integer) is
  'Compares every booking with the log and returns the differences: differs, hand edit, or incomplete (the log is not '
  'sufficient; rebuilt contains the reason). Writes nothing and locks nothing unless apply, which repairs up to '
  'max_chains chains (rebuilt, or failed with the reason) and never overwrites a hand edit.';

create function @extschema@.calcom_purge(older_than interval default '400 days', account text default null,
  max_events integer default 10000, out removed bigint, out checkpoints bigint, out remaining bigint)
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
  as 'MODULE_PATHNAME', 'calcom_purge';
comment on function @extschema@.calcom_purge(interval, text, integer) is
  'Deletes up to max_events events older than older_than, oldest first, and keeps their merge facts as checkpoints, so '
  'that rebuild stays possible. Deferred and dead events and all digests are kept. Returns how many events were '
  'deleted, how many bookings have a new checkpoint, and how many events of that age remain.';

create function @extschema@.calcom_chain(uid text, account text default 'default', out booking_uid text,
  out known boolean)
returns setof record
language c stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
  as 'MODULE_PATHNAME', 'calcom_chain';
comment on function @extschema@.calcom_chain(text, text) is
  'Every booking that is linked to this one by reschedules, including itself. known is false if bookings has no row.';

create function calcom_internal.utc(at timestamptz) returns text
language sql stable parallel safe set search_path = pg_catalog, pg_temp
as $$ select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') $$;
comment on function calcom_internal.utc(timestamptz) is 'Internal: a time as calcom_trace() shows it.';

-- "accepted → rescheduled, start 2026-11-23T05:00:00Z → 2026-11-24T05:00:00Z", or the names of the changed columns.
create function calcom_internal.trace_change(action text, actor text, old_values jsonb, new_values jsonb) returns text
language sql stable parallel safe set search_path = pg_catalog, pg_temp
as $$
  select concat_ws(', ',
           action || case when action like 'attendee%'
                          then coalesce(' ' || coalesce(new_values ->> 'email', old_values ->> 'email'), '')
                            else '' end,
           case when action = 'created' then 'status ' || (new_values ->> 'status')
                when old_values ? 'status' and new_values ? 'status'
                then format('status %s → %s', old_values ->> 'status', new_values ->> 'status') end,
           case when action = 'created' then 'start ' || (new_values ->> 'start_time')
                when old_values ? 'start_time' and new_values ? 'start_time'
                then format('start %s → %s', coalesce(old_values ->> 'start_time', 'unknown'),
                            coalesce(new_values ->> 'start_time', 'unknown')) end,
           (select string_agg(k, ', ' order by k) from jsonb_object_keys(
              case when old_values is not null and new_values is not null
                then new_values - '{status,start_time,email}'::text[]
                   else '{}' end) k))
         || ' (by ' || actor || ')'
$$;
comment on function calcom_internal.trace_change(text, text, jsonb, jsonb) is
  'Internal: a row of booking_history as calcom_trace() shows it.';

create function @extschema@.calcom_trace(uid text, account text default 'default', out at timestamptz,
  out booking_uid text, out what text, out detail text)
returns setof record
language sql stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
as $$
  with chain as materialized (select array_agg(c.booking_uid) as uids from @extschema@.calcom_chain(uid, account) c),
  line(at, rank, id, booking_uid, what, detail) as (
    select e.received_at, 1, e.id, coalesce(e.booking_uid, e.related_uid), 'event',
           coalesce(e.trigger_event, 'no trigger') || ': ' || e.outcome || coalesce(' (' || e.reason || ')', '')
             || coalesce(', sent ' || calcom_internal.utc(e.created_at), '')
             || coalesce(', replaces ' || e.related_uid, '')
             || case when e.source <> 'webhook' then ', by ' || e.source else '' end
      from chain, @extschema@.calcom_events e  -- a manual change is shown by its history row
     where e.account = $2 and e.source <> 'manual'
       and (e.booking_uid = any(chain.uids) or e.related_uid = any(chain.uids))
    union all
    select c.purged_at, 0, c.up_to, c.uid, 'purge', 'older events were removed, their facts are kept'
      from chain, @extschema@.booking_checkpoints c where c.account = $2 and c.uid = any(chain.uids)
    union all
    select h.at, 2, h.id, h.booking_uid, 'change',
           calcom_internal.trace_change(h.action, h.actor, h.old_values, h.new_values)
      from chain, @extschema@.booking_history h where h.account = $2 and h.booking_uid = any(chain.uids)
    union all
    select o.created_at, 3, o.id, o.booking_uid, 'mail',
           format('%s to %s: %s', o.kind, o.recipient,
                  case when o.state = 'skipped' and o.settled_at is null then 'skipped (' || o.reason || ')'
                       else 'queued' end)
      from chain, @extschema@.email_outbox o where o.account = $2 and o.booking_uid = any(chain.uids)
    union all
    select coalesce(o.settled_at, o.last_attempt_at, o.created_at), 4, o.id, o.booking_uid, 'mail',
           format('%s to %s: %s', o.kind, o.recipient, o.state) || coalesce(' (' || nullif(concat_ws(': ', o.reason,
             o.provider_message), '') || ')', '')
           || coalesce(', at Resend ' || o.provider_id, '') || coalesce(', ' || o.delivery_status, '')
      from chain, @extschema@.email_outbox o
     where o.account = $2 and o.booking_uid = any(chain.uids)
       and (o.state <> 'queued' or o.reason is not null) and not (o.state = 'skipped' and o.settled_at is null)
  )
  select l.at, l.booking_uid, l.what, l.detail from line l order by l.at, l.rank, l.id
$$;
comment on function @extschema@.calcom_trace(text, text) is
  'One timeline of a booking and its chain: events (trigger, outcome, reason, sending time), changes (columns, old and '
  'new values, actor), mails (kind, recipient, state, reason). No rows for an unknown booking.';
