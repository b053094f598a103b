-- Accounts whose mail waits because Resend refuses it. Written by the worker, which may exit meanwhile.
create function calcom_internal.table_email_waits() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  -- One row for each account whose mail Resend refuses now; written by the worker, survives the worker.
  create table @extschema@.email_waits (
    account text primary key references @extschema@.calcom_accounts on delete cascade,
    cause text not null check (cause in (
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
    reason text not null,
    sender_domain text,
    since timestamptz not null default now(),
    until timestamptz not null,
    pause interval not null
  );

  comment on table @extschema@.email_waits is
    'Accounts whose mail waits because Resend refuses it: a quota, a refused key or domain, no answer.';
  comment on column @extschema@.email_waits.account is 'calcom_accounts.account';
  comment on column @extschema@.email_waits.cause is 'why Resend takes no mail, in one word';
  comment on column @extschema@.email_waits.reason is $$Resend's answer: status and name of the error$$;
  comment on column @extschema@.email_waits.sender_domain is
    'domain of the sender that Resend refuses; null: the wait does not depend on the sender';
  comment on column @extschema@.email_waits.since is 'time of the first such answer';
  comment on column @extschema@.email_waits.until is 'no attempt before; then one mail is tried';
  comment on column @extschema@.email_waits.pause is 'length of the last pause';

  alter table @extschema@.email_waits enable row level security;
  revoke all on @extschema@.email_waits from public;
  create policy calcom_reads_all on @extschema@.email_waits for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.email_waits to calcom_reader, calcom_operator;
end
$setup$;
comment on function calcom_internal.table_email_waits() is
  'Step of calcom_setup(): creates email_waits and all that belongs to it.';
