-- Bookings created or changed here, not in Cal.com. Each change is a body in Cal.com's format and is processed like a
-- delivery: log (source sql), merge, history, mail. A body that cannot be merged is an error of the caller's statement.
create function calcom_internal.apply_own(body text, account text) returns text
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
  as 'MODULE_PATHNAME', 'calcom_apply_own';
comment on function calcom_internal.apply_own(text, text) is
  'Internal: stores a body as an event of source sql and merges it, with the calling role as the actor. Returns the '
  'outcome. Raises 22023 for a value that the merge would drop, KC404, KC423, KC503 as calcom_ingest does.';

create function calcom_internal.rfc3339(at timestamptz) returns text
language sql stable strict set search_path = pg_catalog, pg_temp
as $$ select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;
comment on function calcom_internal.rfc3339(timestamptz) is 'Internal: a time in the format of bodies, in UTC.';

create function calcom_internal.check_given(value text, what text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $check$
begin
  if value is null then
    raise exception using errcode = 'null_value_not_allowed', message = what || ' must not be null';
  elsif value ~ '^\s*$' then
    raise exception using errcode = 'invalid_parameter_value', message = what || ' must not be empty';
  end if;
end
$check$;
comment on function calcom_internal.check_given(text, text) is 'Internal: raises 22004 for null, 22023 for blank.';

create function calcom_internal.check_address(address text, what text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $check$
begin
  if address !~ '^[^[:space:][:cntrl:]<>@,;"]+@[^[:space:][:cntrl:]<>@,;"]+\.[^[:space:][:cntrl:]<>@,;"]+$' then
    raise exception using errcode = 'invalid_parameter_value', message = what || ' is not an e-mail address',
      hint = 'Write name@example.com.';
  end if;
end
$check$;
comment on function calcom_internal.check_address(text, text) is
  'Internal: raises 22023 unless null or an e-mail address.';

create function calcom_internal.check_zone(zone text, what text) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $check$
begin
  if zone !~ '^[A-Za-z]+(/[A-Za-z0-9_+-]+)*$' then
    raise invalid_parameter_value;
  end if;
  perform now() at time zone zone;
exception when invalid_parameter_value then
  raise exception using errcode = 'invalid_parameter_value', message = what || ' is not a time zone',
    hint = 'Write an IANA name: SELECT name FROM pg_timezone_names;';
end
$check$;
comment on function calcom_internal.check_zone(text, text) is
  'Internal: raises 22023 unless null or the name of a time zone.';

create function calcom_internal.check_times(start_time timestamptz, end_time timestamptz) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $check$
begin
  if start_time is null or end_time is null then
    raise exception using errcode = 'null_value_not_allowed', message = 'start_time and end_time must not be null';
  elsif least(start_time, end_time) < '0001-01-02Z' or greatest(start_time, end_time) >= '9999-12-31Z' then
    raise exception using errcode = 'invalid_parameter_value', message = 'start_time and end_time must lie in the '
      'years 1 to 9999';
  elsif end_time <= start_time then
    raise exception using errcode = 'invalid_parameter_value', message = 'end_time must be after start_time';
  end if;
end
$check$;
comment on function calcom_internal.check_times(timestamptz, timestamptz) is
  'Internal: raises 22004 for null, 22023 unless end is after start.';

-- The stamp is newer than every stored event of the booking, even if Cal.com's clock is ahead of ours.
create function calcom_internal.own_event(trigger_event text, payload jsonb, account text) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $own$
declare
  newest timestamptz;
begin
  select max(e.stamp) into newest from @extschema@.calcom_events e
   where e.account = $3 and e.booking_uid = payload ->> 'uid';
  return calcom_internal.apply_own(jsonb_build_object(
    'triggerEvent', trigger_event,
    'createdAt', calcom_internal.rfc3339(greatest(clock_timestamp(), newest + interval '1 microsecond')),
    'payload', payload)::text, $3);
end
$own$;
comment on function calcom_internal.own_event(text, jsonb, text) is
  'Internal: composes and merges one body of a booking made here.';

create function @extschema@.calcom_create_booking(title text, start_time timestamptz, end_time timestamptz,
  attendee_email text, attendee_name text default null, attendee_time_zone text default null,
  organizer_email text default null, organizer_name text default null, organizer_time_zone text default null,
  location text default null, notes text default null, event_type_slug text default null,
  account text default 'default') returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $create$
declare
  uid constant text := 'own-' || replace(gen_random_uuid()::text, '-', '');
begin
  perform calcom_internal.check_given(account, 'account');
  perform calcom_internal.check_given(title, 'title');
  perform calcom_internal.check_given(attendee_email, 'attendee_email');
  perform calcom_internal.check_address(attendee_email, 'attendee_email');
  perform calcom_internal.check_address(organizer_email, 'organizer_email');
  perform calcom_internal.check_zone(attendee_time_zone, 'attendee_time_zone');
  perform calcom_internal.check_zone(organizer_time_zone, 'organizer_time_zone');
  perform calcom_internal.check_times(start_time, end_time);
  if lower(attendee_email) = lower(organizer_email) then
    raise exception using errcode = 'invalid_parameter_value', message = 'attendee and organizer are the same person',
      detail = 'Hosts are not attendees of their own bookings.';
  end if;
  perform calcom_internal.own_event('BOOKING_CREATED', jsonb_strip_nulls(jsonb_build_object(
    'uid', uid, 'status', 'ACCEPTED', 'title', title, 'type', event_type_slug,
    'startTime', calcom_internal.rfc3339(start_time), 'endTime', calcom_internal.rfc3339(end_time),
    'length', (extract(epoch from end_time - start_time) / 60)::bigint,
    'location', location, 'additionalNotes', notes,
    'organizer', nullif(jsonb_strip_nulls(jsonb_build_object('email', organizer_email, 'name', organizer_name,
                                                             'timeZone', organizer_time_zone)), '{}'),
    'attendees', jsonb_build_array(jsonb_build_object('email', attendee_email, 'name', coalesce(attendee_name, ''),
                                                      'timeZone', attendee_time_zone)))), account);
  return uid;
end
$create$;
comment on function @extschema@.calcom_create_booking(text, timestamptz, timestamptz, text, text, text, text, text,
  text,
  text, text, text, text) is
  'Creates a booking that is not in Cal.com: accepted, with one attendee, who gets a confirmation. Returns its uid '
  '(own-...). It is logged, merged and mailed like a delivery. Raises 22004, 22023, KC404, KC423.';

create type @extschema@.calcom_own_state as (status text, start_time timestamptz, end_time timestamptz, seated boolean);
comment on type @extschema@.calcom_own_state is 'Internal: the state of a booking, as calcom_own_lock() returns it.';

-- Returns the locked booking, or raises the reason why it cannot be changed.
create function calcom_internal.own_lock(uid text, account text) returns @extschema@.calcom_own_state
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $lock$
declare
  standing @extschema@.calcom_own_state;
begin
  perform calcom_internal.check_given(uid, 'uid');
  perform calcom_internal.check_given(account, 'account');
  select b.status, b.start_time, b.end_time, b.seated into standing
    from @extschema@.bookings b where b.account = $2 and b.uid = $1 for update;
  if not found then
    perform calcom_internal.raise_error('unknown_booking',
      hint => format('Run: SELECT uid, title FROM @extschema@.bookings WHERE account = %L;', account));
  elsif standing.status not in ('pending', 'accepted') then
    perform calcom_internal.raise_error('booking_ended', format('The booking is %s.', standing.status));
  end if;
  return standing;
end
$lock$;
comment on function calcom_internal.own_lock(text, text) is
  'Internal: locks a booking that is to be changed. Raises KC405 if it is unknown, KC406 if it has ended.';

create function @extschema@.calcom_update_booking(uid text, start_time timestamptz default null,
  end_time timestamptz default null, title text default null, location text default null, notes text default null,
  reason text default null, rescheduled_by text default null, account text default 'default') returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $update$
declare
  standing constant @extschema@.calcom_own_state := calcom_internal.own_lock(uid, account);
  details constant jsonb := jsonb_strip_nulls(jsonb_build_object(
    'title', title, 'eventTitle', case when standing.seated then title end, 'location', location,
    'additionalNotes', notes));
  starts timestamptz := coalesce(start_time, standing.start_time);
  ends timestamptz := coalesce(end_time, starts + (standing.end_time - standing.start_time));
begin
  if num_nonnulls(start_time, end_time, title, location, notes) = 0 then
    raise exception using errcode = 'invalid_parameter_value', message = 'nothing to change',
      hint = 'Give start_time, end_time, title, location or notes.';
  end if;
  if title is not null then perform calcom_internal.check_given(title, 'title'); end if;
  perform calcom_internal.check_address(rescheduled_by, 'rescheduled_by');
  if notes is not null and standing.seated then
    raise exception using errcode = 'invalid_parameter_value', message = 'a booking with seats has no notes',
      detail = 'Everybody who holds a seat would read them.';
  end if;
  if num_nonnulls(start_time, end_time) > 0 then
    perform calcom_internal.check_times(starts, ends);
  end if;
  if details <> '{}' then
    perform calcom_internal.own_event('BOOKING_LOCATION_UPDATED', jsonb_build_object('uid', uid) || details, account);
  end if;
  if num_nonnulls(start_time, end_time) > 0
     and (starts, ends) is distinct from (standing.start_time, standing.end_time) then
    perform calcom_internal.own_event('BOOKING_RESCHEDULED', jsonb_build_object(
      'uid', uid, 'status', upper(standing.status),
      'startTime', calcom_internal.rfc3339(starts), 'endTime', calcom_internal.rfc3339(ends),
      'length', (extract(epoch from ends - starts) / 60)::bigint,
      'rescheduleReason', reason, 'rescheduledBy', rescheduled_by), account);
  end if;
end
$update$;
comment on function @extschema@.calcom_update_booking(text, timestamptz, timestamptz, text, text, text, text, text,
  text) is
  'Changes a booking, also one of Cal.com; null leaves a value unchanged, and a new start keeps the length. Attendees '
  'are mailed if the time changes. Cal.com is not notified, and its later values replace yours. Raises 22023, KC405 '
  '(unknown uid), KC406 (cancelled, rejected or rescheduled).';

create function @extschema@.calcom_cancel_booking(uid text, reason text default null, cancelled_by text default null,
  account text default 'default') returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $cancel$
begin
  perform calcom_internal.own_lock(uid, account);
  perform calcom_internal.check_address(cancelled_by, 'cancelled_by');
  perform calcom_internal.own_event('BOOKING_CANCELLED', jsonb_strip_nulls(jsonb_build_object(
    'uid', uid, 'status', 'CANCELLED', 'cancellationReason', reason, 'cancelledBy', cancelled_by,
    'attendees', (select coalesce(jsonb_agg(jsonb_build_object('email', a.email, 'name', coalesce(a.name, ''),
                                                               'timeZone', a.time_zone) order by a.email), '[]')
                    from @extschema@.booking_attendees a
                   where a.account = $4 and a.booking_uid = $1 and a.removed_at is null))), account);
end
$cancel$;
comment on function @extschema@.calcom_cancel_booking(text, text, text, text) is
  'Cancels a booking, with all its seats, and mails its attendees. Cal.com is not notified: cancel its bookings there. '
  'Raises 22023, KC405 (unknown uid), KC406 (already cancelled, rejected or rescheduled).';

create function @extschema@.calcom_booking(uid text, account text default 'default') returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $booking$
begin
  return (select to_jsonb(b) || jsonb_build_object('attendees', (
              select coalesce(jsonb_agg(to_jsonb(a) - array['account', 'booking_uid', 'organizer_email']
                                        order by a.removed_at nulls first, a.email), '[]')
                from @extschema@.booking_attendees a where a.account = b.account and a.booking_uid = b.uid))
            from @extschema@.bookings b where b.account = $2 and b.uid = $1);
end
$booking$;
comment on function @extschema@.calcom_booking(text, text) is
  'One booking with its attendees as a JSON object, as far as the caller may see them. Null if there is none that the '
  'caller may see.';
