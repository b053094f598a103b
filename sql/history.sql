-- booking_history is an audit trail: no change escapes it, and nobody rewrites it, its owner neither.
\set ECHO none
\set subject history
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
select outcome from deliver(upcoming('BOOKING_CREATED-chain1.json'));

-- Append-only, to the superuser and to the owner.
select (refusal('update booking_history set actor = ''nobody''')).* \gx
select state from refusal('delete from booking_history');
select state from refusal('truncate booking_history');
grant usage on schema helper to calcom_owner;
set role calcom_owner;
select state from helper.refusal('update calcom.booking_history set actor = ''nobody''');
select state from helper.refusal('delete from calcom.booking_history');
select state from helper.refusal('truncate calcom.booking_history');
reset role;
select count(*) from booking_history;

-- A change by hand leaves a row that says who, what it was and what it is; times are UTC whatever the session says.
create role regress_calcom_clerk;
grant usage on schema calcom to regress_calcom_clerk;
grant select, update, insert, delete on bookings, booking_attendees to regress_calcom_clerk;
create policy clerk on bookings to regress_calcom_clerk using (true);
create policy clerk on booking_attendees to regress_calcom_clerk using (true);
set role regress_calcom_clerk;
set timezone = 'Asia/Kolkata';
set datestyle = 'German';
update bookings set title = 'Renamed', start_time = start_time + interval '1 hour';
update bookings set title = title;
update booking_attendees set name = 'Guest', no_show = true where email = 'guest.one@example.com';
update booking_attendees set removed_at = '2096-01-01 00:00:00Z' where email = 'guest.one@example.com';
update booking_attendees set removed_at = null where email = 'guest.one@example.com';
delete from booking_attendees where email = 'guest.one@example.com';
select 1 from booking_history;
reset role;
set timezone = 'UTC';
set datestyle = 'ISO';
select action, actor, event_id is null as by_hand, old_values, new_values from booking_history
 where actor <> 'webhook' and action not in ('attendee_deleted') order by id;
select action, old_values ->> 'email' as who, new_values from booking_history where action = 'attendee_deleted';
-- He could change bookings but never write or read their history.
set role regress_calcom_clerk;
insert into booking_history (account, id, booking_uid, action, actor) values ('default', gen_random_uuid(), 'x', 'forged', 'webhook');
reset role;

-- A column that a user added is in the history like any other.
alter table bookings add column room text, add column desks int[];
update bookings set room = 'Blue', desks = '{1,2}';
select old_values, new_values from booking_history order by id desc limit 1;
select outcome from deliver(upcoming('BOOKING_LOCATION_UPDATED-synth.json'));
select room from bookings;

-- Without a column of ours no delivery is lost: deferred until it is back.
alter table bookings drop column hide_organizer_email;
select outcome, detail from deliver(upcoming('BOOKING_RESCHEDULED-chain2.json'));
select calcom_merge_deferred() as waiting;
alter table bookings add column hide_organizer_email boolean;
select calcom_merge_deferred() as waiting;
select uid, status, room from bookings order by start_time;

-- A booking deleted by hand takes its attendees along, and the history of both stays.
delete from bookings;
select action, count(*) from booking_history where new_values is null group by action order by action;
select count(*) from booking_attendees;

-- A trigger function cannot be called.
select (refusal('select calcom_internal.history_is_append_only()')).state;
drop owned by regress_calcom_clerk;
drop role regress_calcom_clerk;
