-- Mail that waits for Resend, and mail that waits its turn: how it is reported. (That it waits: test/tap/038_waits.pl.)
\set ECHO none
\set subject waits
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all

-- What each of Resend's answers means, and which command ends the wait.
select e.ends, e.finding, e.command
  from unnest(array['daily_quota', 'monthly_quota', 'rate_limited', 'edge_refused', 'key_refused', 'wrong_url', 'provider_failed', 'no_answer'])
         with ordinality r(cause, n),
       calcom_internal.explain_wait('default', r.cause, 'what Resend answered', null, '2026-11-23 00:00+00') e order by n;
select e.* from calcom_internal.explain_wait('default', 'domain_refused', '403 validation_error', 'studio.example', '2026-11-23 00:00+00') e;

-- By account; of a domain that is no longer the sender's nobody speaks, nor of an account that sends nothing.
create function helper.reported() returns table (check_name text, state text, finding text) language sql as
$$ select check_name, state, left(finding, 60) from calcom_doctor() where check_name like 'circuit%' $$;
select calcom_account_add('acme', sender => 'Acme <mail@Acme.example>');
select calcom_account_set('default', sender => 'mail@studio.example');
insert into email_waits (account, cause, reason, sender_domain, until, pause)
  values ('acme', 'domain_refused', '403 validation_error', 'acme.example', '2096-01-01', '10 min'), ('default', 'daily_quota', '429 daily_quota_exceeded', null, '2096-01-01', '1 h');
select * from reported();
update calcom_accounts set mail_mode = 'live';
select * from reported();
select circuit, circuit_reason, circuit_until = '2096-01-01' as until, left(circuit_finding, 40) as finding, left(circuit_command, 30) as command, accounts_waiting from calcom_status;
select calcom_account_set('acme', sender => 'mail@other.example');
select * from reported();
select circuit_reason, accounts_waiting from calcom_status;

-- Due for long, and nothing leaves: the doctor says what is missing (this database is not marked).
insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, send_after)
  values ('acme', 'confirmation', 'nowhere', 'ada@example.com', 'late', '2026-01-01 12:00Z');
select check_name, state, finding, command from calcom_doctor() where check_name = 'worker';
begin;
select calcom_pause('acme');
select check_name, state, finding from calcom_doctor() where check_name = 'worker';
rollback;
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
