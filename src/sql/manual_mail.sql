-- Mail on request: preview it, or send it now.
create function @extschema@.calcom_preview_email(uid text, kind text, recipient text, account text default 'default',
  out subject text, out html text, out "text" text, out calendar_file text)
language c stable security definer set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_preview_email';
comment on function @extschema@.calcom_preview_email(text, text, text, text) is
  'Renders a mail without storing or sending it, even if it would not be true (a reminder of a cancelled booking). '
  'kind: confirmation, rescheduled, cancellation, requested, rejected or reminder. Raises KC405 for an unknown booking '
  'or account.';

create function calcom_internal.why_not_owed(account text, uid text, kind text, recipient text) returns text
language c stable security definer set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_why_not_owed';
comment on function calcom_internal.why_not_owed(text, text, text, text) is
  'Internal: why a mail that is queued now would be skipped; null when it would not.';

create function calcom_internal.send_by_hand(uid text, kind text, account text, recipient text)
returns table (email_id uuid, sent_kind text, sent_to text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $send$
#variable_conflict use_column
declare
  booking record;
  person record;
  chosen text;
  why text;
  reasons text[] := '{}';
  queued uuid[] := '{}';
begin
  select b.start_time, b.end_time into booking from @extschema@.bookings b where b.account = $3 and b.uid = $1;
  if not found then
    perform calcom_internal.raise_error('unknown_booking', format('Account: "%s".', $3));
  end if;
  for person in
    select p.email from @extschema@.booking_attendees p
     where p.account = $3 and p.booking_uid = $1 and ($4 is null
       or p.email = lower(trim($4) collate "C") collate "default") order by p.email loop
    chosen := $2;
    why := calcom_internal.why_not_owed($3, $1, chosen, person.email);
    -- For a moved booking the rescheduled mail takes the place of the confirmation.
    if $2 = 'confirmation' and why is not null and
       calcom_internal.why_not_owed($3, $1, 'rescheduled', person.email) is null then
      chosen := 'rescheduled';
      why := null;
    end if;
    if why is not null then
      if not why = any(reasons) then  -- without addresses: errors are logged
        reasons := reasons || why;
      end if;
      continue;
    end if;
    email_id := gen_random_uuid();
    queued := queued || email_id;
    sent_kind := chosen;
    sent_to := person.email;
    insert into @extschema@.email_outbox (account, id, kind, booking_uid, recipient, start_time, end_time,
      obligation_key,
                                           priority)
      values ($3, email_id, chosen, $1, person.email, booking.start_time, booking.end_time, 'manual/' || email_id, 0);
    return next;
  end loop;
  if queued = '{}' then
    perform calcom_internal.raise_error('no_recipient',
      case when reasons = '{}' then 'The recipient is not an attendee.'
           else 'Because: ' || array_to_string(reasons, '; ') || '.' end,
      format('Run: SELECT * FROM @extschema@.calcom_trace(%L, %L);', $1, $3));
  end if;
  perform calcom_internal.note_act('send_' || $2, $3, $1, jsonb_build_object('mails', queued));
end
$send$;
comment on function calcom_internal.send_by_hand(text, text, text, text) is
  'Internal: queues a requested mail, before all others, for recipients who qualify and may be mailed.';

create function @extschema@.calcom_send_confirmation(uid text, account text default 'default',
  recipient text default null)
returns table (email_id uuid, sent_kind text, sent_to text)
language sql security definer set search_path = pg_catalog, pg_temp
as $$ select * from calcom_internal.send_by_hand($1, 'confirmation', $2, $3) $$;
comment on function @extschema@.calcom_send_confirmation(text, text, text) is
  'Queues the confirmation once more (for a moved booking: the rescheduled mail), to one attendee or to all. Its '
  'result is in email_outbox. Raises KC433 with the reasons if no recipient qualifies, KC405 for an unknown booking.';

create function @extschema@.calcom_send_cancellation(uid text, account text default 'default',
  recipient text default null)
returns table (email_id uuid, sent_kind text, sent_to text)
language sql security definer set search_path = pg_catalog, pg_temp
as $$ select * from calcom_internal.send_by_hand($1, 'cancellation', $2, $3) $$;
comment on function @extschema@.calcom_send_cancellation(text, text, text) is
  'Queues the cancellation once more, to one attendee or to all. Raises KC433 with the reasons if no recipient '
  'qualifies, KC405 for an unknown booking.';

create function @extschema@.calcom_send_reminder(uid text, rule text default null, account text default 'default',
  recipient text default null) returns table (email_id uuid, sent_kind text, sent_to text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $send$
#variable_conflict use_column
begin
  if $2 is not null and not exists (select from @extschema@.reminder_rules r where r.account = $3 and r.rule = $2) then
    perform calcom_internal.raise_error('unknown_rule');
  end if;
  return query select * from calcom_internal.send_by_hand($1, 'reminder', $3, $4);
end
$send$;
comment on function @extschema@.calcom_send_reminder(text, text, text, text) is
  'Queues a reminder now, to one attendee or to all, independent of the rules. Raises KC433 with the reasons if no '
  'recipient qualifies, KC405 for an unknown booking, KC408 for an unknown rule.';
