-- calcom_doctor(): one row for each check, and its command fixes the problem.
\set ECHO none
\set subject doctor
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
-- What the doctor says, without clock values.
create view diagnosis as
  select n, check_name, state, regexp_replace(finding, ' at \d{4}-[^:]*:[^:]*:[\d.+]*', ' at TIME') as finding, command
    from calcom_doctor() with ordinality d(check_name, state, finding, command, n)
   where check_name <> 'time zone data';  -- what this machine has; judged in templates.sql
select check_name, state, finding, command from diagnosis order by n;
select distinct state from diagnosis where state not in ('ok', 'todo', 'warning', 'error');
select check_name from diagnosis where state <> 'ok' and command is null;

-- A delivery arrives, others are refused: counted by reason, with the probable cause, and nothing of the body.
select outcome from deliver(fixture('PING.json'));
select check_name, state, finding, command from diagnosis where check_name like 'last%' order by n;
select state from refusal($$select calcom_ingest('{"forged":1}'::text, repeat('0', 64))$$);
select state from refusal($$select calcom_ingest('{"forged":2}'::text, repeat('0', 64))$$);
select check_name, state, finding, command from diagnosis where check_name = 'last refused delivery';
select state from refusal($$select calcom_ingest('{"forged":1}'::text, 'no-secret-provided')$$);
select check_name, state, finding, command from diagnosis where check_name = 'last refused delivery';
select state from refusal($$select calcom_ingest('{"forged":1}'::text, repeat('0', 64), 'nobody')$$);
select check_name, state, finding, command from diagnosis where check_name = 'last refused delivery';
select state from refusal(format('select calcom_ingest(%L::text, repeat(''0'', 64))', repeat('x', 2000000)));
select check_name, state, finding, command from diagnosis where check_name = 'last refused delivery';
select r ->> 'reason' as reason, r ->> 'count' as count from jsonb_array_elements(calcom_refusals()) r order by 1;
select outcome from deliver(fixture('PING-no-secret.json'));
select state from diagnosis where check_name = 'last refused delivery';

-- Everybody can send a bad one: with good ones since, it is forgotten after a day.
begin;
create or replace function calcom.calcom_refusals() returns jsonb language sql volatile
as $$ select jsonb_build_array(jsonb_build_object('source', 'calcom', 'reason', 'wrong signature', 'count', 1, 'last_at', now() - interval '25 hours')) $$;
select state, command from diagnosis where check_name = 'last refused delivery';
create or replace function calcom.calcom_refusals() returns jsonb language sql volatile
as $$ select jsonb_build_array(jsonb_build_object('source', 'resend', 'reason', 'wrong signature', 'count', 1, 'last_at', now() - interval '25 hours')) $$;
select state, command from diagnosis where check_name = 'last refused event of Resend';
insert into provider_events (account, id, created_at, outcome) values ('default', 'good', now(), 'ignored');
select state, command from diagnosis where check_name = 'last refused event of Resend';
rollback;

-- Deliveries that wait or are not understood.
select outcome from deliver(fixture('TEMPLATE-docs-example.json'));
update calcom_meta set value = '0' where key = 'schema_version';
select outcome from deliver(upcoming('BOOKING_CREATED-chain1.json'));
select check_name, state, finding, command from diagnosis where check_name in ('setup', 'dead deliveries', 'deferred deliveries') order by n;
update calcom_meta set value = '1' where key = 'schema_version';
select calcom_merge_deferred();
select check_name, state, finding from diagnosis where check_name in ('setup', 'deferred deliveries') order by n;

-- Accounts.
select calcom_account_add('studio');
select calcom_account_set('default', sender => 'hello@studio.example', mail_mode => 'redirect', redirect_to => 'me@studio.example');
select check_name, state, finding, command from diagnosis where check_name like '% of %' order by n;
select calcom_set_secret('default', 'resend_api_key', 're_test');
select calcom_account_set('default', paused => true);
select check_name, state, finding, command from diagnosis where check_name like '% of default' order by n;

-- Every command that is one can be run as it stands.
create function runs(command text) returns text language plpgsql as $$
begin
  execute command; return 'runs';
exception when others then return sqlstate || ' ' || sqlerrm;
end $$;
select check_name, runs(command) from diagnosis where command ~ '^(SELECT|ALTER DATABASE)' and command !~ 'go_live|file:|NAME|your-domain' order by n;
alter database calcom_test_doctor reset calcom.worker;

-- An operator may ask; nobody else.
create role regress_calcom_operator in role calcom_operator;
set role regress_calcom_operator;
select count(*) > 5 as checks from calcom_doctor();
reset role;
drop role regress_calcom_operator;
create role regress_calcom_nobody;
set role regress_calcom_nobody;
select count(*) from calcom.calcom_doctor();
reset role;
drop role regress_calcom_nobody;
