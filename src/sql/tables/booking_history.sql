-- Append-only history of bookings and attendees, written by triggers.
create function calcom_internal.triggers_booking_history() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create trigger calcom_append_only before update or delete on @extschema@.booking_history
    for each row execute function calcom_internal.history_is_append_only();
  create trigger calcom_append_only_truncate before truncate on @extschema@.booking_history
    for each statement execute function calcom_internal.history_is_append_only();
end
$setup$;
comment on function calcom_internal.triggers_booking_history() is
  'Step of calcom_setup(): creates the triggers of booking_history.';

create function calcom_internal.table_booking_history() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.booking_history (
    account text not null,
    id uuid not null,
    booking_uid text not null,
    event_id uuid,
    action text not null check (action in (
      'created', 'placeholder', 'pending', 'accepted', 'rejected', 'cancelled', 'rescheduled', 'moved', 'updated',
      'deleted', 'attendee_added', 'attendee_removed', 'attendee_returned', 'attendee_updated', 'attendee_deleted')),
    actor text not null,
    at timestamptz not null default clock_timestamp(),
    old_values jsonb,
    new_values jsonb,
    primary key (account, id)
  );

  create index booking_history_booking on @extschema@.booking_history (account, booking_uid, at);

  comment on table @extschema@.booking_history is
    'Append-only history of bookings and attendees. A trigger writes it for every change, including manual ones.';
  comment on column @extschema@.booking_history.account is 'calcom_accounts.account';
  comment on column @extschema@.booking_history.id is 'uuid, ordered by time';
  comment on column @extschema@.booking_history.booking_uid is 'bookings.uid';
  comment on column @extschema@.booking_history.event_id is
    'calcom_events.id that caused the change; null for a manual change';
  comment on column @extschema@.booking_history.action is
    'created, pending, accepted, rejected, cancelled, rescheduled, moved, updated, deleted, attendee_added, '
    'attendee_removed, attendee_returned, attendee_updated or attendee_deleted';
  comment on column @extschema@.booking_history.actor is
    'webhook, replay, rebuild, or for a manual change "role NAME", with "(claim ...)" if a verified JWT names a '
    'person';
  comment on column @extschema@.booking_history.at is 'when the change was made';
  comment on column @extschema@.booking_history.old_values is
    'changed columns with their old values: {column: value}';
  comment on column @extschema@.booking_history.new_values is
    'changed columns with their new values: {column: value}';

  alter table @extschema@.booking_history enable row level security;
  revoke all on @extschema@.booking_history from public;
  create policy calcom_reads_all on @extschema@.booking_history
    for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.booking_history to calcom_reader, calcom_operator;

  perform calcom_internal.triggers_booking_history();
end
$setup$;
comment on function calcom_internal.table_booking_history() is
  'Step of calcom_setup(): creates booking_history and all that belongs to it.';
