-- Roles are cluster-wide and survive the extension, so they are made only where absent.
-- calcom_owner owns data and SECURITY DEFINER functions: none of them ever runs as a superuser.
do $roles$
declare
  wanted constant text[] := array['calcom_owner', 'calcom_ingester', 'calcom_reader', 'calcom_operator'];
  missing text[];
  name text;
  purpose text;
begin
  select array_agg(w order by w) into missing
    from unnest(wanted) w where not exists (select from pg_catalog.pg_roles r where r.rolname = w);
  if missing is not null then
    if not exists (select from pg_catalog.pg_roles r
                    where r.rolname = current_user and (r.rolsuper or r.rolcreaterole)) then
      raise exception using errcode = 'insufficient_privilege',
        message = 'calcom needs roles that do not exist and may not be created by the current user',
        detail = 'Missing: ' || array_to_string(missing, ', ') || '.',
        hint = 'Ask an administrator to run: ' ||
               (select string_agg('CREATE ROLE ' || m || ' NOLOGIN;', ' ') from unnest(missing) m);
    end if;
    for name, purpose in
      select r.name, r.purpose from (values
        ('calcom_owner', 'Owns the data of calcom and its SECURITY DEFINER functions. Cannot log in.'),
        ('calcom_ingester', 'May submit deliveries and read what the booking page needs. Reads no table. For '
          'calcom-proxy.'),
        ('calcom_reader', 'May read all accounts, except raw bodies, stored requests and secrets.'),
        ('calcom_operator', 'May read what calcom_reader reads, and mail content; manages accounts, secrets and mail.')
        ) r (name, purpose) where r.name = any(missing) loop
      execute format('create role %I nologin', name);
      execute format('comment on role %I is %L', name, purpose);
    end loop;
  end if;
  if exists (select from pg_catalog.pg_roles r where r.rolname = 'calcom_owner' and (r.rolsuper or r.rolbypassrls)) then
    raise exception using errcode = 'invalid_role_specification',
      message = 'role calcom_owner must not be a superuser and must not bypass row level security',
      hint = 'Run: ALTER ROLE calcom_owner NOSUPERUSER NOBYPASSRLS;';
  end if;
end
$roles$;

grant usage, create on schema @extschema@ to calcom_owner;
grant usage on schema @extschema@ to calcom_ingester, calcom_reader, calcom_operator;

-- Internal functions. In a schema of the extension's own nothing that others create can take their place, and \df
-- of the data schema shows only what a user may call.
create schema calcom_internal;
comment on schema calcom_internal is 'Internal functions of the extension calcom. Not to be called by users.';
revoke all on schema calcom_internal from public;
-- Invoker functions name internal ones only for operators. A view's functions are found when it is created.
grant usage on schema calcom_internal to calcom_owner, calcom_operator;
