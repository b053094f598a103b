-- Copies to the organizer: off by default, once for each word of the booking, only while they are true.
\set ECHO none
\set subject host_copies
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
create view copies as
  select kind, o.booking_uid = b.uid as of_it, recipient, o.state, o.reason from email_outbox o join bookings b on b.uid = o.booking_uid
   where recipient = 'zoe@studio.example' order by o.created_at, kind;

select outcome from deliver(upcoming('BOOKING_CREATED-chain1.json'));
select uid, attendee_email from bookings \gset
table copies;
select calcom_account_set('default', mail_host => true);
-- What was there before owes nothing afterwards.
select outcome from deliver(replace(replace(convert_from(upcoming('BOOKING_CREATED-chain1.json'), 'UTF8'), '"title":"', '"title":"again '), '"createdAt":"2026-11-22T06', '"createdAt":"2026-11-22T07'));
table copies;

-- Who booked, in the host's zone, without a file, answered to who booked.
select subject, "text", calendar_file is null as no_file from calcom_preview_email(:'uid', 'confirmation', 'zoe@studio.example');
-- The kinds that hosts get none of are those of an attendee.
select kind, "text" ~ 'because the booking was made with you' as copy
  from unnest(array['confirmation', 'rescheduled', 'cancellation', 'requested', 'rejected', 'reminder']) kind,
       calcom_preview_email(:'uid', kind, 'zoe@studio.example');
insert into email_templates (account, kind, subject) values ('default', 'confirmation', '{{#if is_host}}{{guest.name}} for you{{else}}For {{recipient.name}}{{/if}}');
select subject from unnest(array[:'attendee_email', 'zoe@studio.example']) person, calcom_preview_email(:'uid', 'confirmation', person);

-- Moved twice and cancelled; each word once, whatever is repeated.
select outcome from deliver(upcoming('BOOKING_RESCHEDULED-chain2.json'));
select outcome from deliver(upcoming('BOOKING_RESCHEDULED-chain2.json'));
select outcome from deliver(upcoming('BOOKING_RESCHEDULED-chain3.json'));
table copies;
select outcome from deliver(upcoming('BOOKING_CANCELLED-chain4.json'));
table copies;
select kind, calcom_internal.why_not_owed('default', booking_uid, kind, recipient) as why
  from email_outbox where recipient = 'zoe@studio.example' order by created_at, kind;

-- Requested, then rejected: the host is asked, and knows what he answered.
select outcome from deliver(upcoming('BOOKING_REQUESTED-confirm1.json'));
select kind, count(*) from copies group by kind order by kind;

-- Of a booking of seats one word, not one for each seat.
select name, outcome from unnest(array['BOOKING_CREATED-seats1.json', 'BOOKING_CREATED-seats2.json']) name, deliver(upcoming(name));
select kind, count(*) from email_outbox where booking_uid = (select uid from bookings where seated) and recipient = 'zoe@studio.example' group by kind;

-- Ended: what waits is withdrawn, and nothing is owed from then on.
select calcom_account_set('default', mail_host => false);
select state, reason, count(*) from copies group by state, reason;
