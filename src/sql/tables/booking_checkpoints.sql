-- Merge facts of events that a purge removed. Not a child of bookings: a deleted booking can be rebuilt from it.
create function calcom_internal.table_booking_checkpoints() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  -- Facts of purged events. No foreign key to bookings: a deleted booking can still be rebuilt from them.
  create table @extschema@.booking_checkpoints (
    account text not null,
    uid text not null,
    facts text not null,
    up_to uuid not null,
    purged_at timestamptz not null,
    primary key (account, uid)
  );

  comment on table @extschema@.booking_checkpoints is
    'Merge facts of the events that calcom_purge() removed. A rebuild starts from them.';
  comment on column @extschema@.booking_checkpoints.account is 'calcom_accounts.account';
  comment on column @extschema@.booking_checkpoints.uid is 'bookings.uid';
  comment on column @extschema@.booking_checkpoints.facts is
    'merge facts of the removed events; JSON as in booking_facts';
  comment on column @extschema@.booking_checkpoints.up_to is 'calcom_events.id of the newest removed event';
  comment on column @extschema@.booking_checkpoints.purged_at is 'when the newest removed event was removed';

  alter table @extschema@.booking_checkpoints enable row level security;
  revoke all on @extschema@.booking_checkpoints from public;
end
$setup$;
comment on function calcom_internal.table_booking_checkpoints() is
  'Step of calcom_setup(): creates booking_checkpoints and all that belongs to it.';
