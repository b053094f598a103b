-- Exposes webhooks through PostgREST for other accounts, schemas and roles. Runs as the caller: only a superuser, or a
-- member of calcom_owner who may create in the schema, can expose the database to the network.
create function calcom_internal.webhook_name(account text, provider text) returns name
language plpgsql stable set search_path = pg_catalog, pg_temp
as $name$
declare
  found text;
begin
  if account is null or provider is null then
    raise exception using errcode = 'null_value_not_allowed', message = 'account and provider must not be null';
  elsif provider not in ('calcom', 'resend') then
    raise exception using errcode = 'invalid_parameter_value', message = 'unknown provider',
      hint = 'It is calcom or resend.';
  end if;
  found := provider || '_webhook' || case when account <> 'default' then '_' || account else '' end;
  if octet_length(found) > 63 then  -- cut off, two accounts could share one function
    raise exception using errcode = 'invalid_parameter_value', message = 'account name is too long for a function''s '
      'name',
      hint = 'Use calcom-proxy for it, or an account with a shorter name: calcom_account_add().';
  end if;
  return found;
end
$name$;
comment on function calcom_internal.webhook_name(text, text) is
  'Internal: name of the function that receives an account''s deliveries.';

-- Ours: a member of the extension, or made by calcom_expose_webhook(). Any other function of the name is refused,
-- whatever its arguments: PostgREST could not distinguish the two.
create function calcom_internal.exposed_webhook(name name, schema oid) returns regprocedure
language plpgsql stable set search_path = pg_catalog, pg_temp
as $exposed$
declare
  found record;
  ours regprocedure;
begin
  for found in
    select p.oid::regprocedure as function,
           p.proargtypes::text = 'json'::regtype::oid::text and p.proowner = 'calcom_owner'::regrole
             and exists (select from pg_depend d
                          where d.classid = 'pg_proc'::regclass and d.objid = p.oid
                            and ((d.deptype = 'e' and d.refclassid = 'pg_extension'::regclass
                                  and d.refobjid = (select e.oid from pg_extension e where e.extname = 'calcom'))
                              or (d.refclassid = 'pg_proc'::regclass
                                  and d.refobjid = 'calcom_internal.answer_webhook(text, text, '
                                    'json)'::regprocedure))) as ours
      from pg_proc p where p.pronamespace = $2 and p.proname = $1 loop
    if not found.ours then
      perform calcom_internal.raise_error('name_taken',
        format('Function %s was not created by calcom. Nothing was created or changed.', found.function),
        format('Drop or rename it, or choose another schema: DROP FUNCTION %s;', found.function));
    end if;
    ours := found.function;
  end loop;
  return ours;
end
$exposed$;
comment on function calcom_internal.exposed_webhook(name, oid) is
  'Internal: the function of this name that calcom made in a schema, null if there is none. Raises KC409 if the '
  'function was not made by calcom.';

create function calcom_internal.check_exposure(schema regnamespace, role regrole) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $check$
declare
  quoted constant text := schema::text;
begin
  if not exists (select from pg_namespace n where n.oid = schema) or quoted ~ '^"?pg_'
    or quoted = 'information_schema' then
    raise exception using errcode = 'invalid_parameter_value', message = format('schema %s cannot be exposed', quoted),
      hint = 'Name a schema that PostgREST serves (db-schemas).';
  elsif role is not null and not exists (select from pg_roles r where r.oid = role) then
    raise exception using errcode = 'undefined_object', message = format('role %s does not exist', role);
  -- A role that may create there could add a function of the same name.
  elsif exists (select from pg_namespace n, aclexplode(n.nspacl) a
                 where n.oid = schema and a.grantee = 0 and a.privilege_type = 'CREATE') then
    perform calcom_internal.raise_error('open_schema', format('PUBLIC has CREATE in schema %s.', quoted),
      format('Run: REVOKE CREATE ON SCHEMA %s FROM PUBLIC;', quoted));
  elsif role is not null and has_schema_privilege(role, schema, 'create') then
    perform calcom_internal.raise_error('open_schema', format('Role %s has CREATE in schema %s.', role, quoted),
      format('Name the role of anonymous requests (db-anon-role), or run: REVOKE CREATE ON SCHEMA %s FROM %s;',
             quoted, role));
  elsif role is not null and not has_schema_privilege(role, schema, 'usage') then
    raise exception using errcode = 'insufficient_privilege', message = format('role %s cannot reach schema '
      '%s', role, quoted),
      hint = format('Run: GRANT USAGE ON SCHEMA %s TO %s;', quoted, role);
  end if;
end
$check$;
comment on function calcom_internal.check_exposure(regnamespace, regrole) is
  'Internal: raises an error if a webhook''s function must not or cannot be made for a role in a schema.';

-- From PUBLIC, and from the roles that ALTER DEFAULT PRIVILEGES names.
create function calcom_internal.revoke_from_others(function regprocedure) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $revoke$
declare
  grantee oid;
  revoked boolean := false;
begin
  for grantee in
    select a.grantee from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
     where p.oid = function and a.grantee <> p.proowner loop
    execute format('revoke all on function %s from %s', function, case grantee when 0 then 'public'
      else grantee::regrole::text end);
    revoked := true;
  end loop;
  return revoked;
end
$revoke$;
comment on function calcom_internal.revoke_from_others(regprocedure) is
  'Internal: revokes a function from all roles except its owner; false if no other role could call it.';

-- A body in standard SQL (BEGIN ATOMIC), because PostgreSQL records its dependencies: DROP EXTENSION requires CASCADE
-- and then drops the function, a dump orders it after the extension, and search_path does not matter.
create function calcom_internal.make_webhook(name name, schema regnamespace, account text, provider text)
returns regprocedure
language plpgsql set search_path = pg_catalog, pg_temp
as $make$
declare
  function constant text := format('%s.%I(json)', schema, name);
begin
  execute format('create function %s returns json language sql volatile security definer '
                 'set search_path = pg_catalog, pg_temp '
                 'begin atomic select calcom_internal.answer_webhook(%L, %L, $1); end', function, provider, account);
  perform calcom_internal.revoke_from_others(function::regprocedure);
  execute format('comment on function %s is %L', function,
    format('Webhook of %s for account %s of calcom, made by calcom_expose_webhook(); drop it with '
      'calcom_hide_webhook().',
           case provider when 'calcom' then 'Cal.com' else 'Resend' end, quote_literal(account)));
  execute format('alter function %s owner to calcom_owner', function);
  return function::regprocedure;
exception when insufficient_privilege then
  raise exception using errcode = 'insufficient_privilege', message = format('function %s cannot be made', function),
    detail = initcap(left(sqlerrm, 1)) || substr(sqlerrm, 2) || '.',
    hint = format('Ask a superuser, or run as a member of calcom_owner after: GRANT CREATE ON SCHEMA %s TO '
      'calcom_owner;', schema);
end
$make$;
comment on function calcom_internal.make_webhook(name, regnamespace, text, text) is
  'Internal part of calcom_expose_webhook(): creates the function, owned by calcom_owner, without any grant.';

create function @extschema@.calcom_expose_webhook(account text default 'default', schema regnamespace default null,
  role regrole default null, provider text default 'calcom') returns text
language plpgsql set search_path = pg_catalog, pg_temp
as $expose$
declare
  name constant name := calcom_internal.webhook_name(account, provider);
  place constant regnamespace := coalesce(schema, '@extschema@'::regnamespace);
  function regprocedure;
begin
  perform calcom_internal.check_exposure(place, role);
  if not exists (select from @extschema@.calcom_accounts a where a.account = $1) then
    perform calcom_internal.raise_error('unknown_account');
  end if;
  function := coalesce(calcom_internal.exposed_webhook(name, place),
                       calcom_internal.make_webhook(name, place, account, provider));
  if role is not null then
    execute format('grant execute on function %s to %s', function, role);
  elsif not exists (select from pg_proc p, aclexplode(p.proacl) a where p.oid = function
    and a.grantee <> p.proowner) then
    raise notice using message = format('no role may call %s yet', function),
      hint = 'Name the role of anonymous requests (db-anon-role) as well: role => ''anon''.';
  end if;
  perform calcom_internal.note_act('expose_webhook', account, format('%s.%I', place, name),
                                      jsonb_strip_nulls(jsonb_build_object('role', role)));
  perform pg_notify('pgrst', 'reload schema');  -- PostgREST's own channel; nobody else listens there
  return format('/rpc/%s', name);
end
$expose$;
comment on function @extschema@.calcom_expose_webhook(text, regnamespace, regrole, text) is
  'Lets PostgREST receive an account''s webhook without the proxy, and returns its path. Creates '
  'calcom_webhook[_account] (with provider resend: resend_webhook[_account]) in a schema that PostgREST serves, and '
  'lets role call it, for example anon; without role, no one may call it. Can be repeated. Raises KC409 for a schema '
  'in which others may create objects, and if another function has that name.';

create function @extschema@.calcom_hide_webhook(account text default 'default', schema regnamespace default null,
  provider text default 'calcom') returns boolean
language plpgsql set search_path = pg_catalog, pg_temp
as $hide$
declare
  place constant regnamespace := coalesce(schema, '@extschema@'::regnamespace);
  function constant regprocedure :=
    calcom_internal.exposed_webhook(calcom_internal.webhook_name(account, provider), place);
  hidden boolean := true;
begin
  if function is null then
    return false;
  end if;
  -- The extension's own function stays, but no one may call it any longer.
  if place = '@extschema@'::regnamespace and account = 'default' then
    hidden := calcom_internal.revoke_from_others(function);
  else
    execute format('drop function %s', function);
  end if;
  if hidden then
    perform calcom_internal.note_act('hide_webhook', account, format('%s.%I', place,
                                        calcom_internal.webhook_name(account, provider)));
  end if;
  perform pg_notify('pgrst', 'reload schema');
  return hidden;
end
$hide$;
comment on function @extschema@.calcom_hide_webhook(text, regnamespace, text) is
  'Reverts calcom_expose_webhook() in one schema, also for a deleted account. Returns false if there was nothing to '
  'revert.';
