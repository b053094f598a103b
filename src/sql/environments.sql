-- Going live, and the environment that may send mail.
create function calcom_internal.this_environment(out system_identifier text, out database_oid oid, out node text,
  out node_problem text)
language c stable security definer set search_path = pg_catalog, pg_temp
  as 'MODULE_PATHNAME', 'calcom_this_environment';
comment on function calcom_internal.this_environment() is
  'Internal: where this database runs. node is a hash of the machine''s identity (/etc/machine-id or the file that '
  'calcom.node_identity_file names) and of the data directory''s path, null with node_problem if that cannot be read.';

create function calcom_internal.why_not_armed(account text) returns text
language c stable security definer set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_why_not_armed';
comment on function calcom_internal.why_not_armed(text) is
  'Internal: null if calcom_go_live() recorded this environment for the account, else the difference.';

create function @extschema@.calcom_environment(account text default 'default', out system_identifier text,
  out database_oid oid, out node text, out armed boolean, out reason text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $environment$
begin
  select e.system_identifier, e.database_oid, e.node into system_identifier, database_oid, node
    from calcom_internal.this_environment() e;
  reason := calcom_internal.why_not_armed(account);
  armed := reason is null;
end
$environment$;
comment on function @extschema@.calcom_environment(text) is
  'Where this database runs, and whether live mail of the account may be sent from here. reason: what differs from the '
  'place where calcom_go_live() was called (a restored dump, a snapshot, a template copy, another machine or data '
  'directory).';

create function calcom_internal.arm(account text, out system_identifier text, out database_oid oid, out node text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $arm$
declare
  problem text;
begin
  select e.system_identifier, e.database_oid, e.node, e.node_problem
    into system_identifier, database_oid, node, problem from calcom_internal.this_environment() e;
  if node is null then
    perform calcom_internal.raise_error('no_machine_identity', problem || '.');
  end if;
  insert into @extschema@.calcom_environments as e (account, system_identifier, database_oid, node)
    values ($1, system_identifier, database_oid, node)
    on conflict on constraint calcom_environments_pkey do update set armed_at = now(), armed_by = session_user;
end
$arm$;
comment on function calcom_internal.arm(text) is
  'Internal: records this environment as one that may send mail of the account. Raises KC003 if the machine has no '
  'identity.';

create function @extschema@.calcom_go_live(account text default 'default', out system_identifier text,
  out database_oid oid, out node text, out note text)
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $live$
declare
  settings record;
  obstacle text;
begin
  select a.sender, a.mail_mode into settings from @extschema@.calcom_accounts a where a.account = $1 for update;
  if not found then
    perform calcom_internal.raise_error('unknown_account');
  end if;
  if settings.sender is null then
    perform calcom_internal.raise_error('no_sender');
  end if;
  if not exists (select from @extschema@.calcom_secrets s where s.account = $1 and s.kind = 'resend_api_key') then
    perform calcom_internal.raise_error('no_key');
  end if;
  select e.system_identifier, e.database_oid, e.node into system_identifier, database_oid, node
    from calcom_internal.arm($1) e;
  update @extschema@.calcom_accounts a set mail_mode = 'live' where a.account = $1;
  note := case when settings.mail_mode = 'live' then 'live as before; this environment is recorded'
          else 'live: mail queued from now on is sent; mail captured in test mode stays unsent' end;
  obstacle := calcom_internal.why_no_mail($1);
  if obstacle is not null then
    note := note || format('; but nothing leaves yet: %s; see: SELECT * FROM @extschema@.calcom_doctor();', obstacle);
  end if;
  perform calcom_internal.note_act('go_live', $1, null, jsonb_build_object('was', settings.mail_mode,
    'system_identifier', system_identifier, 'database_oid', database_oid::bigint, 'node', node));
end
$live$;
comment on function @extschema@.calcom_go_live(text) is
  'Authorizes this environment, and no other, to send mail of the account: records system identifier, database and '
  'node. note: what else prevents sending. Call it again after pg_upgrade, a restore or a move. Raises KC001 without a '
  'sender, KC002 without a Resend key, KC003 if the machine has no identity, KC404 for an unknown account.';

create function @extschema@.calcom_trust_node(account text default 'default', node text default null) returns text
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $trust$
declare
  here record;
  named constant text := $2;
begin
  select e.* into here from calcom_internal.this_environment() e;
  if not exists (select from @extschema@.calcom_environments e
                  where e.account = $1 and e.system_identifier = here.system_identifier
                    and e.database_oid = here.database_oid) then
    perform calcom_internal.raise_error('never_live',
      'Another machine can be trusted only with a database that sends mail of the account.');
  end if;
  if named is null and here.node is null then
    perform calcom_internal.raise_error('no_machine_identity', here.node_problem || '.');
  end if;
  if named !~ '^[0-9a-f]{32}$' then
    raise exception using errcode = 'invalid_parameter_value', message = 'node is not valid',
      hint = 'On the machine to trust run: SELECT node FROM calcom_environment();';
  end if;
  insert into @extschema@.calcom_environments (account, system_identifier, database_oid, node)
    values ($1, here.system_identifier, here.database_oid, coalesce(named, here.node)) on conflict do nothing;
  perform calcom_internal.note_act('trust_node', $1, coalesce(named, here.node));
  return coalesce(named, here.node);
end
$trust$;
comment on function @extschema@.calcom_trust_node(text, text) is
  'Authorizes a machine to send the account''s mail once this database runs there, for example a standby after '
  'promotion. node: as calcom_environment() shows it on that machine; null: this one. Returns the node. Raises KC004 '
  'if the account never went live, KC003 if the machine has no identity.';

create function @extschema@.calcom_distrust_node(node text, account text default 'default') returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $distrust$
declare
  changed boolean;
begin
  delete from @extschema@.calcom_environments e where e.account = $2 and e.node = $1;
  changed := found;
  perform calcom_internal.note_act('distrust_node', $2, $1, jsonb_build_object('changed', changed));
  return changed;
end
$distrust$;
comment on function @extschema@.calcom_distrust_node(text, text) is
  'Reverts calcom_trust_node() or calcom_go_live() for one machine: mail is held there. Returns false if it was not '
  'trusted.';

grant execute on function @extschema@.calcom_environment(text), @extschema@.calcom_go_live(text),
  @extschema@.calcom_trust_node(text, text), @extschema@.calcom_distrust_node(text, text) to calcom_operator;
