-- The log: every authentic input once, with its exact body and its outcome. A newer library writes to it before
-- calcom_setup() ran, so columns are only ever added.
create function calcom_internal.table_calcom_events() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.calcom_events (
    account text not null,
    id uuid not null,
    source text not null default 'webhook' check (source in ('webhook', 'sql', 'api', 'manual')),
    trigger_event text,
    booking_uid text,
    related_uid text,
    created_at timestamptz,
    received_at timestamptz not null default now(),
    stamp timestamptz not null,
    outcome text not null check (outcome in ('applied', 'duplicate', 'stale', 'ignored', 'deferred', 'dead')),
    reason text,
    reason_detail text,
    body text,
    body_bytes bytea,
    settled_at timestamptz,
    primary key (account, id),
    check (num_nonnulls(body, body_bytes) <= 1)
  ) with (autovacuum_vacuum_insert_scale_factor = 0.05);

  create index calcom_events_booking on @extschema@.calcom_events (account, booking_uid, stamp);
  create index calcom_events_related on @extschema@.calcom_events (account, related_uid) where related_uid is not null;
  create index calcom_events_received on @extschema@.calcom_events (received_at);
  create index calcom_events_unsettled on @extschema@.calcom_events (account, id) where outcome in ('deferred', 'dead');

  comment on table @extschema@.calcom_events is
    'The log: every authentic input once, with its exact body and its outcome. Bookings can be rebuilt from it.';
  comment on column @extschema@.calcom_events.account is 'calcom_accounts.account';
  comment on column @extschema@.calcom_events.id is 'uuid, ordered by time';
  comment on column @extschema@.calcom_events.source is
    'webhook, sql (calcom_create_booking() and similar), api or manual (a change of bookings by SQL)';
  comment on column @extschema@.calcom_events.trigger_event is
    $$Cal.com's triggerEvent as sent; null if the body contains none$$;
  comment on column @extschema@.calcom_events.booking_uid is 'uid of the booking, if the body contains one';
  comment on column @extschema@.calcom_events.related_uid is 'uid of the booking that a reschedule replaces';
  comment on column @extschema@.calcom_events.created_at is $$the body's createdAt: when Cal.com sent it$$;
  comment on column @extschema@.calcom_events.received_at is 'when it was stored';
  comment on column @extschema@.calcom_events.stamp is
    'order of merging: least(created_at, received_at + 5 minutes), set once when stored';
  comment on column @extschema@.calcom_events.outcome is
    'applied, duplicate or stale (merged), ignored (nothing to merge), deferred (merged later automatically) or '
    'dead (a person must act)';
  comment on column @extschema@.calcom_events.reason is 'why it is ignored, deferred or dead';
  comment on column @extschema@.calcom_events.reason_detail is
    'DETAIL, HINT and CONTEXT of the error in reason; may quote rows';
  comment on column @extschema@.calcom_events.body is 'the exact body if the type text can store it unchanged';
  comment on column @extschema@.calcom_events.body_bytes is 'the exact body otherwise; see calcom_event_body()';
  comment on column @extschema@.calcom_events.settled_at is
    'when the outcome was set; for a deferred event, when it was last tried';

  alter table @extschema@.calcom_events enable row level security;
  revoke all on @extschema@.calcom_events from public;
  create policy calcom_reads_all on @extschema@.calcom_events for select to calcom_reader, calcom_operator using (true);
  grant select (
      account, id, source, trigger_event, booking_uid, related_uid, created_at, received_at, stamp, outcome,
      reason, reason_detail, settled_at)
    on @extschema@.calcom_events to calcom_reader, calcom_operator;
end
$setup$;
comment on function calcom_internal.table_calcom_events() is
  'Step of calcom_setup(): creates calcom_events and all that belongs to it.';
