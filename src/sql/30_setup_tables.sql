-- Version 1 of the data tables, run by calcom_setup() as calcom_owner. Every key starts with the account, ids are
-- time-ordered uuids and nothing is unique across accounts, so that the tables can be sharded by account
-- (docs/architecture.md). calcom_events must stay append-compatible: a newer library writes it before calcom_setup() has run.
-- What calcom_setup() creates: names that must be free, tables that have row level security.
create function @extschema@.calcom_data_tables() returns text[]
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$
  select array['calcom_meta', 'calcom_accounts', 'calcom_account_readers', 'calcom_environments', 'calcom_events',
    'calcom_event_digests', 'bookings', 'booking_facts', 'booking_checkpoints', 'booking_attendees', 'booking_history',
     'email_outbox', 'email_templates', 'email_calendar_sequences', 'email_suppressions', 'email_waits', 'provider_events',
     'reminder_rules', 'calcom_worker_epochs', 'calcom_audit']
$$;
comment on function @extschema@.calcom_data_tables() is 'Names of the data tables that calcom_setup() creates.';

create function @extschema@.calcom_data_views() returns text[]
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$ select array['calcom_deliveries', 'calcom_mails', 'upcoming_bookings', 'bookings_by_day'] $$;
comment on function @extschema@.calcom_data_views() is 'Names of the views that calcom_setup() creates.';

create function @extschema@.calcom_setup_v1_tables() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.calcom_meta (
    key text primary key,
    value text not null
  );

  create table @extschema@.calcom_accounts (
    account text primary key check (account ~ '^[A-Za-z0-9_.-]{1,63}$'),
    sender text,
    reply_to text,
    cal_link text,
    booker_url text,
    mail_mode text not null default 'test' check (mail_mode in ('test', 'redirect', 'live')),
    redirect_to text,
    locale text not null default 'en',
    paused boolean not null default false,
    disabled_at timestamptz,
    calendar_file boolean not null default true,
    forward_calendar_file boolean not null default true,
    mail_host boolean not null default false,
    max_mails_per_hour integer default 20 check (max_mails_per_hour > 0),
    keep_mail interval default '90 days' check (keep_mail between '1 day' and '1000 years'),
    mail_max_age interval default '7 days' check (mail_max_age > '0' and mail_max_age <= '1000 years'),
    page jsonb not null default '{}',
    created_at timestamptz not null default now()
  );

  -- regrole: follows a renamed role, is dumped by name.
  create table @extschema@.calcom_account_readers (
    account text not null references @extschema@.calcom_accounts,
    role regrole not null,
    mark text not null,
    granted_at timestamptz not null default now(),
    granted_by text not null default session_user,
    primary key (account, role)
  );

  create table @extschema@.calcom_environments (
    account text not null references @extschema@.calcom_accounts,
    system_identifier text not null,
    database_oid oid not null,
    node text not null,
    armed_at timestamptz not null default now(),
    armed_by text not null default session_user,
    primary key (account, system_identifier, database_oid, node)
  );

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

  create table @extschema@.calcom_event_digests (
    account text not null,
    digest bytea not null,
    event_id uuid not null,
    primary key (account, digest)
  );

  create table @extschema@.bookings (
    account text not null,
    uid text not null,
    status text not null
      check (status in ('placeholder', 'pending', 'accepted', 'rejected', 'cancelled', 'rescheduled')),
    start_time timestamptz,
    end_time timestamptz,
    title text,
    event_type_slug text,
    attendee_name text,
    attendee_email text,
    attendee_time_zone text,
    organizer_name text,
    organizer_email text,
    organizer_time_zone text,
    organizer_locale text,
    location text,
    meeting_url text,
    description text,
    additional_notes text,
    event_title text,
    event_type_id bigint,
    booking_id bigint,
    length_minutes bigint,
    cancellation_reason text,
    cancelled_by text,
    rejection_reason text,
    reschedule_reason text,
    rescheduled_by text,
    rescheduled_from_uid text,
    rescheduled_to_uid text,
    root_uid text not null,
    seated boolean not null default false,
    moved_in_place boolean not null default false,
    seats_per_time_slot bigint,
    price bigint,
    currency text,
    paid boolean,
    payment_id bigint,
    scheduling_type text,
    team_name text,
    recurring_event jsonb,
    responses jsonb,
    metadata jsonb,
    ical_uid text,
    ical_sequence bigint,
    booker_url text,
    platform_cancel_url text,
    platform_reschedule_url text,
    disable_cancelling boolean,
    disable_rescheduling boolean,
    hide_organizer_email boolean,
    reply_to text,
    created_at timestamptz,
    updated_at timestamptz not null default now(),
    primary key (account, uid)
  ) with (fillfactor = 85);
  create index bookings_start on @extschema@.bookings (start_time);
  create index bookings_organizer on @extschema@.bookings (organizer_email, start_time);
  create index bookings_root on @extschema@.bookings (account, root_uid);

  -- Input of the merge. Separate from bookings: SELECT * FROM bookings shows only visible data, and an event without
  -- a visible change updates only this narrow row.
  create table @extschema@.booking_facts (
    account text not null,
    uid text not null,
    facts text not null,
    primary key (account, uid),
    foreign key (account, uid) references @extschema@.bookings on delete cascade
  ) with (fillfactor = 80);

  -- Facts of purged events. No foreign key to bookings: a deleted booking can still be rebuilt from them.
  create table @extschema@.booking_checkpoints (
    account text not null,
    uid text not null,
    facts text not null,
    up_to uuid not null,
    purged_at timestamptz not null,
    primary key (account, uid)
  );

  create table @extschema@.booking_attendees (
    account text not null,
    booking_uid text not null,
    email text not null,
    name text,
    time_zone text,
    locale text,
    phone text,
    seat_uid text,
    no_show boolean,
    removed_at timestamptz,
    organizer_email text,
    primary key (account, booking_uid, email),
    foreign key (account, booking_uid) references @extschema@.bookings on delete cascade
  );
  create index booking_attendees_email on @extschema@.booking_attendees (email);
  create index booking_attendees_organizer on @extschema@.booking_attendees (organizer_email);

  create table @extschema@.booking_history (
    account text not null,
    id uuid not null,
    booking_uid text not null,
    event_id uuid,
    action text not null,
    actor text not null,
    at timestamptz not null default clock_timestamp(),
    old_values jsonb,
    new_values jsonb,
    primary key (account, id)
  );
  create index booking_history_booking on @extschema@.booking_history (account, booking_uid, at);

  create table @extschema@.email_outbox (
    account text not null,
    id uuid not null default gen_random_uuid(),
    kind text not null check (kind in
      ('confirmation', 'rescheduled', 'cancellation', 'requested', 'rejected', 'reminder')),
    booking_uid text not null,
    recipient text not null check (recipient ~ '^[^[:space:][:cntrl:]<>@]+@[^[:space:][:cntrl:]<>@]+$'),
    start_time timestamptz,
    end_time timestamptz,
    obligation_key text not null,
    priority smallint not null default 1,
    send_after timestamptz not null default now(),
    owed_at timestamptz not null default now(),
    state text not null default 'queued' check (state in
      ('queued', 'sending', 'sent', 'captured', 'held', 'skipped', 'cancelled', 'failed', 'uncertain')),
    reason text,
    attempts integer not null default 0,
    lease_node text,
    lease_epoch bigint,
    idempotency_key text check (idempotency_key ~ '^[!-~]([ -~]*[!-~])?$' and length(idempotency_key) <= 256),
    mail_mode text,
    subject text,
    request text,
    first_attempt_at timestamptz,
    in_doubt boolean not null default false,
    last_attempt_at timestamptz,
    settled_at timestamptz,
    provider_id text,
    delivery_status text,
    delivery_status_at timestamptz,
    event_id uuid,
    created_at timestamptz not null default now(),
    primary key (account, id),
    unique (account, obligation_key)
  ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 200);
  create index email_outbox_due on @extschema@.email_outbox (account, priority, send_after) where state = 'queued';
  create index email_outbox_leased on @extschema@.email_outbox (lease_node, lease_epoch) where state = 'sending';
  create index email_outbox_booking on @extschema@.email_outbox (account, booking_uid);

  -- An account's own mail texts; a null part stays the built-in one.
  create table @extschema@.email_templates (
    account text not null references @extschema@.calcom_accounts,
    kind text not null check (kind in
      ('confirmation', 'rescheduled', 'cancellation', 'requested', 'rejected', 'reminder')),
    locale text not null default '*' check (locale ~ '^([*]|[a-z]{2,3}(-[a-z0-9]{1,8})*)$'),
    subject text,
    html text,
    text text,
    updated_at timestamptz not null default now(),
    primary key (account, kind, locale),
    check (num_nonnulls(subject, html, text) > 0)
  );

  -- The last SEQUENCE sent to a recipient's calendar for an event. It is never lowered.
  create table @extschema@.email_calendar_sequences (
    account text not null,
    ical_uid text not null,
    recipient text not null,
    sequence bigint not null,
    booking_uid text,
    primary key (account, ical_uid, recipient)
  );
  create index email_calendar_sequences_recipient on @extschema@.email_calendar_sequences (account, recipient);

  create table @extschema@.email_suppressions (
    account text not null,
    email text not null check (email = lower(email collate "C")),
    reason text not null,
    source text not null default 'manual' check (source in ('manual', 'provider')),
    provider_at timestamptz,
    created_at timestamptz not null default now(),
    primary key (account, email)
  );

  -- The durable epoch of the worker. Each new worker raises it.
  create table @extschema@.calcom_worker_epochs (
    node text primary key,
    epoch bigint not null default 0,
    erased_at timestamptz,
    erased bigint not null default 0
  );

  insert into @extschema@.calcom_accounts (account) values ('default');
end
$setup$;
comment on function @extschema@.calcom_setup_v1_tables() is
  'Internal step of calcom_setup(): creates the data tables of version 1 as calcom_owner.';
