-- resend_ingest(): who may speak, and what becomes of a mail and its recipient by what Resend tells.
\set ECHO none
\set subject resend_ingest
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
select calcom_set_secret('default', 'resend_webhook', 'whsec_Y2FsZW5kYXJxdWVyeS10ZXN0LXNlY3JldC0zMmJ5dGU=');
create function helper.event_file(name text) returns text language sql stable
as $$ select convert_from(pg_read_binary_file(replace(current_setting('helper.fixtures'), '/calcom/', '/resend/webhook.') || name || '.json'), 'UTF8') $$;
-- Tells what Resend would, signed now.
create function helper.tell(id text, body text, account text default 'default', out outcome text, out mail boolean, out detail text) language sql
as $$
  select r.outcome, r.outbox_id is not null, r.detail
    from (select extract(epoch from now())::bigint::text as at) t,
         calcom.resend_ingest(body, id, t.at,
           calcom.resend_sign(convert_to(body, 'UTF8'), id, t.at, 'whsec_Y2FsZW5kYXJxdWVyeS10ZXN0LXNlY3JldC0zMmJ5dGU='), account) r
$$;
-- An event of a mail of ours: type, seconds after ten, and how it names the mail.
create function helper.event(type text, at integer, outbox_id uuid, email_id text default 're-1', recipient text default 'ada@example.com', more text default '')
returns text language sql
as $$
  select format('{"type":"%s","created_at":"2026-11-22T10:00:%sZ","data":{"email_id":"%s","to":["%s"]%s%s}}', type, to_char(at, 'FM00'),
                email_id, recipient, coalesce(',"tags":{"outbox_id":"' || outbox_id || '"}', ''), more)
$$;
create view mail as select booking_uid, state, reason, provider_id, delivery_status, extract(second from delivery_status_at)::integer as at from email_outbox order by booking_uid;
insert into email_outbox (account, id, kind, booking_uid, recipient, obligation_key, state, attempts)
  select 'default', ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'confirmation', uid, 'ada@example.com', uid, state, 1
    from (values (1, 'ordinary', 'sent'), (2, 'in flight', 'sending'), (3, 'uncertain', 'uncertain'), (4, 'captured', 'captured'),
                 (5, 'queued again', 'queued'), (6, 'untagged', 'sent')) v(n, uid, state);
update email_outbox set provider_id = 're-6' where booking_uid = 'untagged';
\set one '\'00000000-0000-7000-8000-000000000001\''
\set two '\'00000000-0000-7000-8000-000000000002\''
\set three '\'00000000-0000-7000-8000-000000000003\''
\set four '\'00000000-0000-7000-8000-000000000004\''
\set five '\'00000000-0000-7000-8000-000000000005\''

-- Verification in SQL: the published vector is old, so the tolerance decides.
select resend_verify_signature('{"test": 2432232314}'::text, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') as now,
       resend_verify_signature('{"test": 2432232314}'::bytea, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', '100 years') as ever,
       resend_verify_signature('{"test": 2432232315}'::bytea, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '1614265330', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', '100 years') as other_bytes,
       resend_verify_signature(''::bytea, 'm', '1', null, 's') is null as strict;
select (refusal($$select resend_verify_signature('x'::text, 'm', '1', 'v1,x', 'c2VjcmV0', '-1 s')$$)).*;
select (refusal($$select resend_sign('x', 'm', '1', 'whsec_')$$)).*;

-- Refused: nothing is stored.
select (refusal($$select resend_ingest('{}'::text, 'm', extract(epoch from now())::bigint::text, 'v1,' || repeat('A', 43) || '=')$$)).* \gx
select (refusal($$select resend_ingest('{}'::text, null, '1', 'v1,x')$$)).* \gx
select (refusal($$select resend_ingest('{}'::text, 'm', 'soon', 'v1,x')$$)).* \gx
select (refusal($$select resend_ingest('{}'::text, 'm', '1614265330', resend_sign('{}', 'm', '1614265330', 'whsec_Y2FsZW5kYXJxdWVyeS10ZXN0LXNlY3JldC0zMmJ5dGU='))$$)).* \gx
select (refusal($$select tell('m', '{}', 'nobody')$$)).state;
select calcom_account_add('unsigned');
select (refusal($$select tell('m', '{}', 'unsigned')$$)).* \gx
select (refusal($$select resend_ingest(null::text, 'm', '1', 'v1,x')$$)).state;
select (refusal($$select calcom_set_secret('default', 'resend_webhook', 'whsec_no base64')$$)).state, (refusal($$select calcom_set_secret('default', 'resend_webhook', 're_123')$$)).*;
select count(*) as stored from provider_events;

-- After a change of the secret the former one counts until its end.
select calcom_set_secret('unsigned', 'resend_webhook', 'whsec_Y2FsZW5kYXJxdWVyeS10ZXN0LXNlY3JldC0zMmJ5dGU=');
select calcom_set_secret('unsigned', 'resend_webhook', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
select * from tell('rotated', '{"type":"contact.created"}', 'unsigned');
select calcom_set_secret('unsigned', 'resend_webhook', 'whsec_plJ3nmyCDGBKInavdOK15jsl', '0');
select (refusal($$select tell('rotated twice', '{}', 'unsigned')$$)).state;

-- Every recorded body is taken.
select f, t.* from unnest(array['email.bounced', 'email.bounced.diagnostic', 'email.bounced.transient', 'email.clicked', 'email.complained', 'email.delivered', 'email.delivered.minimal', 'email.delivery_delayed', 'email.failed', 'email.opened', 'email.received', 'email.scheduled', 'email.sent', 'email.sent.with_headers', 'email.suppressed', 'suppression.added', 'suppression.removed']) f, tell('file ' || f, event_file(f)) t;
select * from tell('file email.sent', event_file('email.sent'));
select * from tell('no json', 'hello');
select account, email, reason, source from email_suppressions order by email;
delete from email_suppressions;

-- A mail's way, out of order and repeated: it never goes back.
select * from tell('1', event('email.delivered', 3, :one));
select * from tell('2', event('email.sent', 1, :one));
select * from tell('1', event('email.delivered', 3, :one));
select * from tell('3', event('email.opened', 5, :one));
select * from tell('4', event('email.complained', 9, :one));
select * from tell('5', event('email.delivered', 30, :one));
select * from mail where booking_uid = 'ordinary';
select email, reason, source from email_suppressions;

-- The answer to our request was lost: the tag tells that the mail was taken.
select * from tell('10', event('email.sent', 1, :two, 're-2'));
select * from tell('11', event('email.delivered', 2, :three, 're-3'));
select * from tell('12', event('email.sent', 1, :five, 're-5'));
-- Another copy of the same mail, and a mail that never left.
select * from tell('13', event('email.bounced', 4, :three, 're-3b', 'other@example.com', ',"bounce":{"type":"Transient"}'));
select * from tell('14', event('email.delivered', 4, :four, 're-4'));
-- Without a tag by Resend's id; a tag that is not a uuid; an unknown mail.
select * from tell('15', event('email.delivered', 2, null, 're-6'));
select * from tell('16', replace(event('email.clicked', 3, :one, 're-6'), '00000000-0000', '; drop'));
select * from tell('17', event('email.delivered', 2, null, 're-unknown'));
select * from mail;
select count(*) filter (where outbox_id is not null) as linked, count(*) from provider_events where id ~ '^\d+$';

-- Suppression: final causes only, lifted by Resend only if Resend made it, whatever the order.
truncate email_suppressions;
select * from tell('20', event('email.bounced', 1, null, 'x', 'Transient@Example.com', ',"bounce":{"type":"Transient"}'));
select * from tell('21', event('email.bounced', 1, null, 'x', 'Gone@Example.com', ',"bounce":{"type":"Permanent"}'));
select calcom_suppress('Asked@Example.com', 'asked us to stop');
select * from tell('22', '{"type":"suppression.added","created_at":"2026-11-22T10:00:00Z","data":{"email":"asked@example.com"}}');
select * from tell('23', '{"type":"suppression.removed","created_at":"2026-11-22T10:01:00Z","data":{"email":"asked@example.com"}}');
select * from tell('24', '{"type":"suppression.removed","created_at":"2026-11-22T09:59:00Z","data":{"email":"gone@example.com"}}');
select email, reason, source from email_suppressions order by email;
select * from tell('25', '{"type":"suppression.removed","created_at":"2026-11-22T10:01:00Z","data":{"email":"gone@example.com"}}');
-- It was lifted at one minute past: a cause of before that comes late suppresses nobody.
select * from tell('26', event('email.complained', 30, null, 'x', 'gone@example.com'));
select * from tell('27', '{"type":"suppression.added","created_at":"2026-11-22T10:02:00Z","data":{"email":"gone@example.com"}}');
select email, reason, source from email_suppressions order by email;
select calcom_unsuppress('ASKED@example.com'), calcom_unsuppress('nobody@example.com');

-- The proxy's login may call it, and read nothing; a reader sees no bodies.
create role regress_calcom_proxy in role calcom_ingester;
grant usage on schema helper to regress_calcom_proxy;
set role regress_calcom_proxy;
select (refusal($$select calcom.resend_ingest('{}'::text, 'm', '1', 'v1,x')$$)).state;
select count(*) from provider_events;
reset role;
set role calcom_reader;
select count(*) > 20 as events from calcom.provider_events;
select body from calcom.provider_events;
reset role;
revoke usage on schema helper from regress_calcom_proxy;
drop role regress_calcom_proxy;

-- The doctor knows.
select check_name, state, regexp_replace(finding, ' at \d{4}-.*', ' at TIME') as finding, command from calcom_doctor() where check_name ~ 'Resend|suppressed|bounces' order by 1;
