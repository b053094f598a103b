-- Checks of calcom_doctor(): the server's time-zone data is current, and it knows the attendees' zones.
create function calcom_internal.zone_data_check(expected interval, found interval, out check_name text,
  out state text, out finding text, out command text)
language sql stable parallel safe set search_path = pg_catalog, pg_temp
as $$
  select 'time zone data',
         case when found = expected then 'ok' else 'warning' end,
         case when found = expected then 'knows the rules of 2026'
              else format('stale: it puts Vancouver in January 2027 at UTC%s, right is UTC%s; mails there name a '
                'wrong time',
                          to_char(extract(epoch from found) / 3600, 'SG00'),
                          to_char(extract(epoch from expected) / 3600, 'SG00')) end,
         case when found is distinct from expected then 'update the operating system''s tzdata (2026b or later), or '
           'PostgreSQL where it brings its own, '
              'and restart the server' end
$$;
comment on function calcom_internal.zone_data_check(interval, interval) is
  'Internal part of calcom_doctor(): checks the server''s offset for a place whose rules changed recently.';

create function calcom_internal.doctor_zones(out check_name text, out state text, out finding text, out command text)
returns setof record
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $doctor$
declare
  instant constant timestamptz := '2027-01-15 18:00+00';
  unknown bigint;
begin
  -- British Columbia stays on UTC-7 since November 2026.
  return query select * from calcom_internal.zone_data_check(interval '-7 hours',
    (instant at time zone 'America/Vancouver') - (instant at time zone 'UTC'));

  select count(distinct a.time_zone) into unknown
    from @extschema@.booking_attendees a
    join @extschema@.bookings b on b.account = a.account and b.uid = a.booking_uid
   where b.end_time > now() and a.removed_at is null and a.time_zone <> ''
     and lower(a.time_zone) not in (select lower(z.name) from pg_timezone_names z);
  check_name := 'time zones of attendees'; state := case unknown when 0 then 'ok' else 'warning' end;
  finding := case unknown when 0 then 'all known'
             else format('%s not known to this server: their mails name UTC', unknown) end;
  command := case when unknown > 0 then
    'SELECT a.* FROM @extschema@.booking_attendees a LEFT JOIN pg_timezone_names z ON lower(z.name) = '
      'lower(a.time_zone) '
    'WHERE z.name IS NULL AND a.time_zone <> '''';' end;
  return next;
end
$doctor$;
comment on function calcom_internal.doctor_zones() is
  'Internal part of calcom_doctor(): time-zone data of the server, time zones of the attendees of future bookings.';
