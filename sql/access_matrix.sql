-- Who may do what: every table, view and function for every kind of role, found by asking the catalogs and by really
-- looking, and compared with the matrix in docs/access.md. On a difference: see to it that it is meant, then run
-- test/tools/write_access_matrix.pl on results/access_matrix.out.
\set ECHO none
\set subject access_matrix
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
-- Two accounts with equal bookings; in each a booking of seats and one with a guest. Zoe is the host of all.
\o /dev/null
select calcom_account_add('other');
select calcom_set_secret('other', 'webhook', 'whsec_test');
select deliver(upcoming(name), account) from unnest(array['default', 'other']) account,
  unnest(array['BOOKING_CREATED-chain1.json', 'BOOKING_CREATED-seats1.json', 'BOOKING_CREATED-seats2.json']) name;
insert into email_suppressions (account, email, reason) values ('default', 'x@example.com', 'manual'), ('other', 'x@example.com', 'manual');
insert into calcom_environments (account, system_identifier, database_oid, node) values ('default', '1', 1, 'n'), ('other', '1', 1, 'n');
insert into calcom_secrets (account, kind, value) values ('default', 'resend_api_key', 're_x');
create role regress_calcom_public;
create role regress_calcom_ingester in role calcom_ingester;
create role regress_calcom_reader in role calcom_reader;
create role regress_calcom_operator in role calcom_operator;
create role regress_calcom_owner in role calcom_owner;
create role regress_calcom_visitor;
create role regress_calcom_customer;
select calcom_trust_claims('regress_calcom_visitor');
select calcom_grant_account('regress_calcom_customer', 'other');
grant usage on schema helper to public;
\o
create table part (n int, name text, role text, claims text);
insert into part values (1, 'public', 'regress_calcom_public', '{"email":"zoe@studio.example"}'), (2, 'ingester', 'regress_calcom_ingester', '{"email":"zoe@studio.example"}'),
  (3, 'reader', 'regress_calcom_reader', ''), (4, 'operator', 'regress_calcom_operator', ''), (5, 'owner', 'regress_calcom_owner', ''),
  (6, 'host', 'regress_calcom_visitor', '{"email":"zoe@studio.example"}'), (7, 'attendee', 'regress_calcom_visitor', '{"email":"bob@example.com"}'),
  (8, 'no claim', 'regress_calcom_visitor', ''), (9, 'one account', 'regress_calcom_customer', '{"email":"zoe@studio.example"}');
create table relation as
  select c.oid, c.relname::text as name, c.relname = any('{calcom_meta,calcom_worker_epochs}') or not exists
           (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'account') as of_no_account,
         (select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum = 1) as first_column
    from pg_class c where c.relnamespace = 'calcom'::regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f');
grant select on part, relation to public;

-- Letters of what is granted; r in small where it is on some columns only.
create function helper.granted(role text, relation oid) returns text language sql as $$
  select coalesce(case when has_table_privilege(role, relation, 'select') then 'R' when has_any_column_privilege(role, relation, 'select') then 'r' end, '')
    || coalesce(string_agg(p.letter, '' order by p.n), '')
    from (values (1, 'insert', 'I'), (2, 'update', 'U'), (3, 'delete', 'D'), (4, 'truncate', 'T')) p(n, privilege, letter)
   where has_table_privilege(role, relation, p.privilege) $$;
-- Really looked: rows of account default, a plus, rows of the other.
create function helper.seen(relation text, first_column name, of_no_account boolean) returns text language plpgsql as $$
declare
  counted text;
begin
  if of_no_account then
    execute format('select count(%I)::text from calcom.%I', first_column, relation) into counted;
  else
    execute format('select count(*) filter (where account = ''default'') || ''+'' || count(*) filter (where account = ''other'') from calcom.%I', relation) into counted;
  end if;
  return counted;
exception when insufficient_privilege then
  return null;
end $$;
create table look (n int, relation text, seen text);
grant insert on look to public;
do $$
declare
  one record;
begin
  for one in select * from part order by n loop
    perform set_config('request.jwt.claims', one.claims, true);
    execute format('set local role %I', one.role);
    insert into helper.look select one.n, r.name, helper.seen(r.name, r.first_column, r.of_no_account) from helper.relation r;
    reset role;
  end loop;
end $$;

create table matrix (section int, line text);
insert into matrix
  select 1, format('| `%s` | %s |', r.name, string_agg(coalesce(nullif(concat_ws(' ', nullif(granted(p.role, r.oid), ''),
             case when l.seen is not null then l.seen when granted(p.role, r.oid) <> '' then '(refused)' end), ''), '·'), ' | ' order by p.n))
    from relation r cross join part p join look l on l.n = p.n and l.relation = r.name group by r.name;
insert into matrix
  select 2, format('| `%s` | %s |', regexp_replace(f.oid::regprocedure::text, 'timestamp with time zone', 'timestamptz', 'g'),
                   string_agg(case when has_function_privilege(p.role, f.oid, 'execute') then 'x' else '·' end, ' | ' order by p.n))
    from pg_proc f cross join part p where f.pronamespace = 'calcom'::regnamespace group by f.oid;
\pset format unaligned
\pset tuples_only on
select '| relation | ' || string_agg(name, ' | ' order by n) || ' |' from part;
select line from matrix where section = 1 order by line collate "C";
select '| function | ' || string_agg(name, ' | ' order by n) || ' |' from part;
select line from matrix where section = 2 order by line collate "C";

-- The same as documented: prints nothing.
\set document :abs_srcdir '/docs/access.md'
create table documented as
  select line from regexp_split_to_table(pg_read_file(:'document'), '\n') line where line ~ '^[|] `.*[|]$' and array_length(string_to_array(line, ' | '), 1) > 9;
select 'not documented: ' || line from (select line from matrix except select line from documented) d order by line collate "C";
select 'documented, not so: ' || line from (select line from documented except select line from matrix) d order by line collate "C";
\pset tuples_only off
\pset format aligned
\set ECHO all

-- Attendees of one booking of seats do not learn of each other: neither from the booking nor from the list.
create function visible(out booking text, out booker text, out people text) language plpgsql as $$
begin
  select string_agg(left(title, 20), ', ' order by title), string_agg(attendee_email, ', ' order by attendee_email) into booking, booker
    from calcom.bookings where account = 'other';
  select string_agg(email, ', ' order by email) into people from calcom.booking_attendees where account = 'other';
end $$;
set role regress_calcom_visitor;
set request.jwt.claims = '{"email":"bob@example.com"}';
select * from visible();
select calcom_booking(uid, account) -> 'attendees' ->> 0 is not null as himself, jsonb_array_length(calcom_booking(uid, account) -> 'attendees') as people from bookings where account = 'other';
set request.jwt.claims = '{"email":"guest.one@example.com"}';
select * from visible();
set request.jwt.claims = '{"email":"zoe@studio.example"}';
select * from visible();
select count(*) from upcoming_bookings;
reset role;
reset request.jwt.claims;

-- SELECT * works for readers, and shows no body and no frozen request.
set role regress_calcom_reader;
select outcome, trigger_event from calcom_deliveries where account = 'other' order by 2;
select kind, recipient from calcom_mails where account = 'other' order by 2;
select account, day, event_type_slug, bookings, accepted from bookings_by_day order by 1, 2, 3;
reset role;
select calcom_day('2096-03-03 20:00Z', 'Asia/Kolkata') as kolkata, calcom_day('2096-03-03 20:00Z', 'junk') as junk, calcom_day('2096-03-03 20:00Z', null) as unknown,
  calcom_day('1969-12-31 23:59:59.5Z', 'UTC') as before_1970, calcom_day('infinity', 'UTC') as never;

-- One account: what is granted is seen, the rest is not, and it ends when it is revoked.
select calcom_grant_account('regress_calcom_customer', 'default');
set role regress_calcom_customer;
select account, count(*) from bookings group by 1 order by 1;
select distinct account from calcom_account_readers order by 1;
reset role;
select calcom_revoke_account('regress_calcom_customer', 'other');
alter role regress_calcom_customer rename to regress_calcom_renamed;
create role regress_calcom_customer;
grant usage on schema calcom to regress_calcom_customer;
set role regress_calcom_customer;
select count(*) from bookings;
set role regress_calcom_renamed;
select account, count(*) from booking_history group by 1 order by 1;
reset role;
select calcom_revoke_account('regress_calcom_renamed', 'default');
select has_schema_privilege('regress_calcom_renamed', 'calcom', 'usage') as schema, count(*) filter (where has_any_column_privilege('regress_calcom_renamed', oid, 'select')) as relations,
  (select count(*) from pg_proc where pronamespace = 'calcom'::regnamespace and has_function_privilege('regress_calcom_renamed', oid, 'execute')) as functions,
  (select count(*) from pg_policy where polroles && array['regress_calcom_renamed'::regrole::oid]) as policies from relation;

-- Refused: roles that rows cannot be kept from, what is not there, both ways at once.
create role regress_calcom_super superuser;
create role regress_calcom_bypass bypassrls;
create role regress_calcom_copies replication;
create role regress_calcom_member in role regress_calcom_reader;
create role regress_calcom_plain;
create function way(role text) returns table (what text, state text, message text, detail text) language sql as $$
  select w, r.state, r.message, r.detail from unnest(array[format('calcom_trust_claims(%L)', role), format('calcom_grant_account(%L, ''default'')', role)]) w, refusal('select ' || w) r $$;
select w.* from unnest(array['regress_calcom_super', 'regress_calcom_bypass', 'regress_calcom_copies', 'regress_calcom_member', 'regress_calcom_owner', 'calcom_reader', 'calcom_owner']) with ordinality r(role, n), way(role) w order by n, what;
select r.* from unnest(array['select calcom_trust_claims(null)', $$select calcom_grant_account('regress_calcom_plain', 'nobody')$$, $$select calcom_grant_account('regress_calcom_visitor', 'default')$$,
  $$select calcom_distrust_claims('regress_calcom_plain')$$, $$select calcom_distrust_claims(null)$$, $$select calcom_revoke_account('regress_calcom_plain', 'default')$$]) with ordinality a(s, n), refusal(s) r order by n;
select calcom_grant_account('regress_calcom_plain', 'default');
select state, message from refusal($$select calcom_trust_claims('regress_calcom_plain')$$);
set role regress_calcom_operator;
select (refusal($$select calcom.calcom_trust_claims('regress_calcom_public')$$)).state;
reset role;

-- Taken back: nothing is left of it, and it can be given again.
select calcom_distrust_claims('regress_calcom_visitor');
select has_schema_privilege('regress_calcom_visitor', 'calcom', 'usage') as schema, count(*) filter (where has_any_column_privilege('regress_calcom_visitor', oid, 'select')) as relations,
  (select count(*) from pg_policy where polroles && array['regress_calcom_visitor'::regrole::oid]) as policies from relation;
select calcom_trust_claims('regress_calcom_visitor');
select calcom_distrust_claims('regress_calcom_visitor');
drop owned by regress_calcom_plain, regress_calcom_customer;
drop role regress_calcom_super, regress_calcom_bypass, regress_calcom_copies, regress_calcom_member, regress_calcom_plain, regress_calcom_customer,
  regress_calcom_renamed, regress_calcom_visitor, regress_calcom_owner, regress_calcom_operator, regress_calcom_reader, regress_calcom_ingester, regress_calcom_public;
