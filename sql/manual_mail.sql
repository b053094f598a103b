-- Mail sent by hand: once more for whom it is true, refused for whom it is not.
\set ECHO none
\set subject manual_mail
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
create view mail as
  select kind, recipient, priority, state, obligation_key = 'manual/' || id as manual, start_time = (select b.start_time from bookings b where b.uid = booking_uid) as of_this_start
    from email_outbox where obligation_key like 'manual/%' order by created_at, kind, recipient;

select outcome from deliver(upcoming('BOOKING_CREATED-chain1.json'));
select uid, attendee_email from bookings \gset
select sent_kind, sent_to = :'attendee_email' as to_who_booked from calcom_send_confirmation(:'uid');
select sent_kind, sent_to = :'attendee_email' as to_who_booked from calcom_send_confirmation(:'uid', recipient => upper(:'attendee_email'));
select sent_kind from calcom_send_reminder(:'uid', '24h');
select sent_kind from calcom_send_reminder(:'uid');
select kind, priority, state, manual, of_this_start, count(*) from mail group by 1, 2, 3, 4, 5 order by 1;

-- Who must not be mailed is not queued either.
select calcom_suppress(:'attendee_email', 'bounced');
select * from refusal(format('select calcom_send_confirmation(%L, recipient => %L)', :'uid', :'attendee_email'));
select calcom_unsuppress(:'attendee_email');

-- Not true, not known.
select * from refusal(format('select calcom_send_cancellation(%L)', :'uid'));
select * from refusal(format('select calcom_send_confirmation(%L, recipient => %L)', :'uid', 'stranger@example.com'));
select * from refusal(format('select calcom_send_reminder(%L, %L)', :'uid', '9h'));
select * from refusal($$select calcom_send_confirmation('nowhere')$$);
select * from refusal(format('select calcom_send_confirmation(%L, %L)', :'uid', 'another'));

-- Moved, then cancelled.
select outcome from deliver(upcoming('BOOKING_RESCHEDULED-chain2.json'));
select uid as moved from bookings where rescheduled_from_uid = :'uid' \gset
select * from refusal(format('select calcom_send_confirmation(%L)', :'uid'));
select sent_kind from calcom_send_confirmation(:'moved');
select outcome from deliver(upcoming('BOOKING_RESCHEDULED-chain3.json'));
select outcome from deliver(upcoming('BOOKING_CANCELLED-chain4.json'));
select uid as gone from bookings where status = 'cancelled' \gset
select * from refusal(format('select calcom_send_reminder(%L)', :'gone'));
select sent_kind from calcom_send_cancellation(:'gone');
