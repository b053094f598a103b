-- Digests of stored bodies. A table of its own, so that the log can be partitioned.
create function calcom_internal.table_calcom_event_digests() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.calcom_event_digests (
    account text not null,
    digest bytea not null,
    event_id uuid not null,
    primary key (account, digest)
  );

  comment on table @extschema@.calcom_event_digests is
    'SHA-256 of every stored body, to recognize a repeated delivery even after its event was purged.';
  comment on column @extschema@.calcom_event_digests.account is 'calcom_accounts.account';
  comment on column @extschema@.calcom_event_digests.digest is 'SHA-256 of the exact body';
  comment on column @extschema@.calcom_event_digests.event_id is 'calcom_events.id';

  alter table @extschema@.calcom_event_digests enable row level security;
  revoke all on @extschema@.calcom_event_digests from public;
end
$setup$;
comment on function calcom_internal.table_calcom_event_digests() is
  'Step of calcom_setup(): creates calcom_event_digests and all that belongs to it.';
