-- Triggers by which any change of the tables of version 1 wakes the worker, also a change by plain SQL.
create function @extschema@.calcom_outbox_changed() returns trigger
language c as 'MODULE_PATHNAME', 'calcom_outbox_changed';
comment on function @extschema@.calcom_outbox_changed() is
  'Statement trigger: wakes the background worker when the transaction commits. Argument outbox, or config for tables '
  'of accounts and secrets. Does nothing if the library is not preloaded.';
grant execute on function @extschema@.calcom_outbox_changed() to calcom_owner;

-- Tables left by DROP EXTENSION have the index already: suppress the NOTICE.
create function @extschema@.calcom_setup_v1_triggers_worker() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp set client_min_messages = warning
as $setup$
begin
  create index if not exists email_outbox_held on @extschema@.email_outbox (account) where state = 'held';
  -- Not for Resend's delivery status: it would start a worker for every "delivered".
  create trigger calcom_wake after insert or update of state, send_after, priority on @extschema@.email_outbox
    for each statement execute function @extschema@.calcom_outbox_changed('outbox');
  create trigger calcom_wake after insert or update on @extschema@.calcom_accounts
    for each statement execute function @extschema@.calcom_outbox_changed('config');
  create trigger calcom_wake after insert or update on @extschema@.calcom_environments
    for each statement execute function @extschema@.calcom_outbox_changed('config');
end
$setup$;
comment on function @extschema@.calcom_setup_v1_triggers_worker() is
  'Internal step of calcom_setup(): creates the triggers of version 1 that wake the worker, as calcom_owner.';

-- The secrets table is a member, and so is its trigger.
create trigger calcom_wake after insert or update or delete on @extschema@.calcom_secrets
  for each statement execute function @extschema@.calcom_outbox_changed('config');
