-- calcom_audit: every act of an operator leaves one row, in its transaction, without secrets and addresses; nobody
-- writes or removes rows by hand. And what the operator page reads.
\set ECHO none
\set subject audit
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\o /dev/null
create role regress_calcom_auditor login in role calcom_operator;
grant usage on schema helper to regress_calcom_auditor, calcom_owner;
select deliver(upcoming('BOOKING_CREATED-chain1.json'));
select deliver('{"mail":"custom"}'::text);
select deliver(convert_to(replace(convert_from(upcoming('BOOKING_CREATED-chain1.json'), 'UTF8'), 'rYebyg2Ux8HrNRFtE8YYCi', 'standing'), 'UTF8'));
update email_outbox set state = 'failed', mail_mode = 'test', settled_at = now() where booking_uid <> 'standing';
\o
create view helper.trail as
  select account, replace(actor, session_user, 'USER') as actor, via, action,
         case when target ~ '^[0-9a-f-]{36}$' then 'ID' else target end as target,
         regexp_replace(detail::text, '[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32}|"[0-9]{15,}"|"[12][0-9]{3}-[^"]*"|: [0-9]{4,}', 'X', 'g') as detail
    from calcom_audit order by at, id;
grant select on helper.trail to regress_calcom_auditor;
\set ECHO all
-- What making the accounts left.
select action, account, target, detail from trail;

-- Every act, as an operator; what is refused leaves nothing.
set session authorization regress_calcom_auditor;
set calcom.via = 'a test';
\o /dev/null
select calcom_account_add('studio', 'Studio <hello@studio.example>');
select calcom_account_set('studio', sender => 'New <new@studio.example>', reply_to => 'reply@studio.example', mail_mode => 'test', max_mails_per_hour => 5);
select calcom_page_set('studio', title => 'Hello', theme => 'dark');
select calcom_account_disable('studio'), calcom_account_enable('studio');
select calcom_set_secret('studio', 'webhook');
select calcom_set_secret('studio', 'resend_api_key', 're_secret_of_studio');
select calcom_revoke_secret('studio', 'webhook');
select calcom_go_live('studio');
select calcom_trust_node('studio', repeat('ab', 16)), calcom_distrust_node(repeat('ab', 16), 'studio');
select calcom_pause('studio'), calcom_resume();
select calcom_suppress('Ada@Example.com', 'she asked', 'studio'), calcom_unsuppress('ada@example.com', 'studio');
select calcom_reminder_rule_set('studio', '2h', '2 hours'), calcom_reminder_rule_drop('studio', '2h');
insert into email_templates (account, kind, subject) values ('studio', 'reminder', 'Soon');
update email_templates set subject = 'Sooner' where account = 'studio';
delete from email_templates where account = 'studio';
select calcom_retry_email(id, force => true) from email_outbox where state = 'failed' order by recipient limit 1;
select calcom_cancel_email(id) from email_outbox where state = 'failed' order by recipient limit 1;
select calcom_send_confirmation('standing'), calcom_send_reminder('standing');
select calcom_replay(id) from calcom_events where outcome = 'dead';
select calcom_replay_dead();
select calcom_rebuild('standing');
select calcom_rebuild_all(), calcom_rebuild_all(apply => true);
select calcom_purge('100 years');
select calcom_prune_mail('100 years');
\o
reset session authorization;
\o /dev/null
select calcom_expose_webhook('studio', role => 'calcom_ingester'), calcom_hide_webhook('studio'), calcom_hide_webhook('studio');
\o
set session authorization regress_calcom_auditor;
reset calcom.via;
select (refusal($$select calcom_pause('nobody')$$)).state, (refusal($$select calcom_send_cancellation('standing')$$)).state,
  (refusal($$select calcom_set_secret('studio', 'webhook', '')$$)).state, (refusal($$select calcom_retry_email(gen_random_uuid())$$)).state;
begin;
select calcom_pause();
rollback;
select account, action, target, detail from trail where via is not null;
select count(*), count(distinct actor), min(actor) from trail where via is not null;
-- It contains no secret and no address; a person's rows can be found by the hash of the address.
select count(*) from calcom_audit a where a::text ~* '[a-z]@|secret_of_studio|she asked';
select action from calcom_audit where target = calcom_person_mark(' ADA@example.com') order by at;

-- Nobody writes it by hand, nobody changes it.
select (refusal($$insert into calcom_audit (account, id, actor, action) values ('*', gen_random_uuid(), 'role somebody else', 'pause')$$)).*;
select (refusal($$select calcom_internal.note_act('pause')$$)).state;
reset session authorization;
select (refusal('update calcom_audit set actor = ''nobody''')).*;
select (refusal('delete from calcom_audit')).state, (refusal('truncate calcom_audit')).state;
set role calcom_owner;
select (refusal('delete from calcom_audit')).state, (refusal('truncate calcom_audit')).state;
reset role;

-- Letting roles in is an act of who owns the database.
\o /dev/null
create role regress_calcom_audit_web;
create role regress_calcom_audit_client;
select calcom_trust_claims('regress_calcom_audit_web'), calcom_distrust_claims('regress_calcom_audit_web');
select calcom_grant_account('regress_calcom_audit_client', 'studio'), calcom_revoke_account('regress_calcom_audit_client', 'studio');
\o
select account, actor, action, target from trail where action ~ 'claims|account$';

-- What the page reads: an operator may, within its limits.
set role regress_calcom_auditor;
select key from json_object_keys(calcom_admin_overview()) key;
select key from json_object_keys(calcom_admin_counts()) key;
select m ->> 'state' as state, m ->> 'booking_uid' as booking_uid from json_array_elements(calcom_admin_mails(most => 2) -> 'mails') m;
select (calcom_admin_mails(most => 2) ->> 'more')::boolean as more, calcom_admin_mails(before => calcom_admin_mails(most => 2) ->> 'next', most => 200) ->> 'more' as more_after,
  json_array_length(calcom_admin_mails() -> 'mails') = 2 + json_array_length(calcom_admin_mails(before => calcom_admin_mails(most => 2) ->> 'next') -> 'mails') as none_lost;
select calcom_admin_mails('nobody'), calcom_admin_mails(states => '{sent}');
select calcom_admin_mail('default', gen_random_uuid()), calcom_admin_booking('default', 'unknown'), calcom_admin_search(' ');
select calcom_admin_booking('default', 'standing') -> 'booking' ->> 'status' as status, json_array_length(calcom_admin_booking('default', 'standing') -> 'attendees') as people;
select d ->> 'error' as error, d ->> 'trigger' as trigger from json_array_elements(calcom_admin_dead() -> 'events') d;
select calcom_admin_dead(0) -> 'counts' as counts, json_array_length(calcom_admin_dead(0) -> 'events') as shown;
select a ->> 'action' as newest from json_array_elements(calcom_admin_audit()) a limit 1;
select h ->> 'kind' as kind, h ->> 'title' as title from json_array_elements(calcom_admin_search('GUEST.one@example.com')) h limit 2;
select h ->> 'kind' as kind, h ->> 'id' as id from json_array_elements(calcom_admin_search('standing')) h limit 1;
select count(*) from json_array_elements(calcom_admin_search('%')) h;
select (refusal($$select calcom_admin_act('x', 'drop')$$)).*;
select (refusal($$select calcom_admin_act('x', 'replay', 'default', 'no id')$$)).state;
reset role;
-- A mail as its recipient sees it, and never the request whole.
update email_outbox set request = '{"from":"Studio <a@studio.example>","to":["x"],"html":"<p>hi</p>","text":"hi","headers":{"X":"1"},"attachments":[{"content":"QkVHSU4=","filename":"invite.ics","content_type":"text/calendar"}]}'
 where booking_uid = 'standing' and kind = 'reminder' and recipient like 'guest.one%';
set role regress_calcom_auditor;
select c.* from email_outbox o cross join lateral calcom_mail_content(o.id) c where o.booking_uid = 'standing' and o.kind = 'reminder' and o.recipient like 'guest.one%' \gx
select (refusal('select request from email_outbox')).state;
reset role;
