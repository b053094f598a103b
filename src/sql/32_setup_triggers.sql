-- Version 1 of the triggers of the data tables. Trigger functions are members of the extension, triggers are not:
-- a dump restores them after the data, so a restore writes no false history (docs/decisions/0001).
create function @extschema@.calcom_booking_changed() returns trigger
language c security definer set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_booking_changed';
comment on function @extschema@.calcom_booking_changed() is
  'Trigger on bookings: writes changed columns, old and new, to booking_history.';

create function @extschema@.calcom_attendee_changed() returns trigger
language c security definer set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_attendee_changed';
comment on function @extschema@.calcom_attendee_changed() is
  'Trigger on booking_attendees: writes added, removed and changed attendees to booking_history.';

create function @extschema@.calcom_history_is_append_only() returns trigger
language c as 'MODULE_PATHNAME', 'calcom_history_is_append_only';
comment on function @extschema@.calcom_history_is_append_only() is
  'Trigger on booking_history and calcom_audit: refuses UPDATE, DELETE and TRUNCATE, also for the owner.';

create function @extschema@.calcom_setup_v1_triggers() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create trigger calcom_history after insert or update or delete on @extschema@.bookings
    for each row execute function @extschema@.calcom_booking_changed();
  create trigger calcom_history after insert or update or delete on @extschema@.booking_attendees
    for each row execute function @extschema@.calcom_attendee_changed();
  create trigger calcom_append_only before update or delete on @extschema@.booking_history
    for each row execute function @extschema@.calcom_history_is_append_only();
  create trigger calcom_append_only_truncate before truncate on @extschema@.booking_history
    for each statement execute function @extschema@.calcom_history_is_append_only();
  create trigger calcom_template before insert or update on @extschema@.email_templates
    for each row execute function @extschema@.calcom_template_written();
end
$setup$;
comment on function @extschema@.calcom_setup_v1_triggers() is
  'Internal step of calcom_setup(): creates the triggers of version 1 as calcom_owner.';
