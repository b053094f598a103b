-- Bookings made and changed by SQL: the same log, merge, history and mail as deliveries, and errors that say what to do.
\set ECHO none
\set subject own_bookings
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
create role regress_calcom_desk in role calcom_operator;
grant usage on schema helper to regress_calcom_desk;
create view mails as
  select kind, recipient, state, count(*) from email_outbox where state <> 'skipped' group by 1, 2, 3 order by 2, 1;
create function shown(of text) returns table (status text, starts text, lasts interval, title text, location text, root boolean)
language sql as $$
  select b.status, case b.start_time when timestamptz '2096-03-03 10:00Z' then 'day 3'
                                     when timestamptz '2096-03-04 10:00Z' then 'day 4' end,
         b.end_time - b.start_time, b.title, b.location, b.root_uid = b.uid
    from bookings b where b.uid = of $$;

-- Made: accepted, in the log as source sql, history names the role, the attendee is owed a confirmation.
set role regress_calcom_desk;
select calcom_create_booking('Fitting', timestamptz '2096-03-03 10:00Z', timestamptz '2096-03-03 10:00Z' + '45 min',
  'Ana@Example.com', attendee_name => 'Ana <b>"B"</b>', attendee_time_zone => 'Europe/Paris', organizer_email => 'zoe@studio.example',
  organizer_name => 'Zoe', organizer_time_zone => 'Asia/Kolkata', location => 'Main Street 1', notes => E'two\nlines', event_type_slug => 'fitting') as uid \gset
reset role;
select :'uid' ~ '^own-[0-9a-f]{32}$' as own_uid;
select * from shown(:'uid');
select attendee_name, attendee_email, attendee_time_zone, organizer_email, organizer_time_zone, additional_notes, event_type_slug, length_minutes from bookings \gx
select source, trigger_event, outcome, reason, booking_uid = :'uid' as same_uid from calcom_events order by id;
select action, actor, event_id is not null as caused from booking_history order by id;
select * from mails;

-- Changed: what is not given stays; a new start keeps the length; only a change of time is mailed.
set role regress_calcom_desk;
select calcom_update_booking(:'uid', title => 'Second fitting', location => 'https://meet.example/room');
reset role;
select * from shown(:'uid');
select meeting_url from bookings;
select * from mails;
select calcom_update_booking(:'uid', start_time => timestamptz '2096-03-04 10:00Z', reason => 'a strike', rescheduled_by => 'zoe@studio.example');
select * from shown(:'uid');
select moved_in_place, reschedule_reason, rescheduled_by from bookings;
select * from mails;
-- The same time again is no move; an end alone is one.
select calcom_update_booking(:'uid', start_time => timestamptz '2096-03-04 10:00Z');
select calcom_update_booking(:'uid', end_time => timestamptz '2096-03-04 10:00Z' + '2 hours');
select * from shown(:'uid');
select length_minutes, reschedule_reason, rescheduled_by from bookings;
select action, replace(actor, session_user, 'USER') as actor from booking_history order by id;

-- Cancelled: once, for everybody.
select calcom_cancel_booking(:'uid', reason => 'closed', cancelled_by => 'zoe@studio.example');
select status, cancellation_reason, cancelled_by from bookings;
select * from mails;
select j ->> 'status' as status, j ->> 'title' as title, j ->> 'attendee_email' as attendee_email, jsonb_pretty(j -> 'attendees') as attendees from calcom_booking(:'uid') j;
select calcom_booking('nowhere') is null as unknown_uid, calcom_booking(:'uid', 'other') is null as other_account;
select trigger_event, source, outcome from calcom_events order by id;

-- A booking of Cal.com: changed here, though Cal.com's clock is ahead, and not accepted by it while it is pending.
select convert_to(jsonb_build_object('triggerEvent', t.name, 'createdAt', calcom_internal.rfc3339(now() + '2 min'), 'payload', jsonb_build_object(
    'uid', t.uid, 'status', t.status, 'title', 'Intro', 'startTime', calcom_internal.rfc3339(timestamptz '2096-03-03 10:00Z'),
    'endTime', calcom_internal.rfc3339(timestamptz '2096-03-03 10:00Z' + '30 min'), 'organizer', '{"email": "zoe@studio.example"}'::jsonb,
    'location', 'Room 1', 'attendees', '[{"name": "Bob", "email": "bob@example.com"}]'::jsonb))::text, 'UTF8') as body
  into bodies from (values ('BOOKING_CREATED', 'ours', 'ACCEPTED'), ('BOOKING_REQUESTED', 'asked', 'PENDING')) t(name, uid, status);
select d.outcome from bodies, deliver(body) d;
select calcom_update_booking(uid, start_time => timestamptz '2096-03-04 10:00Z', title => 'Changed here') from unnest('{ours,asked}'::text[]) uid;
select uid, s.* from unnest('{ours,asked}'::text[]) uid, shown(uid) s;
select * from mails where recipient = 'bob@example.com';
-- What Cal.com says later counts again, field by field; what it does not carry stays.
select outcome from deliver(jsonb_build_object('triggerEvent', 'BOOKING_LOCATION_UPDATED', 'createdAt', calcom_internal.rfc3339(now() + '4 min'),
  'payload', '{"uid": "ours", "title": "Intro", "location": "Room 2"}'::jsonb)::text);
select * from shown('ours');
select calcom_cancel_booking('ours');
select calcom_cancel_booking('asked');
select uid, status from bookings where uid in ('ours', 'asked') order by uid;
select * from mails where recipient = 'bob@example.com';

-- All seats of a seated booking.
select d.outcome from unnest('{BOOKING_CREATED-seats1.json,BOOKING_CREATED-seats2.json}'::text[]) name, deliver(upcoming(name)) d;
select booking_uid as seated from calcom_events order by id desc limit 1 \gset
select (refusal(format('select calcom_update_booking(%L, notes => %L)', :'seated', 'for all to read'))).*;
select calcom_update_booking(:'seated', title => 'Group');
select title, attendee_name, attendee_email from bookings where uid = :'seated';
select calcom_cancel_booking(:'seated', 'ill');
select status, cancellation_reason from bookings where uid = :'seated';
select email, removed_at is not null as removed from booking_attendees where booking_uid = :'seated' order by 1;

-- A booking that is over by the time it is written mails nobody.
select calcom_create_booking('Past', now() - interval '2 days', now() - interval '1 day', 'late@example.com') is not null as made;
select count(*) from email_outbox where recipient = 'late@example.com';

-- Wrong use: what, and what to do; nothing is stored.
select calcom_account_add('off');
select calcom_account_disable('off');
create table standing as select (select count(*) from calcom_events) as events, (select count(*) from bookings) as bookings,
  (select count(*) from calcom_event_digests) as digests;
create table attempt (n int, statement text);
insert into attempt select row_number() over (), replace(replace(s, 'CREATE', 'select calcom_create_booking'), 'T', $$now() + interval '1 day'$$) from (values
  ($$CREATE(null, T, T + '1 h', 'a@example.com')$$), ($$CREATE(' ', T, T + '1 h', 'a@example.com')$$), ($$CREATE('x', null, T, 'a@example.com')$$),
  ($$CREATE('x', T, null, 'a@example.com')$$), ($$CREATE('x', T, T, 'a@example.com')$$), ($$CREATE('x', T, T - interval '1 h', 'a@example.com')$$),
  ($$CREATE('x', T, 'infinity', 'a@example.com')$$), ($$CREATE('x', '-infinity', T, 'a@example.com')$$), ($$CREATE('x', '0044-03-15 BC', T, 'a@example.com')$$),
  ($$CREATE('x', T, '20000-01-01', 'a@example.com')$$),
  ($$CREATE('x', T, T + '1 h', null)$$), ($$CREATE('x', T, T + '1 h', 'nobody')$$), ($$CREATE('x', T, T + '1 h', E'a@example.com\nBcc: b@example.com')$$),
  ($$CREATE('x', T, T + '1 h', 'a@example.com', organizer_email => 'zoe')$$), ($$CREATE('x', T, T + '1 h', 'a@example.com', organizer_email => 'A@example.com')$$),
  ($$CREATE('x', T, T + '1 h', 'a@example.com', attendee_time_zone => 'Mars/Olympus')$$), ($$CREATE('x', T, T + '1 h', 'a@example.com', organizer_time_zone => 'Foo+5')$$),
  ($$CREATE(repeat('x', 5000), T, T + '1 h', 'a@example.com')$$),
  ($$CREATE('x', T, T + '1 h', 'a@example.com', account => 'nobody')$$), ($$CREATE('x', T, T + '1 h', 'a@example.com', account => null)$$),
  ($$CREATE('x', T, T + '1 h', 'a@example.com', account => 'off')$$),
  ($$select calcom_update_booking('nowhere', title => 'x')$$), ($$select calcom_update_booking(null, title => 'x')$$), ($$select calcom_update_booking('ours', title => 'x', account => 'other')$$),
  ($$select calcom_update_booking('ours', title => 'x')$$), ($$select calcom_update_booking('ours')$$), ($$select calcom_cancel_booking('ours')$$), ($$select calcom_cancel_booking('nowhere')$$),
  ($$select calcom_cancel_booking('ours', account => null)$$)) v(s);
select n, r.state, r.message, r.detail, r.hint from attempt, refusal(statement) r order by n;
select calcom_create_booking('Last', now() + interval '2 days', now() + interval '2 days 1 hour', 'ana@example.com') as last \gset
select n, r.state, r.message from (values (1, format('select calcom_update_booking(%L)', :'last')), (2, format('select calcom_update_booking(%L, title => %L)', :'last', '')),
  (3, format('select calcom_update_booking(%L, end_time => now())', :'last')), (4, format('select calcom_update_booking(%L, start_time => %L)', :'last', 'infinity')),
  (5, format('select calcom_update_booking(%L, rescheduled_by => %L, title => %L)', :'last', 'me', 'x')), (6, format('select calcom_cancel_booking(%L, cancelled_by => %L)', :'last', 'me'))) a(n, s), refusal(s) r order by n;
select (select count(*) from calcom_events) - events as events, (select count(*) from bookings) - bookings as bookings,
  (select count(*) from calcom_event_digests) - digests as digests from standing;

-- Who may call them: operators, and bodies of their own nobody.
select has_function_privilege('calcom_ingester', 'calcom_create_booking(text,timestamptz,timestamptz,text,text,text,text,text,text,text,text,text,text)', 'execute') as ingester,
  has_function_privilege('calcom_reader', 'calcom_cancel_booking(text,text,text,text)', 'execute') as reader,
  has_function_privilege('calcom_operator', 'calcom_internal.apply_own(text,text)', 'execute') as bodies_of_the_operators_own;

-- The actor is the role. Claims are added to it and never replace it.
create role regress_calcom_web;
create role regress_calcom_forger;
grant usage on schema calcom to regress_calcom_web, regress_calcom_forger;
grant execute on function calcom_update_booking(text, timestamptz, timestamptz, text, text, text, text, text, text) to regress_calcom_web, regress_calcom_forger;
select calcom_trust_claims('regress_calcom_web');
set request.jwt.claims = '{"email":"Zoe@studio.example"}';
set role regress_calcom_web;
select calcom_update_booking(:'last', location => 'Room 3');
set role regress_calcom_forger;
select calcom_update_booking(:'last', location => 'Room 4');
reset role;
reset request.jwt.claims;
select actor, new_values ->> 'location' as location from booking_history where booking_uid = :'last' and action = 'updated' order by id;
drop owned by regress_calcom_web, regress_calcom_forger, regress_calcom_desk;
drop role regress_calcom_web, regress_calcom_forger, regress_calcom_desk;
