-- The extension works in whatever schema it is created in, and its internal functions stay in calcom_internal.
\set ECHO none
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/one_schema.sql'
\set ECHO all
select format('create database calcom_schemas_%s', n) from generate_series(1, 2) n \gexec
\c calcom_schemas_1
revoke create on schema public from public;
\set VERBOSITY terse
create schema calcom_internal;
create extension calcom schema calcom_internal;
drop schema calcom_internal;
\set VERBOSITY default
create extension calcom schema public;
select step, state from public.calcom_setup() where step in ('tables', 'deferred deliveries');
\i :include
\c calcom_schemas_2
create schema "we ird";
create extension calcom schema "we ird";
select step, state from "we ird".calcom_setup() where step in ('tables', 'deferred deliveries');
set search_path = "we ird";
\i :include
-- A renamed schema is found in the same session.
alter schema "we ird" rename to "we'ird";
reset search_path;
select outcome from "we'ird".calcom_ingest('{"triggerEvent":"PING"}', "we'ird".calcom_sign('{"triggerEvent":"PING"}'::text, 'whsec_test'));
\c postgres
drop database calcom_schemas_1;
drop database calcom_schemas_2;
