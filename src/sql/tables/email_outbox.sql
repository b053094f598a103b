-- Queue of mails: one row for each mail and recipient.
create function calcom_internal.triggers_email_outbox() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  -- Not for Resend's delivery status: it would start a worker for every "delivered".
  create trigger calcom_wake after insert or update of state, send_after, priority on @extschema@.email_outbox
    for each statement execute function calcom_internal.outbox_changed('outbox');
end
$setup$;
comment on function calcom_internal.triggers_email_outbox() is
  'Step of calcom_setup(): creates the triggers of email_outbox.';

create function calcom_internal.table_email_outbox() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
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
    rule text,
    is_host_copy boolean not null default false,
    priority smallint not null default 1,
    send_after timestamptz not null default now(),
    owed_at timestamptz not null default now(),
    state text not null default 'queued' check (state in
      ('queued', 'sending', 'sent', 'captured', 'held', 'skipped', 'cancelled', 'failed', 'uncertain')),
    cause text check (cause in (
      'booking_missing', 'booking_placeholder', 'booking_pending', 'booking_accepted', 'booking_rejected',
      'booking_not_rejected', 'booking_cancelled', 'booking_not_cancelled', 'booking_moved',
      'booking_not_moved', 'booking_unpaid', 'booking_begun', 'booking_over', 'start_unknown', 'seat_pending',
      'seat_cancelled', 'seat_not_cancelled', 'seat_moved', 'recipient_unmailable', 'recipient_removed',
      'superseded', 'suppressed', 'too_old', 'outcome_unknown', 'recipient_limit', 'unknown_kind',
      'booking_unreadable', 'not_composable', 'mode_changed', 'account_disabled', 'paused', 'key_unreadable',
      'no_sender', 'no_key', 'no_redirect_address', 'not_armed', 'baseline', 'rule_ended', 'host_copies_ended',
      'cancelled_by_operator', 'mail_refused', 'key_refused', 'domain_refused', 'edge_refused', 'wrong_url',
      'rate_limited', 'daily_quota', 'monthly_quota', 'body_conflict', 'provider_busy', 'provider_failed',
      'no_answer')),
    reason text,
    provider_message text,
    attempts integer not null default 0,
    lease_node text,
    lease_epoch bigint,
    idempotency_key text check (idempotency_key ~ '^[!-~]([ -~]*[!-~])?$' and length(idempotency_key) <= 256),
    mail_mode text check (mail_mode in ('test', 'redirect', 'live')),
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

  create index email_outbox_due on @extschema@.email_outbox (account, priority, send_after, id) where state = 'queued';
  create index email_outbox_leased on @extschema@.email_outbox (lease_node, lease_epoch) where state = 'sending';
  create index email_outbox_booking on @extschema@.email_outbox (account, booking_uid);
  create index email_outbox_provider on @extschema@.email_outbox (account, provider_id) where provider_id is not null;
  create index email_outbox_recipient on @extschema@.email_outbox (account, lower(recipient collate "C"),
    last_attempt_at)
    where attempts > 0;
  create index email_outbox_dead on @extschema@.email_outbox (account) where state in ('failed', 'uncertain');
  create index email_outbox_settled on @extschema@.email_outbox (settled_at) where settled_at is not null;
  create index email_outbox_too_old on @extschema@.email_outbox (settled_at) where state = 'skipped'
    and cause = 'too_old';
  create index email_outbox_put_off on @extschema@.email_outbox (account, lower(recipient collate "C"), send_after)
    where state = 'queued' and cause = 'recipient_limit';
  -- Mail whose content is not erased yet, so that the retention does not read the whole history.
  create index email_outbox_kept on @extschema@.email_outbox (account, settled_at)
    where settled_at is not null and (request is not null or subject is not null or provider_message is not null);
  -- The operator page reads the newest mails first.
  create index email_outbox_created on @extschema@.email_outbox (created_at, id);
  create index email_outbox_held on @extschema@.email_outbox (account) where state = 'held';

  comment on table @extschema@.email_outbox is
    'One row for each mail to one recipient. Inserted by the transaction that makes it due, sent by the worker.';
  comment on column @extschema@.email_outbox.account is 'calcom_accounts.account';
  comment on column @extschema@.email_outbox.id is 'uuid, ordered by time; also the tag outbox_id at Resend';
  comment on column @extschema@.email_outbox.kind is
    'confirmation, rescheduled, cancellation, requested, rejected or reminder';
  comment on column @extschema@.email_outbox.booking_uid is 'bookings.uid';
  comment on column @extschema@.email_outbox.recipient is 'address';
  comment on column @extschema@.email_outbox.start_time is
    'start that the mail states; the mail is skipped if the booking has another start by then';
  comment on column @extschema@.email_outbox.end_time is
    $$end that the mail states; if the booking's end changes, recipients get a new mail$$;
  comment on column @extschema@.email_outbox.obligation_key is
    'what the mail is for: kind, start, recipient; at most one mail for each key, forever';
  comment on column @extschema@.email_outbox.rule is 'reminder_rules.rule of a reminder; null if it was queued by hand';
  comment on column @extschema@.email_outbox.is_host_copy is $$true if the mail is the organizer's copy$$;
  comment on column @extschema@.email_outbox.priority is '0 is sent first';
  comment on column @extschema@.email_outbox.send_after is 'not sent before; infinity while it waits for Resend';
  comment on column @extschema@.email_outbox.owed_at is
    'since when the mail is due; calcom_retry_email() sets it to now; calcom_accounts.mail_max_age counts from it';
  comment on column @extschema@.email_outbox.state is
    'queued, sending, sent, captured (test mode), held (see reason), skipped (no longer true), cancelled, failed '
    'or uncertain (may have been sent: a person decides)';
  comment on column @extschema@.email_outbox.cause is
    'why the mail is in its state, in one word; null if there is nothing to report';
  comment on column @extschema@.email_outbox.reason is 'why it is held, skipped, failed or retried';
  comment on column @extschema@.email_outbox.provider_message is
    $$Resend's own message about its last refusal, at most 500 characters; erased with subject and request$$;
  comment on column @extschema@.email_outbox.attempts is 'counted attempts to send it';
  comment on column @extschema@.email_outbox.lease_node is 'node of the worker that is sending it';
  comment on column @extschema@.email_outbox.lease_epoch is 'epoch of the worker that is sending it';
  comment on column @extschema@.email_outbox.idempotency_key is
    'Idempotency-Key of its request; equal to id until calcom_retry_email() sets a new one';
  comment on column @extschema@.email_outbox.mail_mode is
    'mail mode in which it was rendered: test, redirect or live';
  comment on column @extschema@.email_outbox.subject is 'subject as rendered; null after the content was erased';
  comment on column @extschema@.email_outbox.request is
    'exact bytes of the request to Resend, stored before the first attempt; null after the content was erased';
  comment on column @extschema@.email_outbox.first_attempt_at is 'time of the first attempt';
  comment on column @extschema@.email_outbox.in_doubt is
    'true if an attempt may have arrived, because its answer is not known';
  comment on column @extschema@.email_outbox.last_attempt_at is 'time of the latest attempt';
  comment on column @extschema@.email_outbox.settled_at is 'when it reached a final state';
  comment on column @extschema@.email_outbox.provider_id is $$Resend's id of the mail$$;
  comment on column @extschema@.email_outbox.delivery_status is
    'what Resend reported later: scheduled, sent, delivery_delayed, delivered, opened, clicked, failed, '
    'suppressed, bounced or complained; the furthest is kept';
  comment on column @extschema@.email_outbox.delivery_status_at is $$when that happened, by Resend's clock$$;
  comment on column @extschema@.email_outbox.event_id is
    'calcom_events.id that made it due; null for a reminder or a manual mail';
  comment on column @extschema@.email_outbox.created_at is 'when it was queued';

  alter table @extschema@.email_outbox enable row level security;
  revoke all on @extschema@.email_outbox from public;
  create policy calcom_reads_all on @extschema@.email_outbox for select to calcom_reader, calcom_operator using (true);
  grant select (
      account, id, kind, booking_uid, recipient, start_time, end_time, obligation_key, rule, is_host_copy, priority,
      send_after, owed_at, state, cause, reason, provider_message, attempts, idempotency_key, mail_mode, subject,
      first_attempt_at, in_doubt, last_attempt_at, settled_at, provider_id, delivery_status,
      delivery_status_at, event_id, created_at)
    on @extschema@.email_outbox to calcom_reader, calcom_operator;

  perform calcom_internal.triggers_email_outbox();
end
$setup$;
comment on function calcom_internal.table_email_outbox() is
  'Step of calcom_setup(): creates email_outbox and all that belongs to it.';
