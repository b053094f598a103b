-- What holds for everything we make, now and later. Each query prints violations only.
\set ECHO none
\set subject hygiene
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
create view member as
  select p.* from pg_proc p
   where p.proowner = (select oid from pg_roles where rolname = 'calcom_owner')
      or p.oid in (select d.objid from pg_depend d
                    where d.classid = 'pg_proc'::regclass and d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
                      and d.refobjid = (select oid from pg_extension where extname = 'calcom'));
create view data_table as
  select c.* from pg_class c where c.relnamespace = 'calcom'::regnamespace and c.relkind in ('r', 'p');
select count(*) > 25 as functions from member;
select count(*) > 10 as tables from data_table;

-- SECURITY DEFINER: never as a superuser, never by a search_path that others can fill.
select rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb, rolreplication from pg_roles where rolname = 'calcom_owner';
select oid::regprocedure as runs_as_another from member where prosecdef and proowner <> 'calcom_owner'::regrole;
select oid::regprocedure as path_not_pinned from member
 where prosecdef and not coalesce('search_path=pg_catalog, pg_temp' = any(proconfig), false);
select oid::regprocedure as path_not_pinned from member
 where prolang in (select oid from pg_language where lanname in ('sql', 'plpgsql')) and proconfig is null;
select rolname as member_of_owner from pg_auth_members m join pg_roles r on r.oid = m.member where m.roleid = 'calcom_owner'::regrole;

-- Nothing for PUBLIC.
select oid::regprocedure as for_public from member
 where exists (select from aclexplode(coalesce(proacl, acldefault('f', proowner))) where grantee = 0);
select relname as for_public from data_table where exists (select from aclexplode(relacl) where grantee = 0);
select relname, attname as for_public from data_table c join pg_attribute a on a.attrelid = c.oid, aclexplode(a.attacl) where grantee = 0;

-- Everything is explained.
select oid::regprocedure as no_comment from member where obj_description(oid, 'pg_proc') is null;
select relname as no_comment from data_table where obj_description(oid, 'pg_class') is null;
select relname, attname as no_comment from pg_class c join pg_attribute a on a.attrelid = c.oid
 where relnamespace = 'calcom'::regnamespace and relkind in ('r', 'p', 'v') and attnum > 0 and not attisdropped
   and coalesce(col_description(attrelid, attnum), '') = '';
select c.relname as no_comment from pg_class c where c.relnamespace = 'calcom'::regnamespace and c.relkind = 'v' and obj_description(c.oid, 'pg_class') is null;

-- Data tables: ours, with row level security, keyed by the account first, and never members of the extension.
select relname as another_owner from data_table where relowner <> 'calcom_owner'::regrole;
select relname as no_rls from data_table where not relrowsecurity;
select relname as not_logged from data_table where relpersistence <> 'p';
select relname as member from data_table c
  join pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e' where relname <> 'calcom_secrets';
select indexrelid::regclass as not_by_account from pg_index i join data_table c on c.oid = i.indrelid
 where i.indisunique and relname not in ('calcom_meta', 'calcom_worker_epochs')
   and (select attname from pg_attribute a where a.attrelid = i.indrelid and a.attnum = i.indkey[0]) <> 'account';
select conrelid::regclass, conname as not_by_account from pg_constraint k join data_table c on c.oid = k.conrelid
 where contype = 'f' and (select attname from pg_attribute a where a.attrelid = conrelid and a.attnum = conkey[1]) <> 'account';
select c.relname as no_primary_key from data_table c where not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary);
select objid::regclass as dumped_with_the_extension from pg_depend d, pg_extension e
 where e.extname = 'calcom' and d.objid = any(e.extconfig);

-- Every C function is in our library.
select oid::regprocedure as foreign_library from member
 where prolang = (select oid from pg_language where lanname = 'c') and probin <> '$libdir/calcom';

-- A function that reads tables or the clock is no IMMUTABLE one; one that writes is VOLATILE.
select oid::regprocedure, provolatile from member
 where provolatile = 'i' and proname !~ '^check_' and proname not in ('calcom_verify_signature', 'calcom_sign', 'resend_sign', 'calcom_parse_payload', 'calcom_extract_booking',
   'calcom_library_version', 'refusal_cause', 'data_tables', 'data_views', 'page_address',
   'page_changed');
select oid::regprocedure, provolatile from member where provolatile <> 'v' and proname ~ 'ingest|merge|^table_|^triggers_|migrate|set_secret|account_|trust|refusals$';
select oid::regprocedure as parallel_while_writing from member where provolatile = 'v' and proparallel <> 'u';

-- Internal functions are in the schema of the extension's own, where nobody else creates anything; \df of the data schema
-- shows what users call.
select oid::regprocedure as internal_among_users_functions from member
 where pronamespace <> 'calcom_internal'::regnamespace and obj_description(oid, 'pg_proc') ~ '^(Internal|Step of|Trigger|Statement trigger)';
select oid::regprocedure as trigger_function_among_users_functions from member
 where pronamespace <> 'calcom_internal'::regnamespace and prorettype = 'trigger'::regtype;
select grantee::regrole, privilege_type from pg_namespace, aclexplode(nspacl)
 where nspname = 'calcom_internal' and grantee <> nspowner order by 1::text, 2;
-- An invoker function runs with its caller's rights, also on what it calls.
select p.oid::regprocedure as calls_what_its_role_may_not, a.grantee::regrole, q.oid::regprocedure as callee
  from member p, aclexplode(p.proacl) a, regexp_matches(p.prosrc, 'calcom_internal\.([a-z_]+)', 'g') m, member q
 where not p.prosecdef and a.grantee not in (0, p.proowner, 'calcom_owner'::regrole)
   and q.pronamespace = 'calcom_internal'::regnamespace and q.proname = m[1]
   and not has_function_privilege(a.grantee, q.oid, 'execute') order by 1::text, 2::text;
select objid::regclass as not_a_function from pg_depend where refclassid = 'pg_namespace'::regclass and refobjid = 'calcom_internal'::regnamespace
   and classid <> 'pg_proc'::regclass;

-- DROP EXTENSION CASCADE must not drop a column: nothing in a data table depends on a member, but for triggers and views.
select d.classid::regclass as kind, pg_describe_object(d.classid, d.objid, d.objsubid) as depends_on_a_member
  from pg_depend d join pg_depend m on m.classid = d.refclassid and m.objid = d.refobjid and m.deptype = 'e'
   and m.refclassid = 'pg_extension'::regclass and m.refobjid = (select oid from pg_extension where extname = 'calcom')
 where d.deptype in ('n', 'a') and d.classid in ('pg_class'::regclass, 'pg_attrdef'::regclass, 'pg_constraint'::regclass, 'pg_type'::regclass)
   and d.objid <> 'calcom.calcom_secrets'::regclass and not exists
     (select from pg_depend o where o.classid = d.classid and o.objid = d.objid and o.deptype = 'e')
   and pg_describe_object(d.classid, d.objid, d.objsubid) !~ 'calcom_secrets';

-- Every setting of ours is described, and those that name files or servers are the superuser's.
load 'calcom';
select name as not_described from pg_settings where name like 'calcom.%' and short_desc = '';
select name, context from pg_settings where name like 'calcom.%' order by name;
