-- Actions of operators on mail. None of them makes a mail captured in test mode sendable.
create function calcom_internal.lock_mail(id uuid, account text, out state text, out made_in text,
  out in_doubt boolean, out account_is_in text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $lock$
begin
  select o.state, o.mail_mode, o.in_doubt, a.mail_mode
    into state, made_in, in_doubt, account_is_in
    from @extschema@.email_outbox o join @extschema@.calcom_accounts a on a.account = o.account
   where o.account = $2 and o.id = $1 for update of o;
  if not found then
    perform calcom_internal.raise_error('unknown_mail');
  end if;
end
$lock$;
comment on function calcom_internal.lock_mail(uuid, text) is
  'Internal: locks a mail and returns its state and modes. Raises KC430 if there is none.';

create function @extschema@.calcom_retry_email(id uuid, account text default 'default', force boolean default false)
returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $retry$
declare
  mail record;
  fresh_key constant text := gen_random_uuid()::text;
begin
  select * into mail from calcom_internal.lock_mail($1, $2);
  if mail.state not in ('failed', 'uncertain', 'skipped', 'cancelled') then
    perform calcom_internal.raise_error('wrong_mail_state',
      format('The mail is %s and cannot be retried.', mail.state),
      case mail.state
        when 'captured' then 'Mail captured in test mode is never sent.'
        when 'sent' then 'It was sent; delivery_status says how it went on. Another copy: calcom_send_confirmation(), '
                         'calcom_send_reminder() or calcom_send_cancellation().'
        else 'It will be sent: reason says what it waits for.' end);
  end if;
  if mail.made_in <> mail.account_is_in then
    perform calcom_internal.raise_error('wrong_mail_state',
      format('The mail was composed in %s mode and the account is in %s mode.', mail.made_in, mail.account_is_in),
      'A mail that was composed for another recipient is not sent later.');
  end if;
  if not $3 and (mail.state = 'uncertain' or mail.in_doubt) then
    perform calcom_internal.raise_error('may_be_sent',
      'The answer to an earlier attempt never came, so another attempt may be a second copy.',
      format('Look for tag outbox_id=%s at Resend. To send it again: '
             'SELECT calcom_retry_email(%L, %L, force => true);', $1, $1, $2));
  end if;
  update @extschema@.email_outbox o set state = 'queued', cause = null, reason = null, provider_message = null,
    attempts = 0, send_after = now(), owed_at = now(),
      idempotency_key = fresh_key, mail_mode = null, subject = null, request = null, first_attempt_at = null,
      in_doubt = false, settled_at = null, provider_id = null, delivery_status = null, delivery_status_at = null
   where o.account = $2 and o.id = $1;
  perform calcom_internal.note_act('retry_email', $2, $1::text, jsonb_build_object('was', mail.state, 'force', $3));
  return fresh_key;
end
$retry$;
comment on function @extschema@.calcom_retry_email(uuid, text, boolean) is
  'Queues a failed, skipped or cancelled mail again, to be rendered again, and returns its new idempotency key. Its '
  'age counts from now. Before sending, the worker checks that it is still true and that its recipient is not '
  'suppressed. Raises KC432 for a mail that may have been sent unless force, KC431 if its state does not allow it, '
  'KC430 if there is none.';

create function @extschema@.calcom_cancel_email(id uuid, account text default 'default') returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $cancel$
declare
  mail record;
begin
  select * into mail from calcom_internal.lock_mail($1, $2);
  if mail.state not in ('queued', 'held', 'failed', 'uncertain') then
    perform calcom_internal.raise_error('wrong_mail_state',
      format('The mail is %s and cannot be cancelled.', mail.state),
      case mail.state when 'sending' then 'It is being sent: try again in a moment.'
                      else 'Nothing is left to cancel.' end);
  end if;
  update @extschema@.email_outbox o
     set state = 'cancelled', settled_at = now(), cause = 'cancelled_by_operator',
         reason = format('cancelled by %s, was %s', session_user, mail.state)
   where o.account = $2 and o.id = $1;
  perform calcom_internal.note_act('cancel_email', $2, $1::text, jsonb_build_object('was', mail.state));
  return mail.state;
end
$cancel$;
comment on function @extschema@.calcom_cancel_email(uuid, text) is
  'Cancels a mail that has not been sent, or removes a failed or uncertain one from the dead letters. Returns its '
  'previous state. Raises KC431 if its state does not allow it, KC430 if there is none.';

create function calcom_internal.set_paused(account text, paused boolean) returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $pause$
declare
  changed bigint;
begin
  if $1 is not null and not exists (select from @extschema@.calcom_accounts a where a.account = $1) then
    perform calcom_internal.raise_error('unknown_account');
  end if;
  update @extschema@.calcom_accounts a set paused = $2
   where a.account = coalesce($1, a.account) and a.paused is distinct from $2;
  get diagnostics changed = row_count;
  perform calcom_internal.note_act(case when $2 then 'pause' else 'resume' end, $1, null,
    jsonb_build_object('accounts', changed));
  return changed;
end
$pause$;
comment on function calcom_internal.set_paused(text, boolean) is 'Internal part of calcom_pause() and calcom_resume().';

create function @extschema@.calcom_pause(account text default null) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp
as $$ select calcom_internal.set_paused($1, true) $$;
comment on function @extschema@.calcom_pause(text) is
  'Holds the mail of an account, or of all (null); deliveries are still processed. Returns the number of accounts '
  'changed. Requests in flight are not cancelled.';

create function @extschema@.calcom_resume(account text default null) returns bigint
language sql security definer set search_path = pg_catalog, pg_temp
as $$ select calcom_internal.set_paused($1, false) $$;
comment on function @extschema@.calcom_resume(text) is
  'Reverts calcom_pause() for an account, or for all (null): held mail is sent if it is still true. Returns the number '
  'of accounts changed.';

create function @extschema@.calcom_suppress(email text, reason text default 'manual', account text default 'default')
returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $suppress$
begin
  if $1 is null or trim($1) !~ '^[^[:space:][:cntrl:]<>@]+@[^[:space:][:cntrl:]<>@]+$' then
    raise exception using errcode = 'invalid_parameter_value', message = 'email is not an e-mail address';
  end if;
  if not exists (select from @extschema@.calcom_accounts a where a.account = $3) then
    perform calcom_internal.raise_error('unknown_account');
  end if;
  insert into @extschema@.email_suppressions as s (account, email, reason)
    values ($3, lower(trim($1) collate "C"), coalesce($2, 'manual'))
    on conflict on constraint email_suppressions_pkey do update set source = 'manual', reason = excluded.reason;
  perform calcom_internal.note_act('suppress', $3, @extschema@.calcom_person_mark($1));
end
$suppress$;
comment on function @extschema@.calcom_suppress(text, text, text) is
  'Sends no mail of the account to this address any more, whatever its letter case. Checked before every send. Lasts '
  'until calcom_unsuppress(), whatever Resend reports.';

create function @extschema@.calcom_unsuppress(email text, account text default 'default') returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $unsuppress$
declare
  changed boolean;
begin
  delete from @extschema@.email_suppressions s where s.account = $2
    and s.email = lower(trim($1) collate "C") collate "default";
  changed := found;
  perform calcom_internal.note_act('unsuppress', $2, @extschema@.calcom_person_mark($1),
    jsonb_build_object('changed', changed));
  return changed;
end
$unsuppress$;
comment on function @extschema@.calcom_unsuppress(text, text) is
  'Allows mail to this address again. Returns false if it was not suppressed. Skipped mail stays skipped: use '
  'calcom_retry_email(). Resend has a list of its own, see docs/delivery-status.md.';

create function calcom_internal.prune_some(account text, before timestamptz, at_most bigint, out mails bigint,
  out events bigint)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $prune$
begin
  update @extschema@.email_outbox o set request = null, subject = null, provider_message = null
   where o.account = $1 and o.id = any(array(
     select q.id from @extschema@.email_outbox q
      where q.account = $1 and q.settled_at < $2 and (q.request is not null or q.subject is not null
        or q.provider_message is not null)
        and q.state in ('sent', 'captured', 'skipped', 'cancelled', 'failed')
      order by q.settled_at limit $3 for update skip locked));
  get diagnostics mails = row_count;
  update @extschema@.provider_events e set body = null, body_bytes = null
   where e.account = $1 and e.id = any(array(
     select q.id from @extschema@.provider_events q
      where q.account = $1 and q.received_at < $2 and (q.body is not null or q.body_bytes is not null)
      order by q.received_at limit $3 - mails for update skip locked));
  get diagnostics events = row_count;
end
$prune$;
comment on function calcom_internal.prune_some(text, timestamptz, bigint) is
  'Internal: erases the content of mails settled before a time and the bodies of Resend''s events, oldest first, up to '
  'a number of rows (null: all). Uncertain mails are kept whole.';

create function @extschema@.calcom_prune_mail(older_than interval default interval '90 days', account text default null)
returns bigint
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $prune$
declare
  pruned bigint;
begin
  if $1 is null or $1 < interval '0' then
    raise exception using errcode = 'invalid_parameter_value', message = 'older_than must be an interval of the past';
  end if;
  select coalesce(sum(p.mails), 0) into pruned
    from @extschema@.calcom_accounts a cross join lateral calcom_internal.prune_some(a.account, now() - $1, null) p
   where a.account = coalesce($2, a.account);
  perform calcom_internal.note_act('prune_mail', $2, null, jsonb_build_object('older_than', $1, 'mails', pruned));
  return pruned;
end
$prune$;
comment on function @extschema@.calcom_prune_mail(interval, text) is
  'Erases mail content (subject and request) and the bodies of Resend''s events older than the given age. The rows are '
  'kept, so that no mail is queued twice. Uncertain mails are kept whole. Returns the number of mails. The worker does '
  'the same automatically, see calcom_accounts.keep_mail.';

create function calcom_internal.dead_letter_rows(out account text, out id uuid, out state text, out cause text,
  out reason text,
  out provider_message text, out kind text, out booking_uid text, out recipient text, out attempts integer,
    out last_attempt_at timestamptz,
  out settled_at timestamptz, out command text)
returns setof record
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select o.account, o.id, o.state, o.cause, o.reason, o.provider_message, o.kind, o.booking_uid, o.recipient,
    o.attempts, o.last_attempt_at,
         o.settled_at, format('SELECT @extschema@.calcom_retry_email(%L, %L%s);', o.id, o.account,
                              case when o.state = 'uncertain' then ', force => true' else '' end)
    from @extschema@.email_outbox o where o.state in ('failed', 'uncertain') order by o.settled_at desc nulls last
$$;
comment on function calcom_internal.dead_letter_rows() is 'Internal: the rows of calcom_dead_letters.';

create view @extschema@.calcom_dead_letters as select * from calcom_internal.dead_letter_rows();
comment on view @extschema@.calcom_dead_letters is
  'Mails that are not sent automatically: failed, and uncertain (may have been sent: check in Resend''s list first).';
comment on column @extschema@.calcom_dead_letters.account is 'calcom_accounts.account';
comment on column @extschema@.calcom_dead_letters.id is 'email_outbox.id';
comment on column @extschema@.calcom_dead_letters.state is 'failed or uncertain';
comment on column @extschema@.calcom_dead_letters.cause is 'why, in one word: email_outbox.cause';
comment on column @extschema@.calcom_dead_letters.provider_message is
  'Resend''s own message about its last refusal';
comment on column @extschema@.calcom_dead_letters.reason is 'Resend''s last answer or the last error';
comment on column @extschema@.calcom_dead_letters.kind is
  'confirmation, rescheduled, cancellation, requested, rejected or reminder';
comment on column @extschema@.calcom_dead_letters.booking_uid is 'bookings.uid';
comment on column @extschema@.calcom_dead_letters.recipient is 'address';
comment on column @extschema@.calcom_dead_letters.attempts is 'counted attempts to send it';
comment on column @extschema@.calcom_dead_letters.last_attempt_at is 'time of the latest attempt';
comment on column @extschema@.calcom_dead_letters.settled_at is 'when it failed or became uncertain';
comment on column @extschema@.calcom_dead_letters.command is 'SQL that queues the mail again';
