-- Append-only audit trail of operators. Functions write it in the transaction that acts.
create function calcom_internal.triggers_calcom_audit() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create trigger calcom_append_only before update or delete on @extschema@.calcom_audit
    for each row execute function calcom_internal.history_is_append_only();
  create trigger calcom_append_only_truncate before truncate on @extschema@.calcom_audit
    for each statement execute function calcom_internal.history_is_append_only();
end
$setup$;
comment on function calcom_internal.triggers_calcom_audit() is
  'Step of calcom_setup(): creates the triggers of calcom_audit.';

create function calcom_internal.table_calcom_audit() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.calcom_audit (
    account text not null,
    id uuid not null,
    at timestamptz not null default clock_timestamp(),
    actor text not null,
    via text,
    action text not null,
    target text,
    detail jsonb,
    primary key (account, id)
  );

  create index calcom_audit_at on @extschema@.calcom_audit (at);

  comment on table @extschema@.calcom_audit is
    'Append-only: every action of an operator, in psql and on the operator page. Changes of bookings are in '
    'booking_history.';
  comment on column @extschema@.calcom_audit.account is
    'calcom_accounts.account; * for an action on all accounts or on none';
  comment on column @extschema@.calcom_audit.id is 'uuid, ordered by time';
  comment on column @extschema@.calcom_audit.at is 'when the action was done';
  comment on column @extschema@.calcom_audit.actor is
    'role NAME that acted, with the claim of its request if there is one; as in booking_history';
  comment on column @extschema@.calcom_audit.via is
    'setting calcom.via: the session of the operator page. Any session can set it';
  comment on column @extschema@.calcom_audit.action is
    'name of the function without calcom_: pause, replay, set_secret, ...; keep_mail: the worker erased mail content';
  comment on column @extschema@.calcom_audit.target is
    'object of the action: an id, a booking uid, a role, a kind of secret';
  comment on column @extschema@.calcom_audit.detail is 'arguments and result of the action; no secret, no address';

  alter table @extschema@.calcom_audit enable row level security;
  revoke all on @extschema@.calcom_audit from public;
  create policy calcom_reads_all on @extschema@.calcom_audit for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.calcom_audit to calcom_reader, calcom_operator;

  perform calcom_internal.triggers_calcom_audit();
end
$setup$;
comment on function calcom_internal.table_calcom_audit() is
  'Step of calcom_setup(): creates calcom_audit and all that belongs to it.';
