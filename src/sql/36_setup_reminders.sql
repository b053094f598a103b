-- Version 1 of the reminder rules, as part of calcom_setup(). Future reminders are not stored as rows: a rule stores how
-- far it has searched (docs/reminders.md).
create function @extschema@.calcom_setup_v1_reminders() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.reminder_rules (
    account text not null references @extschema@.calcom_accounts on delete cascade,
    rule text not null check (rule ~ '^[A-Za-z0-9_.-]{1,63}$'),
    before interval not null
      check (before between '1 minute' and '366 days' and date_part('month', before) = 0 and date_part('day', before) = 0),
    enabled boolean not null default true,
    enabled_at timestamptz not null default now(),
    horizon timestamptz not null,
    settled timestamptz not null,
    marked timestamptz not null,
    marked_xid bigint not null default 0,
    primary key (account, rule)
  ) with (fillfactor = 50);
  create index bookings_reminders on @extschema@.bookings (account, start_time) where status = 'accepted';

  alter table @extschema@.reminder_rules enable row level security;
  revoke all on @extschema@.reminder_rules from public;
  create policy calcom_reads_all on @extschema@.reminder_rules for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.reminder_rules to calcom_reader, calcom_operator;

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

  perform @extschema@.calcom_setup_v1_triggers_reminders();
  perform @extschema@.calcom_builtin_reminders(a.account) from @extschema@.calcom_accounts a;
end
$setup$;
comment on function @extschema@.calcom_setup_v1_reminders() is
  'Internal step of calcom_setup(): creates the reminder rules of version 1, as calcom_owner.';

create function @extschema@.calcom_setup_v1_triggers_reminders() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create trigger calcom_wake after insert or delete or update of before, enabled on @extschema@.reminder_rules
    for each statement execute function @extschema@.calcom_outbox_changed('outbox');
  create trigger calcom_wake after insert or update of status, start_time on @extschema@.bookings
    for each statement execute function @extschema@.calcom_outbox_changed('outbox');
end
$setup$;
comment on function @extschema@.calcom_setup_v1_triggers_reminders() is
  'Internal step of calcom_setup(): creates the triggers by which bookings and rules wake the worker, as calcom_owner.';

create function @extschema@.calcom_builtin_reminders(account text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $builtin$
begin
  insert into @extschema@.reminder_rules (account, rule, before, horizon, settled, marked)
    select $1, r.rule, r.before, now() + r.before, now() + r.before, now() + r.before
      from (values ('24h', interval '24 hours'), ('1h', interval '1 hour')) r (rule, before)
    on conflict do nothing;
end
$builtin$;
comment on function @extschema@.calcom_builtin_reminders(text) is
  'Internal: creates the default rules of an account: 24 hours and 1 hour before the start.';
