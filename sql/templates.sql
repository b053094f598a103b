-- Templates of mail: a broken one is refused when it is written, the closest one is used, the sequence only rises.
\set ECHO none
\set subject templates
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
-- The built-in ones are a start for your own.
select calcom_template_default('confirmation', 'de-AT', 'subject') as de, calcom_template_default('reminder', 'xx', 'subject') as other;
select calcom_template_default('rejected', 'fr', 'text');
select kind, locale, part, calcom_template_problem(part, calcom_template_default(kind, locale, part))
  from unnest(array['confirmation', 'rescheduled', 'cancellation', 'requested', 'rejected', 'reminder']) kind,
       unnest(array['en', 'de', 'fr', 'es']) locale, unnest(array['subject', 'html', 'text']) part
 where calcom_template_problem(part, calcom_template_default(kind, locale, part)) is not null;
select state, message, hint from refusal($$select calcom_template_default('invoice', 'en', 'html')$$);
select state, message, hint from refusal($$select calcom_template_default('reminder', 'en', 'body')$$);
select path, list from calcom_template_paths() where path in ('start.when', 'label');

-- Checked before it is stored: every invalid part is reported.
select * from calcom_template_check('reminder', subject => 'Soon: {{booking.title}}', html => '<p>{{booking.title}}</p>');
select * from calcom_template_check('reminder', subject => 'Soon: {{booking}}', html => E'<p>\n<b {{reason}}></p>', "text" => '{{#if reason}}');
select state, message, hint from refusal($$select * from calcom_template_check('invoice')$$);

-- Stored, or refused with the place.
insert into email_templates (account, kind, locale, subject) values ('default', 'reminder', '*', 'Soon: {{booking.title}}');
create table attempt (n int, statement text);
insert into attempt values
  (1, $$insert into email_templates (account, kind, subject) values ('default', 'confirmation', 'See you, {{recipient.nick}}')$$),
  (2, $$update email_templates set html = E'<a href=\n"javascript:{{reason}}">'$$),
  (3, $$insert into email_templates (account, kind) values ('default', 'confirmation')$$),
  (4, $$insert into email_templates (account, kind, subject) values ('default', 'invoice', 'x')$$),
  (5, $$insert into email_templates (account, kind, locale, subject) values ('default', 'reminder', 'PT_br', 'x')$$),
  (6, $$insert into email_templates (account, kind, subject) values ('nobody', 'reminder', 'x')$$),
  (7, $$insert into email_templates (account, kind, locale, subject) values ('default', 'reminder', '', 'x')$$);
select n, r.state, r.message, r.hint from attempt, refusal(statement) r order by n;
select account, kind, locale, subject, html, text from email_templates;

-- An operator writes them; a reader reads.
create role regress_calcom_operator in role calcom_operator;
create role regress_calcom_reader in role calcom_reader;
grant usage on schema helper to calcom_reader;
set role regress_calcom_operator;
insert into calcom.email_templates (account, kind, locale, text) values ('default', 'reminder', 'pt', 'Olá {{recipient.name}}');
update calcom.email_templates set subject = 'Até já' where locale = 'pt';
set role regress_calcom_reader;
select locale, subject from calcom.email_templates order by locale;
select state, message from helper.refusal($$delete from calcom.email_templates$$);
reset role;
drop role regress_calcom_operator;
drop role regress_calcom_reader;

-- What the doctor says about time zones: judged from what was expected and found, whatever this machine knows.
select * from calcom_internal.zone_data_check(interval '-7 hours', interval '-7 hours');
select * from calcom_internal.zone_data_check(interval '-7 hours', interval '-8 hours');
select check_name from calcom_doctor() where check_name like 'time zone%' order by 1;
select outcome from deliver(upcoming('BOOKING_CREATED-chain1.json'));
select state, finding from calcom_doctor() where check_name = 'time zones of attendees';
update booking_attendees set time_zone = 'Mars/Olympus';
select state, finding from calcom_doctor() where check_name = 'time zones of attendees';
