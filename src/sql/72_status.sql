-- calcom_status: one row that a dashboard can poll. Counts go by partial indexes, so it stays cheap with a long history.
create function @extschema@.calcom_status_row(out database text, out worker text, out worker_pid integer,
  out worker_since timestamptz, out next_due timestamptz, out last_error text, out last_error_at timestamptz,
  out circuit text, out circuit_reason text, out circuit_until timestamptz, out circuit_finding text,
  out circuit_command text, out rate_per_second numeric, out rate_limit integer,
  out rate_remaining integer, out queued bigint, out due bigint, out oldest_due interval, out sending bigint,
  out held bigint, out failed bigint, out uncertain bigint, out too_old bigint, out last_sent timestamptz, out last_delivery timestamptz,
  out last_refused timestamptz, out last_provider_event timestamptz, out accounts bigint, out accounts_live bigint,
  out accounts_armed bigint, out accounts_paused bigint, out accounts_waiting bigint, out suppressed bigint,
  out environment text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $status$
declare
  state constant jsonb := @extschema@.calcom_worker_state();
begin
  database := current_database();
  worker_pid := (state ->> 'pid')::integer;
  worker_since := (state ->> 'started_at')::timestamptz;
  worker := case when not @extschema@.calcom_preloaded() then 'not preloaded'
                 when worker_pid is not null then 'running' else 'resting' end;
  next_due := (state ->> 'next_due')::timestamptz;
  last_error := state ->> 'last_error';
  last_error_at := (state ->> 'last_error_at')::timestamptz;
  circuit := 'closed';
  rate_per_second := (state ->> 'rate_per_second')::numeric;
  rate_limit := (state ->> 'rate_limit')::integer;
  rate_remaining := (state ->> 'rate_remaining')::integer;
  select max(r.last_at) into last_refused
    from jsonb_to_recordset(@extschema@.calcom_refusals()) as r(last_at timestamptz);
  if to_regclass('@extschema@.calcom_accounts') is null then
    return;
  end if;
  select 'open', w.reason, w.until, w.finding, w.command, count(*) over ()
    into circuit, circuit_reason, circuit_until, circuit_finding, circuit_command, accounts_waiting
    from @extschema@.calcom_mail_waits() w limit 1;
  circuit := coalesce(circuit, 'closed');
  accounts_waiting := coalesce(accounts_waiting, 0);
  select count(*), count(*) filter (where o.send_after <= now()),
         now() - min(o.send_after) filter (where o.send_after <= now() and isfinite(o.send_after))
    into queued, due, oldest_due from @extschema@.email_outbox o where o.state = 'queued';
  select count(*) into sending from @extschema@.email_outbox o where o.state = 'sending';
  select count(*) into held from @extschema@.email_outbox o where o.state = 'held';
  select count(*) filter (where o.state = 'failed'), count(*) filter (where o.state = 'uncertain')
    into failed, uncertain from @extschema@.email_outbox o where o.state in ('failed', 'uncertain');
  select count(*) into too_old from @extschema@.email_outbox o
   where o.state = 'skipped' and o.reason = 'too old' and o.settled_at > now() - interval '7 days';
  select o.settled_at into last_sent from @extschema@.email_outbox o
   where o.state = 'sent' and o.settled_at is not null order by o.settled_at desc limit 1;
  select max(e.received_at) into last_delivery from @extschema@.calcom_events e;
  select max(e.received_at) into last_provider_event from @extschema@.provider_events e;
  select count(*), count(*) filter (where a.mail_mode = 'live'), count(*) filter (where a.paused),
         count(*) filter (where @extschema@.calcom_why_not_armed(a.account) is null)
    into accounts, accounts_live, accounts_paused, accounts_armed from @extschema@.calcom_accounts a;
  select format('system %s, database %s, node %s', e.system_identifier, e.database_oid, coalesce(e.node, 'unknown'))
    into environment from @extschema@.calcom_this_environment() e;
  select count(*) into suppressed from @extschema@.email_suppressions;
end
$status$;
comment on function @extschema@.calcom_status_row() is 'Internal: the row of calcom_status.';

create view @extschema@.calcom_status as select * from @extschema@.calcom_status_row();
comment on view @extschema@.calcom_status is
  'How this database''s mail is doing, one row: worker (running, resting or not preloaded), circuit (open: Resend '
  'takes no mail of an account; why, until when and what to do), rate of the key used last, the queue by state with the age of its oldest due mail, '
  'mails skipped as too old in 7 days, last mail sent, '
  'last delivery taken and refused, accounts live, armed (this environment may send), paused and waiting for Resend, suppressed people, '
  'and where this database runs.';
