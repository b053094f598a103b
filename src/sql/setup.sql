-- calcom_setup(): creates and migrates the data tables, marks the database, and lists the next steps. The data
-- tables in the order in which calcom_setup() creates them. Each is made by calcom_internal.table_NAME(), in
-- src/sql/tables/NAME.sql. They are not members of the extension, so that a dump keeps their rows and DROP
-- EXTENSION leaves them alone (docs/decisions/0001). Every key starts with the account, ids are time-ordered uuids
-- and nothing is unique across accounts, so that the tables can be sharded by account (docs/architecture.md).
create function calcom_internal.data_tables() returns text[]
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$
  select array['calcom_meta', 'calcom_accounts', 'calcom_account_readers', 'calcom_environments', 'calcom_events',
    'calcom_event_digests', 'bookings', 'booking_facts', 'booking_checkpoints', 'booking_attendees', 'booking_history',
     'email_outbox', 'email_templates', 'email_calendar_sequences', 'email_suppressions', 'email_waits',
       'provider_events',
     'reminder_rules', 'calcom_worker_epochs', 'calcom_audit']
$$;
comment on function calcom_internal.data_tables() is 'Names of the data tables that calcom_setup() makes.';

create function calcom_internal.data_views() returns text[]
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$ select array['calcom_deliveries', 'calcom_mails', 'upcoming_bookings', 'bookings_by_day'] $$;
comment on function calcom_internal.data_views() is 'Names of the views that calcom_setup() makes.';

create function @extschema@.calcom_preloaded() returns boolean
language c stable parallel safe as 'MODULE_PATHNAME', 'calcom_preloaded';
comment on function @extschema@.calcom_preloaded() is
  'True if shared_preload_libraries contains the library, so that the background worker can run.';

create function @extschema@.calcom_library_version() returns text
language c immutable parallel safe as 'MODULE_PATHNAME', 'calcom_library_version';
comment on function @extschema@.calcom_library_version() is 'Version of the loaded library.';

-- Checks before anything is created: no other role's relation has one of our names, and PUBLIC cannot create objects
-- in the schema. Otherwise another role could put its own table with a trigger in place of ours.
create function calcom_internal.check_setup() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $refuse$
declare
  foreign_name text;
begin
  select c.relname into foreign_name
    from pg_class c
   where c.relnamespace = '@extschema@'::regnamespace
     and c.relowner <> 'calcom_owner'::regrole
     and c.relname = any(calcom_internal.data_tables() || calcom_internal.data_views())
   order by c.relname limit 1;
  if foreign_name is not null then
    perform calcom_internal.raise_error('name_taken',
      format('Relation "%s" in schema @extschema@ belongs to another role. Nothing was created or changed.',
        foreign_name),
      'Install into a schema of its own: DROP EXTENSION calcom; CREATE SCHEMA calcom; '
      'CREATE EXTENSION calcom SCHEMA calcom; SELECT * FROM calcom.calcom_setup();');
  end if;
  if pg_catalog.getdatabaseencoding() not in ('UTF8', 'SQL_ASCII') then
    perform calcom_internal.raise_error('wrong_encoding',
      format('The encoding of this database is %s.', getdatabaseencoding()));
  end if;
  if exists (select from pg_namespace n, aclexplode(n.nspacl) a
              where n.oid = '@extschema@'::regnamespace and a.grantee = 0 and a.privilege_type = 'CREATE') then
    perform calcom_internal.raise_error('open_schema',
      'PUBLIC has CREATE in schema @extschema@ and could create a table with a trigger there first.',
      'Run: REVOKE CREATE ON SCHEMA @extschema@ FROM PUBLIC; or install with CREATE EXTENSION calcom SCHEMA calcom.');
  end if;
end
$refuse$;
comment on function calcom_internal.check_setup() is
  'Internal step of calcom_setup(): raises KC409, KC411 or KC412 if it is not safe to create the data tables.';

create function calcom_internal.migrate() returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $migrate$
declare
  standing text;
  name text;
begin
  perform pg_advisory_xact_lock(hashtextextended('calcom_setup', 0));
  if to_regclass('@extschema@.calcom_meta') is not null then
    execute 'select value from @extschema@.calcom_meta where key = ''schema_version''' into standing;
  end if;
  if standing is null then
    foreach name in array calcom_internal.data_tables() loop
      execute format('select calcom_internal.%I()', 'table_' || name);
    end loop;
    perform calcom_internal.views();
    perform calcom_internal.compress();
    execute 'insert into @extschema@.calcom_meta (key, value) values (''schema_version'', ''1'')';
    return 'made the tables of version 1';
  end if;
  -- DROP EXTENSION ... CASCADE drops the triggers and keeps the rows: a new extension adds its triggers to such tables.
  if not exists (select from pg_trigger t
                  where t.tgrelid = '@extschema@.bookings'::regclass and t.tgname = 'calcom_history') then
    for name in
      select p.proname from pg_proc p
       where p.pronamespace = 'calcom_internal'::regnamespace and starts_with(p.proname, 'triggers_') loop
      execute format('select calcom_internal.%I()', name);
    end loop;
    perform calcom_internal.views();
    return format('the tables are of version %s, made their triggers and views', standing);
  end if;
  return format('the tables are of version %s', standing);
end
$migrate$;
comment on function calcom_internal.migrate() is
  'Internal step of calcom_setup(): brings the data tables to this version, as calcom_owner.';

create function calcom_internal.compress() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $lz4$
begin
  alter table @extschema@.calcom_events alter body set compression lz4, alter body_bytes set compression lz4;
  alter table @extschema@.email_outbox alter request set compression lz4;
  alter table @extschema@.provider_events alter body set compression lz4, alter body_bytes set compression lz4;
  alter table @extschema@.booking_facts alter facts set compression lz4;
  alter table @extschema@.booking_checkpoints alter facts set compression lz4;
exception when feature_not_supported then
  null;  -- a server built without lz4 keeps pglz: slower, but the same to the user
end
$lz4$;
comment on function calcom_internal.compress() is
  'Internal step of calcom_setup(): compresses bodies with lz4 if the server supports it.';

-- Marks the database for the launcher, which reads the shared catalog. Runs as the caller, who must own the database.
create function calcom_internal.mark_database() returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $mark$
begin
  if exists (select from pg_db_role_setting s
              where s.setdatabase = (select d.oid from pg_database d where d.datname = current_database())
                and s.setrole = 0 and 'calcom.worker=on' = any(s.setconfig)) then
    return 'ok';
  end if;
  execute format('alter database %I set calcom.worker = on', current_database());
  return 'done';
exception when insufficient_privilege then
  return 'todo';
end
$mark$;
comment on function calcom_internal.mark_database() is
  'Internal step of calcom_setup(): marks this database for the background worker; todo if the caller may not.';

create function calcom_internal.preload_libraries() returns text
language c stable parallel safe as 'MODULE_PATHNAME', 'calcom_preload_libraries';
comment on function calcom_internal.preload_libraries() is
  'Internal: the setting shared_preload_libraries, which otherwise only superusers may read.';

-- One literal for each library: ALTER SYSTEM stores one literal with commas as a single name.
create function calcom_internal.preload_line() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select 'ALTER SYSTEM SET shared_preload_libraries = ' ||
         (select string_agg(quote_literal(btrim(l.name, ' "')), ', ' order by l.place)
            from unnest(string_to_array(concat_ws(',', nullif(calcom_internal.preload_libraries(), ''), 'calcom'), ','))
                 with ordinality l(name, place)) ||
         '; then restart the server'
$$;
comment on function calcom_internal.preload_line() is
  'Internal: the statement that preloads the library and keeps the libraries that are already preloaded.';

create function @extschema@.calcom_setup(out step text, out state text, out next text) returns setof record
language plpgsql set search_path = pg_catalog, pg_temp
as $setup$
declare
  marked text;
  remaining bigint;
begin
  perform calcom_internal.check_setup();
  step := 'tables'; state := 'ok'; next := calcom_internal.migrate();
  return next;

  select @extschema@.calcom_merge_deferred(1000) into remaining;
  step := 'deferred deliveries'; state := case remaining when 0 then 'ok' else 'todo' end;
  next := case remaining when 0 then 'none waiting'
          else format('%s waiting: SELECT @extschema@.calcom_merge_deferred();', remaining) end;
  return next;

  marked := calcom_internal.mark_database();
  step := 'database mark'; state := case marked when 'todo' then 'todo' else 'ok' end;
  next := case marked when 'todo'
          then format('as its owner run: ALTER DATABASE %I SET calcom.worker = on;', current_database())
          else 'the background worker serves this database' end;
  return next;

  step := 'preload'; state := case when @extschema@.calcom_preloaded() then 'ok' else 'todo' end;
  next := case when @extschema@.calcom_preloaded() then 'the library is preloaded'
          else 'restart needed, until then deliveries are taken and mail waits: ' || calcom_internal.preload_line()
          end;
  return next;

  step := 'webhook secret';
  if exists (select from @extschema@.calcom_secrets s where s.account = 'default' and s.kind = 'webhook') then
    state := 'ok'; next := 'set';
  else
    state := 'todo';
    next := 'SELECT @extschema@.calcom_set_secret(''default'', ''webhook''); makes one and shows it once';
  end if;
  return next;

  step := 'webhook in Cal.com'; state := 'todo';
  next := 'Settings > Developer > Webhooks: subscriber URL https://YOUR-HOST/api/webhooks/calcom, the secret above, '
          'no custom template, and at least the triggers Booking Created, Rescheduled, Cancelled, Requested, Rejected';
  return next;

  step := 'mail'; state := 'todo';
  next := 'mail is in test mode: rendered and kept, never sent. calcom_account_set(''default'', sender => ...), '
          'calcom_set_secret(''default'', ''resend_api_key'', ...), then calcom_go_live(''default'')';
  return next;

  step := 'mail of Cal.com itself'; state := 'todo';
  next := 'Cal.com also mails attendees: turn its own mails off where you can (docs/setup.md), or people get two';
  return next;

  step := 'check'; state := 'todo'; next := 'SELECT * FROM @extschema@.calcom_doctor();';
  return next;
end
$setup$;
comment on function @extschema@.calcom_setup() is
  'Creates or migrates the data tables in this schema and marks the database for the worker. One row for each step, '
  'state ok or todo. Can be repeated; run it again after ALTER EXTENSION calcom UPDATE. Raises KC409, without any '
  'change, if another relation has one of its names.';
