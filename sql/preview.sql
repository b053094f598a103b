-- Mail before it leaves: how one would look, and which would leave.
\set ECHO none
\set subject preview
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all

select outcome, booking_uid from deliver(upcoming('BOOKING_CREATED-chain1.json'));
select uid, attendee_email from bookings \gset
create table before as select (select count(*) from email_outbox) as mails, (select count(*) from email_calendar_sequences) as sequences;

-- Every kind, whether it is true or not. A preview changes nothing.
select kind, subject, length(html) > 500 as html, length("text") > 50 as text, left(calendar_file, 15) as calendar
  from unnest(array['confirmation', 'rescheduled', 'cancellation', 'requested', 'rejected', 'reminder']) kind,
       calcom_preview_email(:'uid', kind, :'attendee_email');
select (select count(*) from email_outbox) - mails as mails, (select count(*) from email_calendar_sequences) - sequences as sequences from before;

-- The recipient in any letter case; an address that cannot be mailed is refused.
select split_part("text", ',', 1) from calcom_preview_email(:'uid', 'reminder', upper(:'attendee_email'));
select * from refusal(format('select calcom_preview_email(%L, %L, %L)', :'uid', 'reminder', 'ada'));

-- With the account's own words.
insert into email_templates (account, kind, locale, subject) values ('default', 'reminder', '*', 'Soon: {{booking.title}}');
select subject from calcom_preview_email(:'uid', 'reminder', :'attendee_email');

select * from refusal(format('select calcom_preview_email(%L, %L, %L)', :'uid', 'letter', :'attendee_email'));
select * from refusal($$select calcom_preview_email('nowhere', 'reminder', 'ada@example.com')$$);
select * from refusal($$select calcom_preview_email('nowhere', 'reminder', 'ada@example.com', 'nobody')$$);

-- What would leave, in the order of time: the confirmation at once, reminders when they are due.
select kind, rule, case when at <= now() then 'now' else (at - start_time)::text end as at, recipient = :'attendee_email' as to_ada, leaves, reason
  from calcom_simulate('100 years');
select kind, leaves from calcom_simulate();
select count(*) from calcom_simulate('100 years', 'another');
-- What would not, and why: the account's reason comes last, so that it hides no other.
insert into email_suppressions (account, email, reason) values ('default', :'attendee_email', 'bounced');
select kind, leaves, reason from calcom_simulate('100 years');
delete from email_suppressions;
select outcome from deliver(upcoming('BOOKING_CANCELLED-chain4.json'));
select outcome from deliver(upcoming('BOOKING_RESCHEDULED-chain2.json'));
select kind, count(*), leaves, reason from calcom_simulate('100 years') where booking_uid = :'uid' group by kind, leaves, reason order by 1;
select calcom_account_set('default', sender => 'Studio <mail@studio.example>', paused => true);
select distinct reason from calcom_simulate('100 years') where reason ~ 'account';
