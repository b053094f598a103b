-- Events of Resend about mails that were sent.
create function calcom_internal.table_provider_events() returns void
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
  create index provider_events_kept on @extschema@.provider_events (account, received_at)
    where body is not null or body_bytes is not null;

  comment on table @extschema@.provider_events is 'Events that Resend reported by webhook, each once.';
  comment on column @extschema@.provider_events.account is 'calcom_accounts.account';
  comment on column @extschema@.provider_events.id is 'svix-id: the same in every repetition of an event';
  comment on column @extschema@.provider_events.type is
    'email.delivered, email.bounced, suppression.added, ...; null if the body contains none';
  comment on column @extschema@.provider_events.created_at is $$when it happened, by Resend's clock$$;
  comment on column @extschema@.provider_events.received_at is 'when it was stored';
  comment on column @extschema@.provider_events.email_id is $$Resend's id of the mail$$;
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

  alter table @extschema@.provider_events enable row level security;
  revoke all on @extschema@.provider_events from public;
  create policy calcom_reads_all on @extschema@.provider_events
    for select to calcom_reader, calcom_operator using (true);
  grant select (
      account, id, type, created_at, received_at, email_id, outbox_id, recipient, detail, outcome, reason)
    on @extschema@.provider_events to calcom_reader, calcom_operator;
end
$setup$;
comment on function calcom_internal.table_provider_events() is
  'Step of calcom_setup(): creates provider_events and all that belongs to it.';
