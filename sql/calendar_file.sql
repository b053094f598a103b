-- Whose calendar file a mail brings: the one that Cal.com sent where it fits, else ours.
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
-- Not for the guest whom it does not name, not with a mail of another method, not against the account's will.
select * from file_of(:'uid', 'confirmation', 'guest.one@example.com');
select * from file_of(:'uid', 'cancellation', :'attendee_email');
select calcom_account_set('default', forward_calendar_file => false);
select * from file_of(:'uid', 'confirmation', :'attendee_email');
select calcom_account_set('default', forward_calendar_file => true);

-- Kept for the mails, shown nowhere: no column, no history, no answer about the booking.
select facts like '%VCALENDAR%' from booking_facts;
select count(*) from bookings b where to_jsonb(b)::text like '%VCALENDAR%';
select count(*) from booking_history h where to_jsonb(h)::text like '%VCALENDAR%';
select calcom_extract_booking(convert_to(created(), 'UTF8'))::text like '%VCALENDAR%';
select what from calcom_rebuild(:'uid');

-- A later one of ours that this person has: it must not come behind it.
insert into email_calendar_sequences (account, ical_uid, recipient, sequence) values ('default', 'MOCKED_GOOGLE_CALENDAR_ICS_ID', :'attendee_email', 0);
select * from file_of(:'uid', 'confirmation', :'attendee_email');
delete from email_calendar_sequences;
-- The newest word of another place brings no file, so the one that stands is not true any more.
select outcome from deliver(replace(replace(created(), 'BOOKING_CREATED', 'BOOKING_LOCATION_UPDATED'), '2026-11-22T07:00:00', '2026-11-22T07:05:00')::jsonb #- '{payload,attendeeIcsContent}' #>> '{}');
select * from file_of(:'uid', 'confirmation', :'attendee_email');

-- A file about another time, of somebody else, or with lines of its own, is as if there were none.
create function hostile(n int, old text, new text) returns text language sql
as $$ select replace(replace(replace(created(), 'rYebyg2Ux8HrNRFtE8YYCi', 'hostile-' || n), 'ICS_ID', 'ICS_ID_' || n), old, new) $$;
select n, outcome, maker, start
  from (values (1, 'DTSTART:20961123T05', 'DTSTART:20961123T06'), (2, 'METHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID', 'METHOD:CANCEL\r\nBEGIN:VEVENT\r\nUID'),
         (3, 'SUMMARY:event_between_users', 'SUMMARY:x\r\nATTENDEE:mailto:eve@example.com'), (4, 'SUMMARY:event_between_users', 'DESCRIPTION:with guest.one@example.com'),
         (5, 'SUMMARY:event_between_users', 'SUMMARY:' || repeat('x', 40000)), (6, 'END:VEVENT\r\nEND:VCALENDAR\r\n"', 'END:VCALENDAR\r\n"'),
         (7, 'SUMMARY:event_between_users', 'summary:as good as any')) t (n, old, new),
       lateral deliver(hostile(n, old, new)) d, lateral file_of(d.booking_uid, 'confirmation', :'attendee_email')
 order by n;

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
