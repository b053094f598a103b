-- Included by every file of sql/: a database of its own, calcom in a schema of its own, an account with a known
-- secret, and the helpers below, so that files neither see nor disturb each other. The including file sets
-- :subject first. The database is not marked for the worker: what a test counts, nobody else changes.
\set database calcom_test_ :subject
set client_min_messages = warning;
drop database if exists :"database" with (force);
create database :"database" template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C';
\c :"database"
set client_min_messages = warning;
create schema calcom;
create schema helper;
\set fixtures :abs_srcdir '/test/fixtures/calcom/'
alter database :"database" set search_path = helper, calcom, public;
alter database :"database" set helper.fixtures = :'fixtures';

-- The exact bytes of a captured delivery.
create function helper.fixture(name text) returns bytea language sql stable
as $$ select pg_read_binary_file(current_setting('helper.fixtures') || name) $$;

-- The same, taking place seventy years later: nothing of it is over, whatever the day is.
create function helper.upcoming(name text) returns bytea language sql stable
as $$
  select convert_to(regexp_replace(convert_from(helper.fixture(name), 'UTF8'),
                                   '("(?:startTime|endTime)":")20\d\d', '\12096', 'g'), 'UTF8')
$$;

-- Runs a statement that fails and tells how; its effects are rolled back.
create function helper.refusal(statement text, out state text, out message text, out detail text, out hint text)
language plpgsql as $$
begin
  execute statement;
  state := '00000'; message := 'it was not refused';
exception when others then
  get stacked diagnostics state = returned_sqlstate, message = message_text, detail = pg_exception_detail,
    hint = pg_exception_hint;
  detail := nullif(detail, ''); hint := nullif(hint, '');
end $$;

begin;
create extension calcom schema calcom;
\o /dev/null
select from calcom.calcom_setup();
\o
alter database :"database" reset calcom.worker;
commit;
\o /dev/null
select calcom.calcom_set_secret('default', 'webhook', 'whsec_test');
\o

-- Delivers a body as Cal.com would, signed.
create function helper.deliver(body bytea, account text default 'default', out outcome text, out booking_uid text,
  out detail text) language sql
as $$
  select r.outcome, r.booking_uid, r.detail
    from calcom.calcom_ingest(body, calcom.calcom_sign(body, 'whsec_test'), account) r
$$;
create function helper.deliver(body text, account text default 'default', out outcome text, out booking_uid text,
  out detail text) language sql
as $$ select * from helper.deliver(convert_to(body, 'UTF8'), account) $$;
\c :"database"
set timezone = 'UTC';
set datestyle = 'ISO';
