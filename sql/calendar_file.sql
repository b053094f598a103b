-- The calendar file of a mail: its UID, SEQUENCE and method.
\set ECHO none
\set subject calendar_file
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all

create function created() returns text language sql
as $$ select regexp_replace(convert_from(upcoming('BOOKING_CREATED-v2026-07-27-synth.json'), 'UTF8'), '(DT(START|END):)20\d\d', '\12096', 'g') $$;
-- Who made the file, and what it says.
create function file_of(uid text, kind text, recipient text, out maker text, out method text, out ical_uid text, out sequence text, out start text)
language sql as $$
  select substring(f, 'PRODID:([^\r]*)'), substring(f, 'METHOD:(\w*)'), substring(f, E'\nUID:([^\r]*)'),
         substring(f, 'SEQUENCE:(\d*)'), substring(f, 'DTSTART:(\w*)')
    from replace((calcom_preview_email(uid, kind, recipient)).calendar_file, E'\r\n ', '') f
$$;

select outcome from deliver(created());
select uid, attendee_email from bookings \gset
select * from file_of(:'uid', 'confirmation', :'attendee_email');
select * from file_of(:'uid', 'cancellation', :'attendee_email');

-- The file that Cal.com sends with a body is stored with the body only.
select count(*) from booking_facts where facts like '%VCALENDAR%';
select count(*) from bookings b where to_jsonb(b)::text like '%VCALENDAR%';

-- SEQUENCE rises above the last one that this person got.
insert into email_calendar_sequences (account, ical_uid, recipient, sequence) values ('default', 'MOCKED_GOOGLE_CALENDAR_ICS_ID', :'attendee_email', 0);
select * from file_of(:'uid', 'confirmation', :'attendee_email');
delete from email_calendar_sequences;

-- A seat that moves into a booking that was there before: the entry of its former time is moved, none is left behind.
select upcoming('BOOKING_RESCHEDULED-seats5-attendee-to-empty-slot.json') as moving \gset
select convert_from(:'moving', 'UTF8')::jsonb #>> '{payload,uid}' as target, convert_from(:'moving', 'UTF8')::jsonb #>> '{payload,rescheduleUid}' as former \gset
select outcome from deliver(replace(convert_from(upcoming('BOOKING_CREATED-seats1.json'), 'UTF8'), :'former', :'target'));
select outcome from deliver(upcoming('BOOKING_CREATED-seats3.json'));
insert into email_calendar_sequences (account, ical_uid, recipient, booking_uid, sequence) values ('default', 'entry-of-cy', 'cy@example.com', :'former', 3);
select outcome from deliver(:'moving'::bytea);
select b.rescheduled_from_uid is null as began_by_itself, f.method, f.ical_uid, f.sequence,
       substring((calcom_preview_email(b.uid, 'rescheduled', 'cy@example.com'))."text" from 'Formerly:\s*([^\n]*)') as formerly,
       (select former.start_time at time zone 'UTC' from bookings former where former.uid = :'former') as former_start
  from bookings b, file_of(b.uid, 'rescheduled', 'cy@example.com') f where b.uid = :'target';
