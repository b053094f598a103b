-- Trigger functions. They are members of the extension, the triggers are not: a dump restores triggers after the
-- data, so that a restore adds nothing to the history (docs/decisions/0001).
create function calcom_internal.outbox_changed() returns trigger
language c as 'MODULE_PATHNAME', 'calcom_outbox_changed';
comment on function calcom_internal.outbox_changed() is
  'Statement trigger: wakes the background worker when the transaction commits. Argument outbox, or config for tables '
  'of accounts and secrets. Does nothing if the library is not preloaded.';
grant execute on function calcom_internal.outbox_changed() to calcom_owner;

create function calcom_internal.booking_changed() returns trigger
language c security definer set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_booking_changed';
comment on function calcom_internal.booking_changed() is
  'Trigger on bookings: writes changed columns, old and new, to booking_history.';

create function calcom_internal.attendee_changed() returns trigger
language c security definer set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_attendee_changed';
comment on function calcom_internal.attendee_changed() is
  'Trigger on booking_attendees: writes added, removed and changed attendees to booking_history.';

create function calcom_internal.history_is_append_only() returns trigger
language c as 'MODULE_PATHNAME', 'calcom_history_is_append_only';
comment on function calcom_internal.history_is_append_only() is
  'Trigger on booking_history and calcom_audit: refuses UPDATE, DELETE and TRUNCATE, also for the owner.';

create function calcom_internal.template_acted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $acted$
begin
  if tg_op = 'DELETE' then
    perform calcom_internal.note_act('template_drop', old.account, old.kind || '/' || old.locale);
    return null;
  end if;
  perform calcom_internal.note_act('template_set', new.account, new.kind || '/' || new.locale);
  return null;
end
$acted$;
comment on function calcom_internal.template_acted() is
  'Trigger on email_templates: records the change in calcom_audit.';
