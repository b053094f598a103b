-- Version 1 of the tables for Resend's events and waits, and of the indexes for its answers, for the limit per
-- recipient and for the views over the outbox.
create function @extschema@.calcom_setup_v1_delivery() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.provider_events (
    account text not null,
    id text not null,
    type text,
    created_at timestamptz not null,
    received_at timestamptz not null default now(),
    email_id text,
    outbox_id uuid,
    recipient text,
    detail text,
    outcome text not null check (outcome in ('applied', 'stale', 'unmatched', 'ignored', 'dead')),
    reason text,
    body text,
    body_bytes bytea,
    primary key (account, id),
    check (num_nonnulls(body, body_bytes) <= 1)
  );
  create index provider_events_mail on @extschema@.provider_events (account, outbox_id) where outbox_id is not null;
  create index provider_events_recipient on @extschema@.provider_events (account, recipient)
    where type = 'suppression.removed';
  create index provider_events_received on @extschema@.provider_events (received_at);
  create index email_outbox_provider on @extschema@.email_outbox (account, provider_id) where provider_id is not null;
  create index email_outbox_recipient on @extschema@.email_outbox (account, lower(recipient collate "C"), last_attempt_at)
    where attempts > 0;
  create index email_outbox_dead on @extschema@.email_outbox (account) where state in ('failed', 'uncertain');
  create index email_outbox_settled on @extschema@.email_outbox (settled_at) where settled_at is not null;
  create index email_outbox_too_old on @extschema@.email_outbox (settled_at) where state = 'skipped' and reason = 'too old';
  -- Mail whose content is not erased yet, so that the retention does not read the whole history.
  create index email_outbox_kept on @extschema@.email_outbox (account, settled_at)
    where settled_at is not null and (request is not null or subject is not null);
  create index provider_events_kept on @extschema@.provider_events (account, received_at)
    where body is not null or body_bytes is not null;

  -- One row for each account whose mail Resend refuses now; written by the worker, survives the worker.
  create table @extschema@.email_waits (
    account text primary key references @extschema@.calcom_accounts on delete cascade,
    reason text not null,
    sender_domain text,
    since timestamptz not null default now(),
    until timestamptz not null,
    pause interval not null
  );
  alter table @extschema@.email_waits enable row level security;
  revoke all on @extschema@.email_waits from public;
  create policy calcom_reads_all on @extschema@.email_waits for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.email_waits to calcom_reader, calcom_operator;
  comment on table @extschema@.email_waits is
    'Accounts whose mail waits because Resend refuses it: a quota, a refused key or domain, no answer.';
  comment on column @extschema@.email_waits.account is 'calcom_accounts.account';
  comment on column @extschema@.email_waits.reason is 'Resend''s answer: status and name of the error';
  comment on column @extschema@.email_waits.sender_domain is
    'domain of the sender that Resend refuses; null: the wait does not depend on the sender';
  comment on column @extschema@.email_waits.since is 'time of the first such answer';
  comment on column @extschema@.email_waits.until is 'no attempt before; then one mail is tried';
  comment on column @extschema@.email_waits.pause is 'length of the last pause';

  alter table @extschema@.provider_events enable row level security;
  revoke all on @extschema@.provider_events from public;
  create policy calcom_reads_all on @extschema@.provider_events for select to calcom_reader, calcom_operator
    using (true);
  grant select (account, id, type, created_at, received_at, email_id, outbox_id, recipient, detail, outcome, reason)
    on @extschema@.provider_events to calcom_reader, calcom_operator;
  grant select (delivery_status_at) on @extschema@.email_outbox to calcom_reader, calcom_operator;

  comment on table @extschema@.provider_events is 'Events that Resend reported by webhook, each once.';
  comment on column @extschema@.provider_events.account is 'calcom_accounts.account';
  comment on column @extschema@.provider_events.id is 'svix-id: the same in every repetition of an event';
  comment on column @extschema@.provider_events.type is
    'email.delivered, email.bounced, suppression.added, ...; null if the body contains none';
  comment on column @extschema@.provider_events.created_at is 'when it happened, by Resend''s clock';
  comment on column @extschema@.provider_events.received_at is 'when it was stored';
  comment on column @extschema@.provider_events.email_id is 'Resend''s id of the mail';
  comment on column @extschema@.provider_events.outbox_id is 'email_outbox.id; null: not a mail of this account';
  comment on column @extschema@.provider_events.recipient is
    'address in the event, lower case; null unless there is exactly one';
  comment on column @extschema@.provider_events.detail is
    'kind of the bounce, reason of the failure, or origin of the suppression';
  comment on column @extschema@.provider_events.outcome is
    'applied, stale (no change), unmatched (not a mail of this account), ignored (no meaning here) or dead (not '
    'understood)';
  comment on column @extschema@.provider_events.reason is 'why it has this outcome';
  comment on column @extschema@.provider_events.body is
    'the exact body if the type text can store it unchanged; erased by calcom_prune_mail() or after '
    'calcom_accounts.keep_mail';
  comment on column @extschema@.provider_events.body_bytes is 'the exact body otherwise';
end
$setup$;
comment on function @extschema@.calcom_setup_v1_delivery() is
  'Internal step of calcom_setup(): creates the table of Resend''s events and further indexes of the outbox, as calcom_owner.';
