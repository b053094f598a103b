-- The log's powers: what failed is replayed, what is wrong is rebuilt, what is old leaves and is still known, what is
-- changed manually is distinguished, and one timeline shows it all.
\set ECHO none
\set subject log
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
create function helper.chain_uid(step text) returns text language sql
as $$ select convert_from(helper.upcoming('BOOKING_' || step || '.json'), 'UTF8')::jsonb -> 'payload' ->> 'uid' $$;
-- Everything that people see of the bookings, updated_at apart.
create function helper.state_of_all() returns text language sql
as $$
  select md5(concat(
    (select string_agg((to_jsonb(b) - 'updated_at')::text, ' ' order by b.account, b.uid) from bookings b),
    (select string_agg(to_jsonb(a)::text, ' ' order by a.account, a.booking_uid, a.email) from booking_attendees a),
    (select string_agg(f.facts, ' ' order by f.account, f.uid) from booking_facts f)))
$$;
\set ECHO all

-- A user's trigger fails: the delivery is stored, dead, and replayed once the trigger is fixed. No mail is sent then.
create function helper.broken() returns trigger language plpgsql as $$ begin raise exception 'disk of the CRM is full'; end $$;
grant usage on schema helper to calcom_owner;
create trigger crm before insert on bookings for each row execute function helper.broken();
select outcome, detail from deliver(upcoming('BOOKING_CREATED-chain1.json'));
select outcome, detail from calcom_replay_dead();
select outcome, reason, settled_at > received_at as tried_again from calcom_events;
drop trigger crm on bookings;
select account, outcome, booking_uid, detail from calcom_replay_dead();
select outcome, detail from calcom_replay_dead();
select status, title from bookings;
select distinct actor from booking_history;
select kind, recipient, state, reason from email_outbox order by recipient;

-- Replaying again changes nothing; with send_mail what is still owed is sent, once.
select state_of_all() as before \gset
select id as event from calcom_events \gset
select outcome, detail from calcom_replay(:'event');
select outcome from calcom_events;
select kind, state from email_outbox order by recipient;
select outcome, detail from calcom_replay(:'event', send_mail => true);
select outcome, detail from calcom_replay(:'event', send_mail => true);
select kind, state, reason from email_outbox order by recipient;
select state_of_all() = :'before' as unchanged;
select (refusal('select calcom_replay(gen_random_uuid())')).* \gx
select (refusal(format('select calcom_replay(%L, ''other'')', :'event'))).state;
select (refusal('select calcom_replay(null)')).state, (refusal('select calcom_replay_dead(max_events => 0)')).state;

-- What stays dead stops no other.
select outcome from deliver('not json');
create trigger crm before insert on bookings for each row when (new.title = 'Bad') execute function helper.broken();
select outcome from deliver(replace(replace(convert_from(upcoming('BOOKING_CREATED-phone-only.json'), 'UTF8'), '"title":"event_between_users"', '"title":"Bad"'), '"title":"Phone', '"title":"Bad'));
select outcome from deliver(upcoming('BOOKING_RESCHEDULED-chain2.json'));
drop trigger crm on bookings;
update calcom_events set outcome = 'dead' where trigger_event = 'BOOKING_RESCHEDULED';
select outcome, detail from calcom_replay_dead('default') order by event_id;
select count(*) from calcom_replay_dead('other');

-- A deferred delivery is news: replayed, it owes its mail.
delete from email_outbox;
update calcom_events set outcome = 'deferred' where trigger_event = 'BOOKING_RESCHEDULED';
delete from bookings where uid = chain_uid('RESCHEDULED-chain2');
select r.outcome from calcom_events e, calcom_replay(e.id) r where e.outcome = 'deferred';
select kind, state from email_outbox order by recipient;
select outcome from calcom_events where outcome = 'deferred';

-- The same row comes back from the log, whatever happened to it; "all" says so before it writes.
select outcome from deliver(upcoming('BOOKING_RESCHEDULED-chain3.json'));
select outcome from deliver(upcoming('BOOKING_CANCELLED-chain4.json'));
select outcome from deliver(upcoming('BOOKING_CREATED-seats1.json'));
select outcome from deliver(upcoming('BOOKING_CREATED-seats2.json'));
select * from calcom_rebuild_all();
select what, column_name from calcom_rebuild(chain_uid('CREATED-chain1'));
select state_of_all() as before, (select count(*) from email_outbox) as mails, (select count(*) from booking_history) as changes \gset
delete from bookings where uid = chain_uid('RESCHEDULED-chain3');
select state_of_all() as damaged \gset
select uid = chain_uid('RESCHEDULED-chain3') as third, what, column_name, stored, rebuilt from calcom_rebuild_all();
select state_of_all() = :'damaged' as nothing_written;
select uid = chain_uid('RESCHEDULED-chain3') as third, what, column_name, stored, rebuilt from calcom_rebuild(chain_uid('CREATED-chain1')) order by 1, 2;
select state_of_all() = :'before' as the_same;
select count(*) - :mails as new_mails from email_outbox;
select action, actor from booking_history where actor = 'rebuild' order by id;

-- Wrong facts (as an old bug of the merge would leave them) are repaired with the columns that they made wrong.
update booking_facts set facts = replace(facts, 'event_between_users', 'Wrong') where uid = chain_uid('CREATED-chain1');
update bookings set title = 'Wrong', location = 'by hand' where uid = chain_uid('CREATED-chain1');
select what, column_name, stored, rebuilt from calcom_rebuild_all();
select what, column_name from calcom_rebuild_all(apply => true);
select what, column_name, stored, rebuilt from calcom_rebuild_all();
select what from calcom_rebuild(chain_uid('CREATED-chain1'), overwrite => true) order by 1;
select state_of_all() = :'before' as the_same;
update booking_facts set facts = replace(facts, 'event_between_users', 'Wrong') where uid = chain_uid('CREATED-chain1');
update bookings set title = title || '!' where uid = chain_uid('CREATED-chain1');
select what, column_name, stored, rebuilt from calcom_rebuild(chain_uid('CANCELLED-chain4')) where what <> 'same';
select state_of_all() = :'before' as the_same;
delete from booking_facts;
select count(*) > 1 as differ from calcom_rebuild_all();
select count(distinct uid) as repaired from calcom_rebuild_all(apply => true, max_chains => 1) where what = 'rebuilt';
select count(distinct uid) > 0 as left_for_later from calcom_rebuild_all() where what = 'differs';
select count(*) > 0 as repaired from calcom_rebuild_all(apply => true);
select state_of_all() = :'before' as the_same;
select count(*) from calcom_rebuild_all();

-- A manual change is distinguished: kept, unless the caller overwrites it. It leaves a row in the log, and the log
-- stays whole; claims are shown beside the role.
create role regress_calcom_desk;
grant usage on schema calcom to regress_calcom_desk;
grant select, update on bookings, booking_attendees to regress_calcom_desk;
create policy desk on bookings to regress_calcom_desk using (true);
create policy desk on booking_attendees to regress_calcom_desk using (true);
set role regress_calcom_desk;
set request.jwt.claims = '{"sub": "user-17", "email": "desk@studio.example"}';
update bookings set title = 'Renamed', description = null where status = 'cancelled';
set request.jwt.claims = 'no json';
update booking_attendees set name = 'Guest' where email = 'guest.one@example.com' and booking_uid = (select uid from bookings where status = 'cancelled');
reset request.jwt.claims;
reset role;
select source, trigger_event, outcome, reason, booking_uid = chain_uid('CANCELLED-chain4') as that_one, body
  from calcom_events where source = 'manual' and body like '%regress_calcom_desk%' order by id \gx
select actor, action from booking_history where actor like 'role regress%' order by id;
select what, column_name, stored, rebuilt from calcom_rebuild_all();
select what, column_name from calcom_rebuild(chain_uid('CREATED-chain1')) order by 1, 2;
select title from bookings where status = 'cancelled';
select what, column_name from calcom_rebuild_all(apply => true);
select what, column_name from calcom_rebuild(chain_uid('CREATED-chain1'), overwrite => true) order by 1, 2;
select state_of_all() = :'before' as the_same;
select (refusal(format('select calcom_replay(%L)', id))).* from calcom_events where source = 'manual' order by id limit 1 \gx

-- A booking inserted by hand: reported, never removed, and an event about it is merged into it.
insert into bookings (account, uid, status, root_uid, title) values ('default', 'by-hand', 'accepted', 'by-hand', 'Walk-in');
select * from calcom_rebuild('by-hand', overwrite => true);
select outcome from deliver('{"triggerEvent":"BOOKING_CREATED","createdAt":"2026-01-01T00:00:00Z","payload":{"uid":"by-hand","status":"ACCEPTED","startTime":"2096-01-01T10:00:00Z","attendees":[{"email":"ada@example.com"}]}}');
select status, title, start_time from bookings where uid = 'by-hand';
select what, column_name, stored, rebuilt from calcom_rebuild('by-hand');
select what, column_name, stored, rebuilt from calcom_rebuild('by-hand', overwrite => true);

-- An incomplete log is refused, for its own chain only; nothing is written.
select state_of_all() as before \gset
create table lost as select * from calcom_events where trigger_event = 'BOOKING_CREATED' and booking_uid = chain_uid('CREATED-chain1');
delete from calcom_events where id in (select id from lost);
select (refusal(format('select calcom_rebuild(%L)', chain_uid('CANCELLED-chain4')))).* \gx
select uid = chain_uid('CREATED-chain1') or uid = chain_uid('RESCHEDULED-chain2') or uid = chain_uid('RESCHEDULED-chain3') as chain,
       what, rebuilt like 'Booking % rests on an event that is not in the log.' as why from calcom_rebuild_all(apply => true);
insert into calcom_events select * from lost;
update calcom_events set body = null where id in (select id from lost);
select state, message from refusal(format('select calcom_rebuild(%L)', chain_uid('CANCELLED-chain4')));
select state, message from refusal(format('select calcom_replay(%L)', (select id from lost)));
update calcom_events e set body = l.body, outcome = 'deferred' from lost l where e.id = l.id;
select state, message, hint from refusal(format('select calcom_rebuild(%L)', chain_uid('CANCELLED-chain4')));
update calcom_events e set outcome = 'applied' from lost l where e.id = l.id;
select count(*) from calcom_rebuild_all();
select state_of_all() = :'before' as the_same;
select (refusal('select calcom_rebuild(''unknown'')')).* \gx
select (refusal(format('select calcom_rebuild(%L, ''other'')', chain_uid('CANCELLED-chain4')))).state;

-- One time line for the whole chain, the same whichever of its bookings is asked for.
update email_outbox set state = 'skipped', reason = 'booking was cancelled', settled_at = '2096-01-01 00:00:00Z' where kind = 'rescheduled' and recipient like 'guest%';
select chain_uid('CREATED-chain1') as first \gset
set role calcom_reader;
select what, bool_and(detail ~ ' \(by ' or detail ~ ': ') as readable from calcom.calcom_trace(:'first') group by what order by what;
select calcom.calcom_replay(gen_random_uuid());
select calcom.calcom_purge();
reset role;
select what, detail from calcom_trace(chain_uid('CANCELLED-chain4')) where what = 'event';
select distinct detail from calcom_trace(chain_uid('CANCELLED-chain4')) where what = 'mail' order by 1;
select detail from calcom_trace(chain_uid('CANCELLED-chain4')) where what = 'change' and detail !~ '^attendee' and detail !~ 'by r';
select count(*) = 0 as the_same from (select * from calcom_trace(chain_uid('CANCELLED-chain4')) except select * from calcom_trace(chain_uid('CREATED-chain1'))) x;
select count(*) from calcom_trace('unknown');

-- A purge keeps what old events said: rebuild starts there, later and late events join it, repeats are recognised.
select state_of_all() as before \gset
select (refusal('select calcom_purge(''-1 day'')')).state, (refusal('select calcom_purge(max_events => 0)')).state, (refusal('select calcom_purge(null)')).state;
select * from calcom_purge();
select removed, checkpoints from calcom_purge('0', max_events => 2);
select count(*) from calcom_rebuild_all();
select removed > 5 as many, checkpoints > 2 as several, remaining from calcom_purge('0', 'default');
select trigger_event, outcome from calcom_events order by id;
select * from calcom_rebuild_all();
delete from bookings;
delete from email_outbox;
select count(*) > 3 as many from calcom_rebuild_all(apply => true);
select state_of_all() = :'before' as the_same;
select state, reason, count(*) > 2 as some, count(event_id) as events from email_outbox group by 1, 2;
select outcome, detail from deliver(upcoming('BOOKING_CREATED-chain1.json'));
select outcome from deliver(upcoming('BOOKING_CREATED-seats3.json'));
select outcome, booking_uid = chain_uid('CREATED-chain1') as late from deliver(
  replace(convert_from(upcoming('BOOKING_CREATED-chain1.json'), 'UTF8'), '"createdAt":"2026-11', '"createdAt":"2026-10'));
select * from calcom_rebuild_all();
select state_of_all() as before \gset
delete from bookings;
select count(*) > 3 as many from calcom_rebuild_all(apply => true);
select state_of_all() = :'before' as the_same;
-- What came after the checkpoint may not be missing.
delete from calcom_events where trigger_event = 'BOOKING_CREATED' and source = 'webhook' and booking_uid = chain_uid('CREATED-seats3');
select state from refusal(format('select calcom_rebuild(%L)', chain_uid('CREATED-seats3')));
drop owned by regress_calcom_desk;
drop role regress_calcom_desk;
