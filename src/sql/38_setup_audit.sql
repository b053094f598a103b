-- Version 1 of the audit trail: actions of operators, in psql or on the operator page. The acting function writes the
-- row in its transaction, so a failed action leaves no row. Changes of bookings are in booking_history.
create function @extschema@.calcom_note_act(action text, account text default null, target text default null,
  detail jsonb default null) returns void
language c security definer set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_note_act';
comment on function @extschema@.calcom_note_act(text, text, text, jsonb) is
  'Internal: adds a row to calcom_audit for the calling role. account null: all accounts or none. target and detail '
  'must not contain secrets or personal data.';

create function @extschema@.calcom_person_mark(email text) returns text
language sql stable strict parallel safe set search_path = pg_catalog, pg_temp
as $$ select 'person ' || left(encode(sha256(convert_to(lower(trim(email) collate "C"), 'UTF8')), 'hex'), 16) $$;
comment on function @extschema@.calcom_person_mark(text) is
  'Hash by which calcom_audit identifies a person without showing the address.';

create function @extschema@.calcom_template_acted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $acted$
begin
  if tg_op = 'DELETE' then
    perform @extschema@.calcom_note_act('template_drop', old.account, old.kind || '/' || old.locale);
    return null;
  end if;
  perform @extschema@.calcom_note_act('template_set', new.account, new.kind || '/' || new.locale);
  return null;
end
$acted$;
comment on function @extschema@.calcom_template_acted() is 'Trigger on email_templates: records the change in calcom_audit.';

create function @extschema@.calcom_setup_v1_audit() returns void
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
  -- The operator page reads the newest mails first.
  create index email_outbox_created on @extschema@.email_outbox (created_at, id);

  alter table @extschema@.calcom_audit enable row level security;
  revoke all on @extschema@.calcom_audit from public;
  create policy calcom_reads_all on @extschema@.calcom_audit for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.calcom_audit to calcom_reader, calcom_operator;

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
  perform @extschema@.calcom_setup_v1_triggers_audit();
end
$setup$;
comment on function @extschema@.calcom_setup_v1_audit() is
  'Internal step of calcom_setup(): creates the audit trail of version 1, as calcom_owner.';

create function @extschema@.calcom_setup_v1_triggers_audit() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create trigger calcom_append_only before update or delete on @extschema@.calcom_audit
    for each row execute function @extschema@.calcom_history_is_append_only();
  create trigger calcom_append_only_truncate before truncate on @extschema@.calcom_audit
    for each statement execute function @extschema@.calcom_history_is_append_only();
  create trigger calcom_audit after insert or update or delete on @extschema@.email_templates
    for each row execute function @extschema@.calcom_template_acted();
end
$setup$;
comment on function @extschema@.calcom_setup_v1_triggers_audit() is
  'Internal step of calcom_setup(): creates the triggers of the audit trail of version 1, as calcom_owner.';
