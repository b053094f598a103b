-- Reminder rules, and the search for due reminders (called by the worker with its own clock).
create function @extschema@.calcom_reminder_rule_set(account text, rule text, before interval default null,
  enabled boolean default true) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $set$
#variable_conflict use_column
declare
  standing record;
  length interval;
begin
  if rule is null or rule !~ '^[A-Za-z0-9_.-]{1,63}$' then
    raise exception using errcode = 'invalid_parameter_value', message = 'name of the reminder rule is not valid',
      hint = 'It is 1 to 63 letters, digits, dots, hyphens or underscores, for example 24h.';
  end if;
  if not exists (select from @extschema@.calcom_accounts a where a.account = $1) then
    perform calcom_internal.raise_error('unknown_account');
  end if;
  select r.before, r.enabled into standing
    from @extschema@.reminder_rules r where r.account = $1 and r.rule = $2 for update;
  if date_part('month', $3) <> 0 or date_part('year', $3) <> 0 then
    raise exception using errcode = 'invalid_parameter_value', message = 'length of the reminder rule is not valid',
      detail = 'A month has no fixed length.', hint = 'Write it in days, hours or minutes.';
  end if;
  length := coalesce(make_interval(secs => extract(epoch from $3)::float8), standing.before);
  if length is null or length not between interval '1 minute' and interval '366 days' then
    raise exception using errcode = 'invalid_parameter_value', message = 'length of the reminder rule is not valid',
      hint = 'It is between one minute and 366 days before the start, for example ''2 hours''.';
  end if;
  if standing.before = length and standing.enabled = coalesce($4, true) then
    return;
  end if;
  insert into @extschema@.reminder_rules as r (account, rule, before, enabled, horizon, settled, marked)
    values ($1, $2, length, coalesce($4, true), now() + length, now() + length, now() + length)
    on conflict (account, rule) do update set before = excluded.before, enabled = excluded.enabled,
      enabled_at = excluded.enabled_at, horizon = excluded.horizon, settled = excluded.settled,
        marked = excluded.marked;
  if not $4 then
    perform calcom_internal.withdraw_reminders($1, $2);
  end if;
  perform calcom_internal.note_act('reminder_rule_set', $1, $2,
    jsonb_build_object('before', length, 'enabled', coalesce($4, true)));
end
$set$;
comment on function @extschema@.calcom_reminder_rule_set(text, text, interval, boolean) is
  'Creates or changes a reminder rule of an account. before: how long before the start (1 minute to 366 days; a day is '
  '24 hours), null keeps it. A new, changed or re-enabled rule applies to reminders due from now on. enabled false '
  'disables it and withdraws its queued reminders. Raises KC404 for an unknown account.';

create function @extschema@.calcom_reminder_rule_drop(account text, rule text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $drop$
begin
  delete from @extschema@.reminder_rules r where r.account = $1 and r.rule = $2;
  if not found then
    perform calcom_internal.raise_error('unknown_rule');
  end if;
  perform calcom_internal.withdraw_reminders($1, $2);
  perform calcom_internal.note_act('reminder_rule_drop', $1, $2);
end
$drop$;
comment on function @extschema@.calcom_reminder_rule_drop(text, text) is
  'Deletes a reminder rule and withdraws its queued reminders. Raises KC408 if there is no such rule.';

create function calcom_internal.withdraw_reminders(account text, rule text) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  update @extschema@.email_outbox o
     set state = 'cancelled', cause = 'rule_ended', reason = 'the reminder rule was ended',
       settled_at = clock_timestamp()
   where o.account = $1 and o.kind = 'reminder' and o.state in ('queued', 'held') and o.first_attempt_at is null
     and o.rule = $2
$$;
comment on function calcom_internal.withdraw_reminders(text, text) is
  'Internal: cancels the reminders of a rule that were not attempted yet.';

create function calcom_internal.queue_reminders(at timestamptz default now(), out queued bigint,
  out next_due timestamptz)
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off
as 'MODULE_PATHNAME', 'calcom_queue_reminders';
comment on function calcom_internal.queue_reminders(timestamptz) is
  'Internal: queues the reminders that are due at a time and returns when the next one is due. The worker passes its '
  'own clock; other times are for tests and move the horizon of the rules.';

create function calcom_internal.builtin_reminders(account text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $builtin$
begin
  insert into @extschema@.reminder_rules (account, rule, before, horizon, settled, marked)
    select $1, r.rule, r.before, now() + r.before, now() + r.before, now() + r.before
      from (values ('24h', interval '24 hours'), ('1h', interval '1 hour')) r (rule, before)
    on conflict do nothing;
end
$builtin$;
comment on function calcom_internal.builtin_reminders(text) is
  'Internal: creates the default rules of an account: 24 hours and 1 hour before the start.';
