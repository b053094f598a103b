-- Reminder rules. A reminder is not a row that waits: a rule stores how far it has looked (docs/reminders.md).
create function calcom_internal.triggers_reminder_rules() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create trigger calcom_wake after insert or delete or update of before, enabled on @extschema@.reminder_rules
    for each statement execute function calcom_internal.outbox_changed('outbox');
end
$setup$;
comment on function calcom_internal.triggers_reminder_rules() is
  'Step of calcom_setup(): creates the triggers of reminder_rules.';

create function calcom_internal.table_reminder_rules() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.reminder_rules (
    account text not null references @extschema@.calcom_accounts on delete cascade,
    rule text not null check (rule ~ '^[A-Za-z0-9_.-]{1,63}$'),
    before interval not null
      check (before between '1 minute' and '366 days' and date_part('month', before) = 0
        and date_part('day', before) = 0),
    enabled boolean not null default true,
    enabled_at timestamptz not null default now(),
    horizon timestamptz not null,
    settled timestamptz not null,
    marked timestamptz not null,
    marked_xid bigint not null default 0,
    primary key (account, rule)
  ) with (fillfactor = 50);

  comment on table @extschema@.reminder_rules is
    'When attendees of accepted bookings are reminded. Change it with calcom_reminder_rule_set() and '
    'calcom_reminder_rule_drop().';
  comment on column @extschema@.reminder_rules.account is 'calcom_accounts.account';
  comment on column @extschema@.reminder_rules.rule is
    'name of the rule, part of the obligation key: one reminder for each rule, start and person';
  comment on column @extschema@.reminder_rules.before is 'how long before the start; a day is always 24 hours';
  comment on column @extschema@.reminder_rules.enabled is 'false: no reminders';
  comment on column @extschema@.reminder_rules.enabled_at is
    'when the rule was last created, changed or enabled; reminders due before are not sent';
  comment on column @extschema@.reminder_rules.horizon is 'bookings that start up to this time were searched';
  comment on column @extschema@.reminder_rules.settled is
    'bookings that start up to this time were searched when no transaction was left that could add one';
  comment on column @extschema@.reminder_rules.marked is 'next value of settled';
  comment on column @extschema@.reminder_rules.marked_xid is
    'settled becomes marked once every transaction below this id has ended';

  alter table @extschema@.reminder_rules enable row level security;
  revoke all on @extschema@.reminder_rules from public;
  create policy calcom_reads_all on @extschema@.reminder_rules
    for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.reminder_rules to calcom_reader, calcom_operator;

  perform calcom_internal.triggers_reminder_rules();
  perform calcom_internal.builtin_reminders(a.account) from @extschema@.calcom_accounts a;
end
$setup$;
comment on function calcom_internal.table_reminder_rules() is
  'Step of calcom_setup(): creates reminder_rules and all that belongs to it.';
