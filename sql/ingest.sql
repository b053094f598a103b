-- calcom_ingest: what becomes of a delivery, what is stored, and what is refused with nothing stored.
\set ECHO none
\set subject ingest
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all

-- A booking arrives: one delivery, one booking, its attendees, its history, one mail each.
select outcome, booking_uid, detail from deliver(upcoming('BOOKING_CREATED-chain1.json'));
select uid, status, start_time, end_time, title, attendee_name, attendee_email, attendee_time_zone, organizer_email, root_uid
  from bookings \gx
select booking_uid, email, name, time_zone, locale, removed_at is null as coming from booking_attendees order by email;
select action, actor, new_values ->> 'status' as status, new_values ->> 'email' as email from booking_history order by action, email;
select kind, recipient, start_time from email_outbox order by recipient;
select source, trigger_event, booking_uid, outcome, reason, settled_at is not null as settled from calcom_events;

-- History and mail name the delivery that caused them.
select count(*) as others from booking_history h where h.event_id is distinct from (select id from calcom_events);
select count(*) as others from email_outbox o where o.event_id is distinct from (select id from calcom_events);

-- The same bytes again: a duplicate, with the id of the first; nothing is stored.
select outcome, event_id = (select id from calcom_events) as same_event, booking_uid, detail
  from calcom_ingest(upcoming('BOOKING_CREATED-chain1.json'), calcom_sign(upcoming('BOOKING_CREATED-chain1.json'), 'whsec_test'));
-- The same meaning in other bytes: stored, but nothing changes and nobody is mailed again.
select outcome, booking_uid, detail from deliver(upcoming('BOOKING_CREATED-chain1.json') || '\x0a'::bytea);
select (select count(*) from calcom_events) as deliveries, (select count(*) from bookings) as bookings,
       (select count(*) from booking_history) as changes, (select count(*) from email_outbox) as mails;

-- The text twin takes the same body for the same delivery.
select outcome, event_id = (select min(id::text)::uuid from calcom_events) as same_event
  from (select convert_from(upcoming('BOOKING_CREATED-chain1.json'), 'UTF8')) as one(body),
       calcom_ingest(body, calcom_sign(body, 'whsec_test'));

-- The exact bytes come back: as text where that loses nothing, else as bytes; never twice.
select calcom_event_body(id) = upcoming('BOOKING_CREATED-chain1.json') as exact, body is not null as text, body_bytes is null as once
  from calcom_events order by id limit 1;
select outcome, detail from deliver('\x7b22747269676765724576656e74223a2250494e47222c22ff223a317d'::bytea);
select calcom_event_body(id) = '\x7b22747269676765724576656e74223a2250494e47222c22ff223a317d' as exact, body is null as bytes
  from calcom_events order by id desc limit 1;
select calcom_event_body('00000000-0000-0000-0000-000000000000') is null as absent;

-- No booking in it: stored, no booking, no mail.
select outcome, booking_uid, detail from deliver(fixture('PING.json'));
select outcome, booking_uid, detail from deliver(fixture('UNKNOWN_TRIGGER-synth.json'));
select outcome, booking_uid, detail from deliver(fixture('TEMPLATE-docs-example.json'));
select outcome, booking_uid, detail from deliver(''::bytea);
select (select count(*) from bookings) as bookings, (select count(*) from email_outbox) as mails;

-- Accounts do not see each other: the same body is another delivery there, and its uid another booking.
select calcom_account_add('studio');
select calcom_set_secret('studio', 'webhook', 'whsec_test');
select outcome, booking_uid from deliver(upcoming('BOOKING_CREATED-chain1.json'), 'studio');
select account, count(*) from bookings group by account order by account;

-- Refused: each with its own SQLSTATE and what to do; nothing of the body is kept.
create table before_refusals as select (select count(*) from calcom_events) as events, (select count(*) from calcom_event_digests) as digests;
\set body '{"triggerEvent":"PING","forged":"mark of a forged body"}'
select (refusal(format('select calcom_ingest(%L::text, %L)', :'body', calcom_sign(:'body'::text, 'another secret')))).* \gx
select (refusal(format('select calcom_ingest(%L::text, %L)', :'body', 'no-secret-provided'))).* \gx
select (refusal(format('select calcom_ingest(%L::text, null)', :'body'))).* \gx
select (refusal(format('select calcom_ingest(%L::text, %L, %L)', :'body', calcom_sign(:'body'::text, 'whsec_test'), 'nobody'))).* \gx
select calcom_account_add('unsigned');
select (refusal(format('select calcom_ingest(%L::text, %L, %L)', :'body', calcom_sign(:'body'::text, ''), 'unsigned'))).* \gx
select (refusal(format('select calcom_ingest(null::text, %L)', calcom_sign(:'body'::text, 'whsec_test')))).* \gx
select (refusal(format('select calcom_ingest(%L::text, %L, null)', :'body', calcom_sign(:'body'::text, 'whsec_test')))).* \gx
set calcom.max_body_size = 2048;
select (refusal(format('select calcom_ingest(%L::text, %L)', repeat('x', 2049), 'anything'))).* \gx
select outcome from deliver(rpad('{"triggerEvent":"PING"}', 2048));
reset calcom.max_body_size;
select (select count(*) from calcom_events) - events as events, (select count(*) from calcom_event_digests) - digests as digests
  from before_refusals;
select count(*) as kept from calcom_events where convert_from(calcom_event_body(id, account), 'LATIN1') like '%mark of a forged%';

-- A signature that was refused once is no obstacle to the right one.
select outcome from deliver(:'body'::text);

-- All in the caller's transaction: rolled back, nothing of it happened, and it can be delivered again.
begin;
select outcome from deliver(upcoming('BOOKING_CREATED-confirm2.json'));
rollback;
select count(*) as found from bookings where uid = 'jXpmEZ4U6PxQeaL2FeTB7E';
select outcome from deliver(upcoming('BOOKING_CREATED-confirm2.json'));

-- An error of a user's trigger makes the delivery dead. It is stored with the reason, and nothing else is written.
create function refuse_all() returns trigger language plpgsql as
  $$ begin raise exception 'the accounting system is away' using detail = 'Its answer was 503.', hint = 'Call it.'; end $$;
create trigger users_own before insert on bookings for each row execute function refuse_all();
select outcome, booking_uid, detail from deliver(upcoming('BOOKING_CREATED-seats1.json'));
select (select count(*) from bookings where uid = '8V1BBzR6JSpDgJbo8NoKNg') as bookings,
       (select count(*) from booking_attendees where booking_uid = '8V1BBzR6JSpDgJbo8NoKNg') as attendees,
       (select count(*) from email_outbox where booking_uid = '8V1BBzR6JSpDgJbo8NoKNg') as mails,
       (select count(*) from calcom_events where booking_uid = '8V1BBzR6JSpDgJbo8NoKNg') as deliveries;
-- The caller gets one line; the table keeps detail, hint and the innermost context.
select reason, regexp_replace(reason_detail, 'SQL statement.*', '…') as reason_detail from calcom_events
 where booking_uid = '8V1BBzR6JSpDgJbo8NoKNg';
drop trigger users_own on bookings;

-- The caller's lock_timeout and search_path are his own afterwards, and do not matter.
set lock_timeout = '7s';
set search_path = pg_catalog;
select outcome from helper.deliver(helper.upcoming('BOOKING_CREATED-recurring1.json'));
select current_setting('lock_timeout') as lock_timeout, current_setting('search_path') as search_path;
