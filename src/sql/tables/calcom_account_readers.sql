-- Roles that may read a single account (calcom_grant_account).
create function calcom_internal.table_calcom_account_readers() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  -- regrole: follows a renamed role, is dumped by name.
  create table @extschema@.calcom_account_readers (
    account text not null references @extschema@.calcom_accounts,
    role regrole not null,
    mark text not null,
    granted_at timestamptz not null default now(),
    granted_by text not null default session_user,
    primary key (account, role)
  );

  comment on table @extschema@.calcom_account_readers is
    'Roles that may read single accounts, written by calcom_grant_account().';
  comment on column @extschema@.calcom_account_readers.account is 'calcom_accounts.account';
  comment on column @extschema@.calcom_account_readers.role is 'role that may read the account';
  comment on column @extschema@.calcom_account_readers.mark is
    $$part of the names of the role's policies; does not change if the role is renamed$$;
  comment on column @extschema@.calcom_account_readers.granted_at is 'when the right was granted';
  comment on column @extschema@.calcom_account_readers.granted_by is 'session user who granted it';

  alter table @extschema@.calcom_account_readers enable row level security;
  revoke all on @extschema@.calcom_account_readers from public;
  create policy calcom_reads_all on @extschema@.calcom_account_readers
    for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.calcom_account_readers to calcom_reader, calcom_operator;
end
$setup$;
comment on function calcom_internal.table_calcom_account_readers() is
  'Step of calcom_setup(): creates calcom_account_readers and all that belongs to it.';
