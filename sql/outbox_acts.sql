-- What an operator does to mail: retry, cancel, pause, suppress, prune; the views; trusted machines.
\set ECHO none
\set subject outbox_acts
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
insert into email_outbox (account, id, kind, booking_uid, recipient, obligation_key, state, reason, attempts, first_attempt_at, in_doubt, last_attempt_at, settled_at, subject, request, mail_mode, idempotency_key, provider_id)
  select 'default', ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'confirmation', state || n, 'ada@example.com', 'key ' || n, state, 'because', 3,
         case when tried then timestamptz '2026-11-01' end, tried and state not in ('failed', 'sent'), timestamptz '2026-11-01', timestamptz '2026-11-01', 'Subject', '{"frozen":true}', 'test', 'old key', case state when 'sent' then 're-1' end
    from (values (1, 'failed', true), (2, 'uncertain', true), (3, 'captured', false), (4, 'sent', true), (5, 'queued', false), (6, 'held', false),
                 (7, 'skipped', false), (8, 'skipped', true), (9, 'sending', true)) v(n, state, tried);
create function helper.id(n integer) returns uuid language sql as $$ select ('00000000-0000-7000-8000-00000000000' || n)::uuid $$;

-- Dead letters, with the command that retries each.
select account, state, reason, recipient, command from calcom_dead_letters order by id;

-- A failed mail is queued again under a new key and rendered again.
select calcom_retry_email(id(1)) <> 'old key' as new_key;
select state, reason, attempts, idempotency_key not in ('old key', id::text) as new_key, request, subject, first_attempt_at, in_doubt, settled_at, mail_mode, obligation_key from email_outbox where id = id(1);
-- One that may have left only on explicit word.
select (refusal($$select calcom_retry_email(id(2))$$)).* \gx
select calcom_retry_email(id(2), force => true) is not null as forced;
select (refusal($$select calcom_retry_email(id(8))$$)).state;
select calcom_retry_email(id(7)) is not null as not_attempted;
-- What was captured never leaves, by no word.
select (refusal($$select calcom_retry_email(id(3), force => true)$$)).* \gx
select (refusal($$select calcom_retry_email(id(4), force => true)$$)).* \gx
select (refusal($$select calcom_retry_email(id(9), force => true)$$)).* \gx
select (refusal($$select calcom_retry_email(gen_random_uuid())$$)).* \gx
select (refusal($$select calcom_retry_email(id(5), 'another')$$)).state;
update email_outbox set state = 'failed', mail_mode = 'redirect' where id = id(6);
select (refusal($$select calcom_retry_email(id(6))$$)).* \gx
update email_outbox set state = 'held', mail_mode = null where id = id(6);

-- Cancelling.
select calcom_cancel_email(id(5)), calcom_cancel_email(id(6)), calcom_cancel_email(id(1));
select booking_uid, state, replace(reason, session_user, 'USER') as reason, settled_at is not null as settled from email_outbox where state = 'cancelled' order by id;
select (refusal($$select calcom_cancel_email(id(9))$$)).* \gx
select (refusal($$select calcom_cancel_email(id(4))$$)).* \gx
select (refusal($$select calcom_cancel_email(null)$$)).state;
select calcom_retry_email(id(5)) is not null as taken_back;

-- Pause and resume, one or all.
select calcom_account_add('studio');
select calcom_pause('studio'), calcom_pause();
select account, paused from calcom_accounts order by 1;
select accounts, accounts_paused from calcom_status;
select calcom_resume(), calcom_resume('studio');
select (refusal($$select calcom_pause('nobody')$$)).state;

-- Suppression, upper or lower case.
select calcom_suppress(' Ada@Example.COM ');
select calcom_suppress('ada@example.com', 'asked us');
select calcom_suppress('ada@example.com', account => 'studio');
select account, email, reason, source from email_suppressions order by account;
select (refusal($$select calcom_suppress('no address')$$)).*;
select (refusal($$select calcom_suppress(null)$$)).state, (refusal($$select calcom_suppress('a@example.com', account => 'nobody')$$)).state;
select (refusal($$insert into email_suppressions (account, email, reason) values ('default', 'Eve@example.com', 'by hand')$$)).state;
select calcom_unsuppress('ADA@example.com'), calcom_unsuppress('ada@example.com');

-- The limit per recipient.
select max_mails_per_hour from calcom_accounts where account = 'default';
select calcom_account_set('default', max_mails_per_hour => 5), calcom_account_set('studio', max_mails_per_hour => 0);
select account, max_mails_per_hour from calcom_accounts order by 1;
select (refusal($$select calcom_account_set('default', max_mails_per_hour => -1)$$)).*;

-- Pruning takes what mails said, and keeps that they were owed.
update email_outbox set state = 'uncertain', request = '{}', subject = 'kept', settled_at = timestamptz '2026-11-01' where id = id(2);
insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, state, settled_at, subject, request)
  values ('default', 'confirmation', 'young', 'ada@example.com', 'young', 'sent', now(), 'young', '{}'), ('studio', 'confirmation', 'old', 'ada@example.com', 'old', 'sent', '2020-01-01', 'old', '{}');
update email_outbox set settled_at = '2020-01-01' where settled_at = timestamptz '2026-11-01';
select calcom_prune_mail('30 days', 'studio'), calcom_prune_mail(), calcom_prune_mail();
select booking_uid, state, subject, request, obligation_key is not null as key from email_outbox where state <> 'queued' order by booking_uid;
select (refusal($$select calcom_prune_mail('-1 day')$$)).state;

-- How long what mails said is kept, and how old a mail may get: 0 is no limit, null leaves it.
select keep_mail, mail_max_age from calcom_accounts where account = 'default';
select calcom_account_set('default', keep_mail => '1 day', mail_max_age => '1 second'), calcom_account_set('studio', keep_mail => '0', mail_max_age => '0');
select account, keep_mail, mail_max_age from calcom_accounts order by 1;
select calcom_account_set('default'), calcom_account_set('studio', keep_mail => '6 months', mail_max_age => '1000 years');
select account, keep_mail, mail_max_age from calcom_accounts order by 1;
select n, r.state, r.message, r.hint from (values (1, $$select calcom_account_set('default', keep_mail => '23 hours')$$), (2, $$select calcom_account_set('default', keep_mail => '-90 days')$$),
  (3, $$select calcom_account_set('default', keep_mail => '2000 years')$$), (4, $$select calcom_account_set('default', mail_max_age => '-1 second')$$),
  (5, $$select calcom_account_set('default', mail_max_age => '2000 years')$$), (6, $$update calcom_accounts set mail_max_age = '0'$$), (7, $$update calcom_accounts set keep_mail = '0'$$)) v(n, call),
  refusal(v.call) r order by n;
-- A portion is the oldest first, mails before events.
insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, state, settled_at, request)
  select 'studio', 'confirmation', 'portion' || n, 'ada@example.com', 'portion ' || n, 'sent', timestamptz '2020-02-01' - n * interval '1 day', '{}' from generate_series(1, 3) n;
insert into provider_events (account, id, type, created_at, received_at, outcome, body_bytes) values ('studio', 'evt', 'email.delivered', now(), '2020-01-01', 'unmatched', '\x00');
select mails, events from calcom_internal.prune_some('studio', '2020-03-01', 2);
select booking_uid from email_outbox where account = 'studio' and request is not null;
select mails, events from calcom_internal.prune_some('studio', '2020-03-01', 2);
select mails, events from calcom_internal.prune_some('studio', '2020-03-01', 2);

-- Status: one row. Nobody but readers and operators.
select database, circuit, queued, sending, held, failed, uncertain, accounts, accounts_live, accounts_armed, suppressed, last_sent is not null as sent from calcom_status;
create role regress_calcom_reader in role calcom_reader;
set role regress_calcom_reader;
select count(*) from calcom.calcom_status;
select count(*) from calcom.calcom_dead_letters;
select calcom.calcom_pause();
select calcom.calcom_retry_email('00000000-0000-7000-8000-000000000002');
reset role;
drop role regress_calcom_reader;
create role regress_calcom_nobody;
grant usage on schema calcom to regress_calcom_nobody;
set role regress_calcom_nobody;
select count(*) from calcom.calcom_status;
reset role;
revoke usage on schema calcom from regress_calcom_nobody;
drop role regress_calcom_nobody;

-- Machines that may send, named beforehand.
select (refusal($$select calcom_trust_node('default', repeat('a', 32))$$)).* \gx
insert into calcom_environments (account, system_identifier, database_oid, node) select 'default', system_identifier, database_oid, repeat('b', 32) from calcom_internal.this_environment();
select reason from calcom_environment();
select calcom_trust_node('default', repeat('a', 32)), calcom_trust_node() is not null as this_one, calcom_trust_node() is not null as again;
select armed, reason from calcom_environment();
select accounts_armed from calcom_status;
select (refusal($$select calcom_trust_node('default', 'this one')$$)).*;
select calcom_distrust_node(repeat('a', 32)), calcom_distrust_node(repeat('a', 32)), calcom_distrust_node((select node from calcom_environment()));
select armed, reason from calcom_environment();

-- Mail whose send_after is infinity is reported like any other.
begin;
delete from email_outbox;
insert into email_outbox (account, kind, booking_uid, recipient, obligation_key, send_after)
  values ('default', 'confirmation', 'x', 'x@example.com', 'never', 'infinity'), ('studio', 'confirmation', 'x', 'x@example.com', 'ever', '-infinity');
select queued, due, oldest_due from calcom_status;
select q ->> 'account' as account, q ->> 'count' as mails, q ->> 'oldest_seconds' as oldest from json_array_elements(calcom_internal.admin_queue()) q;
select count(*) > 0 as checks from calcom_doctor();
select count(*) from calcom_simulate('1000 years');
rollback;
