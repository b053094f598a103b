-- Asks the catalogs what a reviewer would miss. Each query prints violations only, so all of them print no rows.
\set VERBOSITY terse
set client_min_messages = warning;
create extension calcom;
do $$ begin perform * from calcom_setup(); end $$;
create temporary view ours as
  select d.classid, d.objid from pg_depend d
   where d.refclassid = 'pg_extension'::regclass and d.deptype = 'e'
     and d.refobjid = (select oid from pg_extension where extname = 'calcom');
create temporary view our_functions as
  select p.* from pg_proc p
   where p.oid in (select objid from ours where classid = 'pg_proc'::regclass)
      or p.proowner = 'calcom_owner'::regrole;
create temporary view our_relations as
  select c.* from pg_class c
   where c.relkind in ('r', 'p', 'v', 'm')
     and (c.oid in (select objid from ours where classid = 'pg_class'::regclass) or c.relowner = 'calcom_owner'::regrole);

-- The views above see something, or all that follows would be silent for nothing.
select (select count(*) from our_functions) > 20 as functions, (select count(*) from our_relations) > 8 as relations;

-- Every function, table and column says what it is.
select p.oid::regprocedure as function_without_comment from our_functions p
 where obj_description(p.oid, 'pg_proc') is null order by 1::text;
select c.relname as relation_without_comment from our_relations c
 where obj_description(c.oid, 'pg_class') is null order by 1;
select c.relname, a.attname as column_without_comment from our_relations c join pg_attribute a on a.attrelid = c.oid
 where a.attnum > 0 and not a.attisdropped and col_description(c.oid, a.attnum) is null order by 1, a.attnum;

-- A definer function has a pinned search_path that ends in pg_temp, and an owner who is no superuser.
select p.oid::regprocedure as definer_without_search_path from our_functions p
 where p.prosecdef and not exists (select from unnest(p.proconfig) s
   where s like 'search\_path=%' and s like '%pg\_temp' and s not like '%public%') order by 1::text;
select p.oid::regprocedure as definer_of_superuser from our_functions p join pg_roles r on r.oid = p.proowner
 where p.prosecdef and (r.rolsuper or r.rolbypassrls) order by 1::text;

-- A plain SQL or PL/pgSQL function has one too: it may be called from anywhere.
select p.oid::regprocedure as function_without_search_path from our_functions p join pg_language l on l.oid = p.prolang
 where l.lanname in ('sql', 'plpgsql') and p.prosqlbody is null
   and not exists (select from unnest(p.proconfig) s where s like 'search\_path=%') order by 1::text;

-- Nothing is granted to everybody.
select p.oid::regprocedure as function_for_public from our_functions p,
       aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
 where a.grantee = 0 order by 1::text;
select c.relname as relation_for_public, a.privilege_type from our_relations c, aclexplode(c.relacl) a
 where a.grantee = 0 order by 1, 2;

-- The proxy's role can take deliveries and nothing else.
select p.oid::regprocedure as ingester_may_call from our_functions p
 where has_function_privilege('calcom_ingester', p.oid, 'execute')
   and p.proname not in ('calcom_ingest', 'calcom_page', 'calcom_seen') order by 1::text;
select c.relname as ingester_may_touch from our_relations c
 where has_table_privilege('calcom_ingester', c.oid, 'select, insert, update, delete, truncate, references, trigger') order by 1;

-- Analysts see neither secrets, nor raw bodies, nor frozen requests.
select c.relname, a.attname as reader_may_read from our_relations c join pg_attribute a on a.attrelid = c.oid
 where (c.relname, a.attname) in (('calcom_secrets', 'value'), ('calcom_secrets', 'previous'), ('calcom_events', 'body'),
        ('calcom_events', 'body_bytes'), ('email_outbox', 'request'))
   and (has_column_privilege('calcom_reader', c.oid, a.attnum, 'select')) order by 1, 2;

-- Row security is decided on every table; the owner of data is neither superuser nor exempt from it.
select c.relname as table_without_row_security from our_relations c
 where c.relkind in ('r', 'p') and not c.relrowsecurity order by 1;
select rolname as owner_is_too_strong from pg_roles
 where rolname ~ '^calcom_(owner|ingester|reader|operator)$' and (rolsuper or rolbypassrls or rolcanlogin or rolcreaterole);

-- Every key starts with the account (or is a table's of one row a key or node), so that data can be spread by account.
select con.conrelid::regclass as key_without_account, con.conname from pg_constraint con join our_relations c on c.oid = con.conrelid
 where con.contype in ('p', 'u', 'f') and c.relname not in ('calcom_meta', 'calcom_worker_epochs')
   and (select attname from pg_attribute where attrelid = con.conrelid and attnum = con.conkey[1]) <> 'account' order by 1::text, 2;

-- Data tables are not members; the secrets table is, and is not in a dump.
select c.relname as member_table from our_relations c join ours o on o.objid = c.oid and o.classid = 'pg_class'::regclass
 where c.relkind in ('r', 'p') and c.relname <> 'calcom_secrets';
select extconfig as dumped_members from pg_extension where extname = 'calcom' and extconfig is not null;

-- Nothing of ours is left in public's hands by default privileges, and no C function has an unknown library.
select p.oid::regprocedure as foreign_library from our_functions p join pg_language l on l.oid = p.prolang
 where l.lanname = 'c' and p.probin <> '$libdir/calcom' order by 1::text;
