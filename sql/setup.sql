-- calcom_setup(): refuses where it would be unsafe, makes everything once, and says what is left to do.
-- Cleaned up before, not after: a marked database is in use by its worker.
\set ECHO none
set client_min_messages = warning;
drop database if exists calcom_test_setup with (force);
create database calcom_test_setup template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C';
\c calcom_test_setup
\set ECHO all
create extension calcom;

-- What exists after a refusal: nothing but the extension.
create view pg_temp.made as
  select relname, relkind from pg_class where relowner = (select oid from pg_roles where rolname = 'calcom_owner') and relkind in ('r', 'v', 'S') order by 1;
select * from pg_temp.made;

-- Before setup a delivery is refused with the command to run.
select calcom_ingest('{}'::text, repeat('0', 64));
\echo :LAST_ERROR_SQLSTATE
select calcom_merge_deferred();
\echo :LAST_ERROR_SQLSTATE
select calcom_set_secret('default', 'webhook');
\echo :LAST_ERROR_SQLSTATE
select check_name, state, finding, command from calcom_doctor() where check_name = 'setup';

-- A schema in which everybody may create.
grant create on schema public to public;
select calcom_setup();
\echo :LAST_ERROR_SQLSTATE
select * from pg_temp.made;
revoke create on schema public from public;

-- Relations of our names that are not ours: a table, a view, even an empty sequence.
create table bookings (id int);
select calcom_setup();
\echo :LAST_ERROR_SQLSTATE
select * from pg_temp.made;
select count(*) from bookings;
drop table bookings;
create view email_outbox as select 1 as id;
create sequence calcom_events;
select calcom_setup();
\echo :LAST_ERROR_SQLSTATE
select * from pg_temp.made;
drop view email_outbox;
drop sequence calcom_events;

-- Now it is made; a second run changes nothing and says so.
select * from calcom_setup();
select * from pg_temp.made;
create temp table before as
  select oid, relname, relfilenode, relacl::text, reloptions from pg_class where relnamespace = 'public'::regnamespace;
select step, state, next from calcom_setup() where step in ('tables', 'database mark');
select relname from (select oid, relname, relfilenode, relacl::text, reloptions from pg_class where relnamespace = 'public'::regnamespace
                     except table before) as changed;
select setconfig from pg_db_role_setting where setdatabase = (select oid from pg_database where datname = current_database());

-- The step "webhook secret" follows what is set.
select length(calcom_set_secret('default', 'webhook')) as made_and_shown;
select step, state, next from calcom_setup() where step = 'webhook secret';

-- DROP EXTENSION requires CASCADE and keeps the rows; a new extension finds them, and history continues.
select calcom_set_secret('default', 'webhook', 'whsec_test');
\set body '{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"kept","status":"ACCEPTED","startTime":"2096-01-01T10:00:00Z"}}'
select outcome from calcom_ingest(:'body'::text, calcom_sign(:'body'::text, 'whsec_test'));
\set VERBOSITY terse
drop extension calcom;
set client_min_messages = warning;
drop extension calcom cascade;
select uid, status from bookings;
create extension calcom;
reset client_min_messages;
select step, state, next from calcom_setup() where step in ('tables', 'webhook secret');
select count(*) as secrets from calcom_secrets;
update bookings set status = 'cancelled';
select action from booking_history order by at;
delete from booking_history;

-- A schema of its own, whatever its name.
set client_min_messages = warning;
drop extension calcom cascade;
create schema "Cal com";
create extension calcom schema "Cal com";
reset client_min_messages;
select state, next from "Cal com".calcom_setup() where step = 'tables';
select "Cal com".calcom_set_secret('default', 'webhook', 'whsec_test');
select outcome from "Cal com".calcom_ingest(:'body'::text, "Cal com".calcom_sign(:'body'::text, 'whsec_test'));
select uid, status from "Cal com".bookings;
select action from "Cal com".booking_history;
select "Cal com".calcom_merge_deferred();
select check_name, command from "Cal com".calcom_doctor() where check_name like '%secret%' or command like '%Cal com%';
