-- Addresses that get no mail.
create function calcom_internal.table_email_suppressions() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.email_suppressions (
    account text not null,
    email text not null check (email = lower(email collate "C")),
    reason text not null,
    source text not null default 'manual' check (source in ('manual', 'provider')),
    provider_at timestamptz,
    created_at timestamptz not null default now(),
    primary key (account, email)
  );

  comment on table @extschema@.email_suppressions is 'Addresses that must not be mailed.';
  comment on column @extschema@.email_suppressions.account is 'calcom_accounts.account';
  comment on column @extschema@.email_suppressions.email is 'address, lower case';
  comment on column @extschema@.email_suppressions.reason is
    'bounced, complained, suppressed by the provider, or the reason given to calcom_suppress()';
  comment on column @extschema@.email_suppressions.source is
    'provider: reported by Resend, which can also remove it; manual: stays until calcom_unsuppress()';
  comment on column @extschema@.email_suppressions.provider_at is 'when Resend last reported a cause, by its clock';
  comment on column @extschema@.email_suppressions.created_at is 'when it was added';

  alter table @extschema@.email_suppressions enable row level security;
  revoke all on @extschema@.email_suppressions from public;
  create policy calcom_reads_all on @extschema@.email_suppressions
    for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.email_suppressions to calcom_reader, calcom_operator;
end
$setup$;
comment on function calcom_internal.table_email_suppressions() is
  'Step of calcom_setup(): creates email_suppressions and all that belongs to it.';
