-- calcom_ingest_batch: many deliveries in one transaction, each with the outcome it would have had alone.
\set ECHO none
\set subject batch
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
select calcom_account_add('studio');
select calcom_set_secret('studio', 'webhook', 'whsec_test');
select calcom_account_add('unsigned');

-- A batch of all kinds of deliveries: one row for each item, in order; refused items do not affect others.
create table item (n int, label text, body bytea, signature text, account text);
insert into item (n, label, body, account) values
  (1, 'cancelled before it was booked', upcoming('BOOKING_CANCELLED-chain4.json'), 'default'),
  (2, 'a ping', fixture('PING.json'), 'default'),
  (3, 'moved', upcoming('BOOKING_RESCHEDULED-chain3.json'), 'default'),
  (4, 'forged', upcoming('BOOKING_CREATED-meeting1.json'), 'default'),
  (5, 'moved', upcoming('BOOKING_RESCHEDULED-chain2.json'), 'default'),
  (6, 'another account', upcoming('BOOKING_CREATED-chain1.json'), 'studio'),
  (7, 'booked', upcoming('BOOKING_CREATED-chain1.json'), 'default'),
  (8, 'the same in one batch', upcoming('BOOKING_CREATED-chain1.json'), 'default'),
  (9, 'a template', fixture('TEMPLATE-docs-example.json'), 'default'),
  (10, 'nobody''s', fixture('PING.json'), 'nobody'),
  (11, 'no secret', fixture('PING.json'), 'unsigned'),
  (12, 'no body', null, 'default'),
  (13, 'too large', convert_to(repeat('x', 2000000), 'UTF8'), 'default'),
  (14, 'not signed', fixture('RECORDING_READY.json'), 'default'),
  (15, 'account left out', fixture('PING-no-secret.json'), null);
update item set signature = case n when 4 then repeat('0', 64) when 14 then 'no-secret-provided' else calcom_sign(body, 'whsec_test') end;
create function deliver_all(text) returns table (item int, outcome text, booking_uid text, detail text, sqlstate text, event_id uuid) language sql as $$
  select r.item, r.outcome, r.booking_uid, r.detail, r.sqlstate, r.event_id
    from (select array_agg(body order by n) as bodies, array_agg(signature order by n) as signatures,
                 array_agg(case when $1 = 'as given' or account is null then account else $1 end order by n) as accounts from item) i,
         calcom_ingest_batch(bodies, signatures, accounts) r
$$;
create table receipt as select * from deliver_all('as given');
select item, label, outcome, booking_uid, detail, sqlstate from receipt join item on n = item order by item;
select label as receipt_without_event from receipt join item on n = item where (event_id is null) <> (outcome = 'refused');
select uid, status from bookings where account = 'default' order by start_time;
select count(*) as events from calcom_events;

-- One at a time gives the same rows and the same outcomes.
select calcom_account_add('alone');
select calcom_set_secret('alone', 'webhook', 'whsec_test');
create table alone as
  select n, r.* from item, lateral deliver(body, 'alone') r where n in (1, 2, 3, 5, 7, 8, 9) order by n;
select label, a.outcome, r.outcome as in_batch from alone a join item using (n) join receipt r on r.item = n where a.outcome <> r.outcome order by n;
create function people_see(wanted text) returns setof jsonb language sql as $$
  select to_jsonb(b) - 'account' - 'updated_at' from bookings b where account = wanted
  union all select to_jsonb(a) - 'account' from booking_attendees a where account = wanted
  union all select to_jsonb(f) - 'account' from booking_facts f where account = wanted
$$;
select * from people_see('default') except select * from people_see('alone');
select * from people_see('alone') except select * from people_see('default');

-- Again: all known.
select outcome, sqlstate, count(*) from deliver_all('as given') group by 1, 2 order by 1, 2;

-- One that a user's trigger refuses is dead by itself; the others are merged.
create function refuse_seats() returns trigger language plpgsql as $$
begin if new.uid = '8V1BBzR6JSpDgJbo8NoKNg' then raise exception 'no seats today'; end if; return new; end $$;
create trigger users_own before insert on bookings for each row execute function refuse_seats();
truncate item;
insert into item (n, label, body, account) values (1, 'before', upcoming('BOOKING_CREATED-confirm2.json'), 'default'),
  (2, 'refused', upcoming('BOOKING_CREATED-seats1.json'), 'default'), (3, 'after', upcoming('BOOKING_CREATED-overlap-a.json'), 'default');
update item set signature = calcom_sign(body, 'whsec_test');
select label, outcome, booking_uid, detail, sqlstate from deliver_all('as given') r join item on n = r.item order by n;
select booking_uid, recipient from email_outbox where booking_uid in ('jXpmEZ4U6PxQeaL2FeTB7E', '8V1BBzR6JSpDgJbo8NoKNg', 'heUsxW2hvbB3gZzGdBXqff') order by 1;
drop trigger users_own on bookings;

-- An account whose secret cannot be read refuses its own deliveries only.
update calcom_secrets set value = 'file:gone' where account = 'studio';
truncate item;
insert into item (n, label, body, account) values (1, 'readable', upcoming('BOOKING_CREATED-recurring1.json'), 'default'),
  (2, 'unreadable', upcoming('BOOKING_CREATED-recurring1.json'), 'studio');
update item set signature = calcom_sign(body, 'whsec_test');
select label, outcome, detail, sqlstate from deliver_all('as given') r join item on n = r.item order by n;

-- Invalid calls.
select (refusal('select calcom_ingest_batch(null, null, null)')).*;
select (refusal('select calcom_ingest_batch(array[]::bytea[], array[''x''], array[]::text[])')).*;
select (refusal('select calcom_ingest_batch(array_fill(''x''::bytea, array[65]), array_fill(''x''::text, array[65]), array_fill(''x''::text, array[65]))')).*;
select count(*) as nothing from calcom_ingest_batch('{}', '{}', '{}');
