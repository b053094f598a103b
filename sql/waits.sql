-- Mail that waits for Resend, and mail that waits its turn: how it is reported. (That it waits: test/tap/038_waits.pl.)
\set ECHO none
\set subject waits
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all

-- What each of Resend's answers means, and which command ends the wait.
select distinct on (n) e.ends, e.finding, e.command
  from unnest(array['429 daily_quota_exceeded', '429 monthly_quota_exceeded', '429 rate_limit_exceeded', '403 not an answer of the API',
                    '400 validation_error', '401 restricted_api_key', '301 empty answer', '405 method_not_allowed',
                    'calcom.resend_url was refused', '503 service_unavailable', 'timeout', '408 empty answer']) with ordinality r(reason, n),
       calcom_internal.explain_wait('default', r.reason, null, '2026-11-23 00:00+00') e order by n;
select e.* from calcom_internal.explain_wait('default', '403 validation_error', 'studio.example', '2026-11-23 00:00+00') e;

-- By account; of a domain that is no longer the sender's nobody speaks, nor of an account that sends nothing.
create function helper.reported() returns table (check_name text, state text, finding text) language sql as
$$ select check_name, state, left(finding, 60) from calcom_doctor() where check_name like 'circuit%' $$;
select calcom_account_add('acme', sender => 'Acme <mail@Acme.example>');
select calcom_account_set('default', sender => 'mail@studio.example');
insert into email_waits (account, reason, sender_domain, until, pause)
  values ('acme', '403 validation_error', 'acme.example', '2096-01-01', '10 min'), ('default', '429 daily_quota_exceeded', null, '2096-01-01', '1 h');
select * from reported();
update calcom_accounts set mail_mode = 'live';
select * from reported();
select circuit, circuit_reason, circuit_until = '2096-01-01' as until, left(circuit_finding, 40) as finding, left(circuit_command, 30) as command, accounts_waiting from calcom_status;
select calcom_account_set('acme', sender => 'mail@other.example');
select * from reported();
select circuit_reason, accounts_waiting from calcom_status;

-- When mails to one person leave: three an hour, one of them sent ten minutes ago.
select (calcom_internal.turns(3, array['2026-11-22 11:50Z']::timestamptz[], array_agg('2026-11-22 12:00Z'::timestamptz + n * interval '1 min' order by n))) as turns
  from generate_series(0, 5) n;
select calcom_internal.turns(null, '{}', array['2026-11-22 12:00Z', '2026-11-22 12:00Z']::timestamptz[]);
select calcom_internal.turns(1, '{}', '{}');

-- Due for long, and nothing leaves: the doctor says what is missing (this database is not marked).
insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, send_after)
  values ('acme', 'confirmation', 'nowhere', 'ada@example.com', 'late', '2026-01-01 12:00Z');
select check_name, state, finding, command from calcom_doctor() where check_name = 'worker';
delete from email_outbox;
select check_name, state, finding, command from calcom_doctor() where check_name = 'worker';

-- What holds an account's mail, before anything else of it.
select * from refusal($$select calcom_account_disable('nobody')$$);
select outcome from deliver(upcoming('BOOKING_CREATED-chain1.json'));
create function helper.simulated() returns table (kind text, leaves boolean, reason text) language sql as
$$ select s.kind, s.leaves, s.reason from calcom_simulate() s $$;
select * from simulated();
select calcom_set_secret('default', 'resend_api_key', 're_1');
select * from simulated();
update calcom_accounts set mail_mode = 'redirect', redirect_to = null where account = 'default';
select * from simulated();
select calcom_pause('default');
select * from simulated();
select calcom_account_disable('default');
select * from simulated();
