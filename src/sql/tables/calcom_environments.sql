-- Environments that are authorized to send live mail (calcom_go_live).
create function calcom_internal.triggers_calcom_environments() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create trigger calcom_wake after insert or update on @extschema@.calcom_environments
    for each statement execute function calcom_internal.outbox_changed('config');
end
$setup$;
comment on function calcom_internal.triggers_calcom_environments() is
  'Step of calcom_setup(): creates the triggers of calcom_environments.';

create function calcom_internal.table_calcom_environments() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.calcom_environments (
    account text not null references @extschema@.calcom_accounts,
    system_identifier text not null,
    database_oid oid not null,
    node text not null,
    armed_at timestamptz not null default now(),
    armed_by text not null default session_user,
    primary key (account, system_identifier, database_oid, node)
  );

  comment on table @extschema@.calcom_environments is
    'Where calcom_go_live() was called for an account. Elsewhere (a restored dump, a snapshot, a template copy) '
    'its mail is held.';
  comment on column @extschema@.calcom_environments.account is 'calcom_accounts.account';
  comment on column @extschema@.calcom_environments.system_identifier is 'system identifier of the database cluster';
  comment on column @extschema@.calcom_environments.database_oid is 'oid of the database';
  comment on column @extschema@.calcom_environments.node is
    $$hash of the machine's identity and of the data directory's path$$;
  comment on column @extschema@.calcom_environments.armed_at is
    'when calcom_go_live() or calcom_trust_node() was called';
  comment on column @extschema@.calcom_environments.armed_by is 'session user who called it';

  alter table @extschema@.calcom_environments enable row level security;
  revoke all on @extschema@.calcom_environments from public;
  create policy calcom_reads_all on @extschema@.calcom_environments
    for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.calcom_environments to calcom_reader, calcom_operator;

  perform calcom_internal.triggers_calcom_environments();
end
$setup$;
comment on function calcom_internal.table_calcom_environments() is
  'Step of calcom_setup(): creates calcom_environments and all that belongs to it.';
