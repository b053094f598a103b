-- Who sees what: analysts everything but bodies, the proxy nothing, hosts and attendees their own.
\set ECHO none
\set subject row_policies
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
select outcome from deliver(upcoming('BOOKING_CREATED-chain1.json'));
select outcome from deliver(upcoming('BOOKING_CREATED-seats1.json'));
select outcome from deliver(upcoming('BOOKING_CREATED-seats2.json'));
select outcome from deliver(upcoming('BOOKING_CANCELLED-seats4-one-seat.json'));
select outcome from deliver('{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"elsewhere","status":"ACCEPTED","startTime":"2096-01-01T10:00:00Z",
  "organizer":{"email":"Other@Example.com"},"attendees":[{"email":"ana@example.com"}],"metadata":{"email":"zoe@studio.example","organizer_email":"zoe@studio.example"}}}');

-- What each role may do, over everything of ours; prints what is allowed.
create role regress_calcom_nobody;
create role regress_calcom_analyst in role calcom_reader;
create role regress_calcom_proxy in role calcom_ingester;
create role regress_calcom_operator in role calcom_operator;
create role regress_calcom_visitor;
create role regress_calcom_stranger;
grant usage on schema helper to public;
create view relation as
  select c.oid, c.relname from pg_class c where c.relnamespace = 'calcom'::regnamespace and c.relkind in ('r', 'v', 'p');
create view right_of as
  select r.role::text, c.relname, string_agg(p.privilege, ',' order by p.privilege) as privileges
    from relation c, (values ('regress_calcom_nobody'), ('regress_calcom_analyst'), ('regress_calcom_proxy'), ('regress_calcom_operator')) as r(role),
         (values ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'), ('REFERENCES'), ('TRIGGER')) as p(privilege)
   where has_table_privilege(r.role, c.oid, p.privilege)
   group by r.role, c.relname;
select * from right_of order by role, relname;
select r.role, a.attrelid::regclass as relation, string_agg(a.attname, ' ' order by a.attname) as hidden
  from pg_attribute a join relation c on c.oid = a.attrelid, (values ('regress_calcom_analyst'), ('regress_calcom_operator')) as r(role)
 where a.attnum > 0 and not a.attisdropped and has_any_column_privilege(r.role, a.attrelid, 'SELECT')
   and not has_column_privilege(r.role, a.attrelid, a.attnum, 'SELECT')
 group by r.role, a.attrelid order by 1, 2::text;
select r.role, p.oid::regprocedure as may_call
  from pg_proc p, (values ('regress_calcom_nobody'), ('regress_calcom_analyst'), ('regress_calcom_proxy'), ('regress_calcom_operator')) as r(role)
 where p.pronamespace = 'calcom'::regnamespace and has_function_privilege(r.role, p.oid, 'EXECUTE')
 order by r.role, p.oid::regprocedure::text;

-- The analyst sees every row, no body and no secret.
set role regress_calcom_analyst;
select count(*) from bookings;
select count(*) from booking_attendees;
select count(*) > 0 as some from booking_history;
select count(*) > 0 as some from email_outbox where subject is null;
select outcome, count(*) from calcom_events group by outcome;
select body from calcom_events;
select request from email_outbox;
select facts from booking_facts;
select digest from calcom_event_digests;
select calcom_event_body(id) from calcom_events;
update bookings set title = 'mine';
reset role;

-- The proxy delivers and sees nothing, not even what it delivered.
\set body '{"triggerEvent":"PING","from":"the proxy"}'
select calcom_sign(:'body'::text, 'whsec_test') as signature \gset
set role regress_calcom_proxy;
select outcome from calcom_ingest(:'body'::text, :'signature');
select count(*) from bookings;
select count(*) from calcom_events;
select calcom_sign('x'::text, 'y');
select calcom_set_secret('default', 'webhook', 'x');
reset role;

-- A role whose claims are trusted sees, by the verified e-mail address, what it organizes and what it attends.
select calcom_trust_claims('regress_calcom_visitor');
select calcom_trust_claims('regress_calcom_visitor');
grant usage on schema calcom to regress_calcom_stranger;
grant select on bookings, booking_attendees to regress_calcom_stranger;
create function visible(out role text, out bookings text, out attendees text) language plpgsql security invoker as $$
begin
  role := current_user;
  select string_agg(left(uid, 9), ' ' order by uid) into bookings from calcom.bookings;
  select string_agg(left(booking_uid, 4) || ':' || email, ' ' order by booking_uid, email) into attendees from calcom.booking_attendees;
end $$;
set role regress_calcom_visitor;
select * from visible();
set request.jwt.claims = '{"email":"zoe@studio.example"}';
select * from visible();
set request.jwt.claims = '{"email":"ANA@example.com"}';
select * from visible();
-- His seat is cancelled: the row about himself stays visible, the booking does not.
set request.jwt.claims = '{"email":"bob@example.com"}';
select * from visible();
set request.jwt.claims = '{"email":"other@example.com"}';
select * from visible();
set request.jwt.claims = '{"email":"%"}';
select * from visible();
set request.jwt.claims = '{"email":""}';
select * from visible();
set request.jwt.claims = '{"email":null}';
select * from visible();
set request.jwt.claims = '{"sub":"zoe@studio.example"}';
select * from visible();
set request.jwt.claims = '';
select * from visible();
-- Neither history nor log nor mail, and nothing to write.
select count(*) from booking_history;
select count(*) from calcom_events;
select count(*) from email_outbox;
update bookings set title = 'mine';
-- A role that is not trusted sees nothing, whatever it claims, even with the right to select.
set role regress_calcom_stranger;
set request.jwt.claims = '{"email":"zoe@studio.example"}';
select * from visible();
reset role;

-- Secrets are readable by nobody, with any combination of these roles.
create role regress_calcom_everything in role calcom_reader, calcom_operator, calcom_ingester, regress_calcom_visitor;
set role regress_calcom_everything;
select * from calcom_secrets;
select * from calcom_environments;
reset role;
drop owned by regress_calcom_visitor, regress_calcom_stranger;
drop role regress_calcom_everything, regress_calcom_stranger, regress_calcom_visitor, regress_calcom_operator, regress_calcom_proxy,
  regress_calcom_analyst, regress_calcom_nobody;
