-- calcom_webhook(), resend_webhook() and calcom_expose_webhook(): deliveries as PostgREST makes them. Over real HTTP:
-- test/tap/070_webhook_sql.pl.
\set ECHO none
\set subject webhook
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
create role regress_authenticator noinherit;
create role regress_anon;
grant regress_anon to regress_authenticator;
grant usage on schema helper to regress_anon;
create schema api;
-- A request to /rpc/<call>: PostgREST's settings, the call, and the answer it would make of it.
create function helper.request(call text, body text, headers text, out status text, out answer text, out response_headers text)
language plpgsql as $$
begin
  perform set_config('request.method', 'POST', true), set_config('request.headers', headers, true),
          set_config('response.status', '', true), set_config('response.headers', '', true);
  execute format('select %s($1::json)', call) into answer using body;
  status := coalesce(nullif(current_setting('response.status', true), ''), '200');
  response_headers := nullif(current_setting('response.headers', true), '');
  answer := regexp_replace(answer, '[0-9a-f]{8}-[0-9a-f-]{27}', 'ID');
end $$;
create function helper.signed(body text, secret text default 'whsec_test') returns text language sql
as $$ select json_build_object('content-type', 'application/json', 'x-cal-signature-256', calcom_sign(body, secret)) $$;
create view stored as select id, account, trigger_event, outcome, calcom_event_body(id, account) as bytes from calcom_events;
-- Headers as a client of the network sends them; made here because only the operator may sign.
create table headers_of (name text primary key, body text, headers text);
insert into headers_of (name, body) values
  ('ping', '{"triggerEvent":"PING","createdAt":"2026-11-22T09:00:00.000Z","payload":{}}'),
  ('booking', convert_from(upcoming('BOOKING_CREATED-chain1.json'), 'UTF8')),
  ('exact', E' {"triggerEvent" :  "PING","a":1,"a":1.50e0,"z":"\\u0000 \\ud800 é \U0001F600", "payload":{} }\r\n'),
  ('unsigned', convert_from(fixture('MEETING_ENDED-meeting2.json'), 'UTF8')),
  ('large', '{"triggerEvent":"PING","payload":{"x":"' || repeat('x', 5000) || '"}}');
update headers_of set headers = signed(body);
grant select on headers_of to regress_anon;

-- Before anything is exposed nobody may call.
select p.oid::regprocedure, coalesce(a.grantee::regrole::text, 'public') as grantee from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
 where p.proname in ('calcom_webhook', 'resend_webhook', 'calcom_expose_webhook', 'calcom_hide_webhook', 'answer_webhook') and a.grantee <> p.proowner order by 1, 2;
set session authorization regress_authenticator;
set role regress_anon;
select * from helper.request('calcom.calcom_webhook', '{}', '{}');
reset session authorization;

-- Exposed in another schema, to a role that must reach it.
select (refusal($$select calcom_expose_webhook(schema => 'api', role => 'regress_anon')$$)).* \gx
grant usage on schema api to regress_anon;
select calcom_expose_webhook(schema => 'api', role => 'regress_anon');
select calcom_expose_webhook(schema => 'api', role => 'regress_anon');
select calcom_expose_webhook(schema => 'api', role => 'regress_anon', provider => 'resend');
select p.oid::regprocedure as function, p.proowner::regrole, p.prosecdef, p.proconfig, p.provolatile, array(select grantee::regrole from aclexplode(p.proacl) order by 1) as callers,
       obj_description(p.oid, 'pg_proc') from pg_proc p where p.pronamespace = 'api'::regnamespace order by 1 \gx

-- As PostgREST: the login is authenticator, the role anon, which has no other right.
set session authorization regress_authenticator;
begin;
set local role regress_anon;
select r.* from helper.headers_of h, helper.request('api.calcom_webhook', h.body, h.headers) r where h.name = 'booking';
select r.* from helper.headers_of h, helper.request('api.calcom_webhook', h.body, h.headers) r where h.name = 'booking';
select r.* from helper.headers_of h, helper.request('api.calcom_webhook', h.body, h.headers) r where h.name = 'ping';
select r.* from helper.headers_of h, helper.request('api.calcom_webhook', h.body, h.headers) r where h.name = 'exact';
commit;
select count(*) from calcom.calcom_events;
select calcom.calcom_ingest('{}'::text, 'x');
reset session authorization;
select uid, status from bookings;
select s.trigger_event, s.outcome, s.bytes = convert_to(h.body, 'UTF8') as exact from stored s left join headers_of h on convert_to(h.body, 'UTF8') = s.bytes order by s.id;

-- Refused: the proxy's statuses, counted, with nothing stored and nothing in the transaction undone.
create table standing as select count(*) as events from calcom_events;
create table attempt (n int primary key, body text, headers text);
insert into attempt
  select 1, body, signed(body, 'another secret') from headers_of where name = 'ping'
  union all select 2, body, '{"x-cal-signature-256":"no-secret-provided"}' from headers_of where name = 'ping'
  union all select 3, body, '{}' from headers_of where name = 'unsigned'
  union all select 4, body, '' from headers_of where name = 'unsigned'
  union all select 5, body || ' ', headers from headers_of where name = 'ping'
  union all select 6, body, upper(headers) from headers_of where name = 'ping'
  union all select 7, 'false', '{"x-cal-signature-256":""}'
  union all select 8, '{}', '{"x-cal-signature-256":["a","b"]}'
  union all select 9, '{}', '{"x-cal-signature-256":null}'
  union all select 10, '{}', '{"x-cal-signature-256":{"a":{}}}';
grant select on attempt to regress_anon;
set calcom.max_body_size = 4096;
set session authorization regress_authenticator;
set role regress_anon;
select n, r.* from helper.attempt, helper.request('api.calcom_webhook', body, headers) r order by n;
select r.* from helper.headers_of h, helper.request('api.calcom_webhook', h.body, h.headers) r where h.name = 'large';
reset session authorization;
reset calcom.max_body_size;
select r ->> 'reason' as reason, r ->> 'count' as count from jsonb_array_elements(calcom_refusals()) r order by 1;
select count(*) - (select events from standing) as stored from calcom_events;

-- What is in request.headers is never trusted to be what PostgREST writes.
create table hostile (n int primary key, headers text);
insert into hostile values (1, '{"x-cal-signature-256":'), (2, '["x-cal-signature-256"]'), (3, 'null'), (4, '"x"'), (5, '{"a":"\u0000"}'),
  (6, repeat('[', 100000)), (7, '{"a":"\ud800"}'), (8, '{"a":1e1000000}'), (9, '17');
select n, r.state, r.message, r.hint from hostile h,
  refusal(format('select request(''api.calcom_webhook'', ''{}'', %L)', h.headers)) r order by n;

-- Body that is no JSON never gets in; neither does none.
select (refusal($$select request('api.calcom_webhook', '{"a":', '{}')$$)).state;
select * from request('api.calcom_webhook', null, '{}');

-- Statuses of an account's condition, and of the server's.
select calcom_account_disable('default');
select r.* from headers_of h, request('api.calcom_webhook', h.body, h.headers) r where h.name = 'ping';
select calcom_account_enable('default');
select calcom_revoke_secret('default', 'webhook', 'all');
select r.* from headers_of h, request('api.calcom_webhook', h.body, h.headers) r where h.name = 'ping';
\o /dev/null
select calcom_set_secret('default', 'webhook', 'whsec_test');
\o
begin;
delete from calcom_accounts;
select r.* from headers_of h, request('api.calcom_webhook', h.body, h.headers) r where h.name = 'ping';
rollback;
begin read only;
select r.* from headers_of h, request('api.calcom_webhook', h.body || ' ', signed(h.body || ' ')) r where h.name = 'ping';
rollback;
begin;
alter table calcom_events rename to renamed;
select r.* from headers_of h, request('api.calcom_webhook', h.body, h.headers) r where h.name = 'ping';
rollback;
begin;
alter table calcom_event_digests rename to renamed;
select r.* from headers_of h, request('api.calcom_webhook', h.body || ' ', signed(h.body || ' ')) r where h.name = 'ping';
rollback;
select state, (calcom_internal.http_answer(state)).* from unnest(array['KC401', 'KC402', 'KC403', 'KC404', 'KC423', 'KC413', 'KC503', '3F000', '42883', '25006', '42501', '08006', '53100', '57014', '40P01',
  '55P03', 'XX001', '23505', 'P0001', '']) state;
select (calcom_internal.http_answer(null)).*;

-- Outside PostgREST there is no status that anybody would look at: raised, with calcom_ingest's SQLSTATEs.
select set_config('request.headers', headers, false) is null as set from headers_of where name = 'ping';
select regexp_replace(calcom_webhook(body::json)::text, '[0-9a-f]{8}-[0-9a-f-]{27}', 'ID') from headers_of where name = 'ping';
select (refusal($$select calcom_webhook('{"forged":1}')$$)).* \gx
reset request.headers;
select (refusal($$select calcom_webhook('{"forged":1}')$$)).* \gx
select (refusal($$select resend_webhook('{"forged":1}')$$)).state;
select (refusal($$select calcom_webhook(null)$$)).*;
begin;
set local request.method = '';
select (refusal($$select calcom_webhook('{"forged":1}')$$)).state;
rollback;

-- Resend's: either name of the three headers.
\set resend_secret whsec_Y2FsZW5kYXJxdWVyeS10ZXN0LXNlY3JldC0zMmJ5dGU=
\o /dev/null
select calcom_set_secret('default', 'resend_webhook', :'resend_secret');
\o
create function helper.resend_headers(id text, body text, prefix text, secret text) returns text language sql as $$
  select json_build_object(prefix || 'id', id, prefix || 'timestamp', t.at, prefix || 'signature', calcom.resend_sign(convert_to(body, 'UTF8'), id, t.at, secret))
    from (select extract(epoch from now())::bigint::text as at) t $$;
\set event '{"type":"email.sent","created_at":"2026-11-22T10:00:00Z","data":{"email_id":"re-1","to":["ada@example.com"]}}'
select * from request('api.resend_webhook', :'event', resend_headers('msg_1', :'event', 'svix-', :'resend_secret'));
select * from request('api.resend_webhook', :'event', resend_headers('msg_1', :'event', 'svix-', :'resend_secret'));
select * from request('api.resend_webhook', :'event', resend_headers('msg_2', :'event', 'webhook-', :'resend_secret'));
select * from request('api.resend_webhook', :'event', resend_headers('msg_3', :'event', 'svix-', 'whsec_bm90IHRoZSBzZWNyZXQ='));
select * from request('api.resend_webhook', :'event', '{"svix-signature":"v1,x","webhook-id":"m","webhook-timestamp":"1","webhook-signature":"v1,x"}');
select * from request('api.resend_webhook', :'event', '{}');

-- Other accounts: a function each, whatever the name needs in quotes.
create schema "We""b API";
grant usage on schema "We""b API" to regress_anon;
select calcom_account_add('Acme-2.b');
select calcom_account_add('o');
\o /dev/null
select calcom_set_secret('Acme-2.b', 'webhook', 'whsec_acme');
\o
select calcom_expose_webhook('Acme-2.b', '"We""b API"', 'regress_anon');
select calcom_expose_webhook('Acme-2.b');
select r.* from headers_of h, request('"We""b API"."calcom_webhook_Acme-2.b"', h.body, signed(h.body, 'whsec_acme')) r where h.name = 'ping';
select r.* from headers_of h, request('"We""b API"."calcom_webhook_Acme-2.b"', h.body, signed(h.body)) r where h.name = 'ping';
select account, trigger_event from stored order by id desc limit 1;
-- An account that is no more is 404 until its function goes, too.
begin;
delete from calcom_accounts where account = 'Acme-2.b';
select r.* from headers_of h, request('"We""b API"."calcom_webhook_Acme-2.b"', h.body, signed(h.body, 'whsec_acme')) r where h.name = 'ping';
select calcom_hide_webhook('Acme-2.b', '"We""b API"');
rollback;

-- In the extension's own schema the function of the default account exists already: only the right is granted and revoked.
select (refusal($$select calcom_expose_webhook(role => 'regress_anon')$$)).state;
grant usage on schema calcom to regress_anon;
select calcom_expose_webhook(role => 'regress_anon');
select has_function_privilege('regress_anon', 'calcom.calcom_webhook(json)', 'execute') as may;
select calcom_hide_webhook();
select calcom_hide_webhook() as again;
select has_function_privilege('regress_anon', 'calcom.calcom_webhook(json)', 'execute') as may, to_regprocedure('calcom.calcom_webhook(json)') is not null as stands;

-- Refused: arguments, schemas in which others may create, functions of others.
create schema open_to_all;
grant create on schema open_to_all to public;
create schema open_to_anon;
grant usage, create on schema open_to_anon to regress_anon;
create schema taken;
create function taken.calcom_webhook(json) returns json language sql as $$ select $1 $$;
create schema overloaded;
create function overloaded.calcom_webhook(jsonb) returns json language sql as $$ select null::json $$;
create schema likened;
create function likened.calcom_webhook(json) returns json language sql as $$ select calcom_internal.answer_webhook('calcom', 'default', $1) $$;
alter function likened.calcom_webhook(json) owner to calcom_owner;
select calcom_account_add(repeat('a', 49));
create table refused (n int primary key, statement text);
insert into refused values
  (1, $$select calcom_expose_webhook('nobody', 'api')$$), (2, $$select calcom_expose_webhook(null)$$), (3, $$select calcom_expose_webhook(provider => 'stripe')$$),
  (4, $$select calcom_expose_webhook(schema => 'pg_catalog')$$), (5, $$select calcom_expose_webhook(schema => 'information_schema')$$),
  (6, $$select calcom_expose_webhook(schema => 'nowhere')$$), (7, $$select calcom_expose_webhook(schema => 'api', role => 'regress_nobody')$$),
  (8, $$select calcom_expose_webhook(schema => 'open_to_all')$$), (9, $$select calcom_expose_webhook(schema => 'open_to_anon', role => 'regress_anon')$$),
  (10, $$select calcom_expose_webhook(schema => 'taken')$$), (11, $$select calcom_expose_webhook(schema => 'overloaded')$$), (12, $$select calcom_expose_webhook(schema => 'likened')$$),
  (13, $$select calcom_hide_webhook(schema => 'taken')$$), (14, format('select calcom_expose_webhook(%L)', repeat('a', 49))),
  (15, $$select calcom_expose_webhook(schema => '4000000')$$), (16, $$select calcom_expose_webhook(role => '4000000')$$),
  (17, $$select calcom_expose_webhook(schema => 'api', role => 'public')$$);
select n, r.state, r.message, r.hint from refused, refusal(statement) r order by n;

-- Default privileges give nobody what was not said.
alter default privileges grant execute on functions to regress_anon;
select calcom_expose_webhook('o', 'api');
select has_function_privilege('regress_anon', 'api.calcom_webhook_o(json)', 'execute') as may;
alter default privileges revoke execute on functions from regress_anon;

-- Who may expose: a member of calcom_owner who may create in the schema; an operator may not.
create role regress_deployer in role calcom_owner;
create role regress_operator in role calcom_operator;
create schema deployed authorization regress_deployer;
grant usage on schema helper to regress_deployer, regress_operator;
set role regress_operator;
select (refusal($$select calcom.calcom_expose_webhook(schema => 'deployed')$$)).state;
select (refusal($$select calcom.calcom_hide_webhook(schema => 'api')$$)).state;
set role regress_deployer;
select (refusal($$select calcom.calcom_expose_webhook(schema => 'deployed')$$)).* \gx
grant create on schema deployed to calcom_owner;
select calcom.calcom_expose_webhook(schema => 'deployed');
select calcom.calcom_hide_webhook(schema => 'deployed');
reset role;

-- Hidden: gone, and DROP EXTENSION takes the others with it.
select calcom_hide_webhook(schema => 'api');
select calcom_hide_webhook(schema => 'api') as again;
select calcom_hide_webhook('o', 'api');
select p.oid::regprocedure from pg_proc p where p.proname ~ '^(calcom|resend)_webhook(_|$)' and p.proname !~ '_name$' and p.pronamespace <> 'calcom'::regnamespace order by 1;
select (refusal('drop extension calcom')).state;
set client_min_messages = error;
drop extension calcom cascade;
select p.oid::regprocedure from pg_proc p where p.proname ~ '^(calcom|resend)_webhook' order by 1;

-- An extension made under such default privileges (Supabase's are so) gives nobody anything of its own either.
alter default privileges grant all on functions to regress_anon;
alter default privileges grant all on tables to regress_anon;
create extension calcom schema calcom;
\o /dev/null
select calcom_setup();
\o
select count(*) > 100 as members, count(*) filter (where a.grantee = 'regress_anon'::regrole) as given from pg_depend d
  left join pg_proc p on d.classid = 'pg_proc'::regclass and p.oid = d.objid left join pg_class c on d.classid = 'pg_class'::regclass and c.oid = d.objid,
  aclexplode(coalesce(p.proacl, c.relacl)) a
 where d.deptype = 'e' and d.refclassid = 'pg_extension'::regclass and d.refobjid = (select oid from pg_extension where extname = 'calcom');
select c.relname as given from pg_class c, aclexplode(c.relacl) a where c.relowner = 'calcom_owner'::regrole and a.grantee = 'regress_anon'::regrole;
drop owned by regress_authenticator, regress_anon, regress_deployer, regress_operator;
drop role regress_authenticator, regress_anon, regress_deployer, regress_operator;
