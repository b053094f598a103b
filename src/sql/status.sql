-- calcom_status: one row that a dashboard can poll. Counts use partial indexes, so its cost does not depend on the
-- length of the history.
create function calcom_internal.status_row(out database text, out worker text, out worker_pid integer,
  out worker_since timestamptz, out next_due timestamptz, out last_error text, out last_error_at timestamptz,
  out circuit text, out circuit_reason text, out circuit_until timestamptz, out circuit_finding text,
  out circuit_command text, out rate_per_second numeric, out rate_limit integer,
  out rate_remaining integer, out queued bigint, out due bigint, out oldest_due interval, out sending bigint,
  out held bigint, out failed bigint, out uncertain bigint, out too_old bigint, out last_sent timestamptz,
    out last_delivery timestamptz,
  out last_refused timestamptz, out last_provider_event timestamptz, out accounts bigint, out accounts_live bigint,
  out accounts_armed bigint, out accounts_paused bigint, out accounts_waiting bigint, out suppressed bigint,
  out environment text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $status$
declare
  state constant jsonb := calcom_internal.worker_state();
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
    from calcom_internal.mail_waits() w limit 1;
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
   where o.state = 'skipped' and o.cause = 'too_old' and o.settled_at > now() - interval '7 days';
  select o.settled_at into last_sent from @extschema@.email_outbox o
   where o.state = 'sent' and o.settled_at is not null order by o.settled_at desc limit 1;
  select max(e.received_at) into last_delivery from @extschema@.calcom_events e;
  select max(e.received_at) into last_provider_event from @extschema@.provider_events e;
  select count(*), count(*) filter (where a.mail_mode = 'live'), count(*) filter (where a.paused),
         count(*) filter (where calcom_internal.why_not_armed(a.account) is null)
    into accounts, accounts_live, accounts_paused, accounts_armed from @extschema@.calcom_accounts a;
  select format('system %s, database %s, node %s', e.system_identifier, e.database_oid, coalesce(e.node, 'unknown'))
    into environment from calcom_internal.this_environment() e;
  select count(*) into suppressed from @extschema@.email_suppressions;
end
$status$;
comment on function calcom_internal.status_row() is 'Internal: the row of calcom_status.';

create view @extschema@.calcom_status as select * from calcom_internal.status_row();
comment on view @extschema@.calcom_status is
  'State of this database''s mail in one row, for dashboards. All counts use indexes.';
comment on column @extschema@.calcom_status.database is 'name of the database';
comment on column @extschema@.calcom_status.worker is
  'running, resting (not connected, starts on demand) or not preloaded';
comment on column @extschema@.calcom_status.worker_pid is 'process id of the worker; null: not running';
comment on column @extschema@.calcom_status.worker_since is 'when the worker was started; null: not running';
comment on column @extschema@.calcom_status.next_due is 'when the next mail is due; null: none is queued, or not known';
comment on column @extschema@.calcom_status.last_error is 'last error of a worker''s round, with its SQLSTATE';
comment on column @extschema@.calcom_status.last_error_at is 'time of last_error';
comment on column @extschema@.calcom_status.circuit is
  'closed, or open: Resend refuses the mail of at least one account';
comment on column @extschema@.calcom_status.circuit_reason is
  'Resend''s answer: status and name of the error; null: closed';
comment on column @extschema@.calcom_status.circuit_until is 'when the next mail is tried; null: closed';
comment on column @extschema@.calcom_status.circuit_finding is 'what the answer means, as a sentence; null: closed';
comment on column @extschema@.calcom_status.circuit_command is 'SQL that ends the wait; null: closed, or nothing to do';
comment on column @extschema@.calcom_status.rate_per_second is
  'current send rate of the key used last, in mails per second; 0: no key used yet';
comment on column @extschema@.calcom_status.rate_limit is
  'Resend''s limit of that key, in requests per window; null: not known';
comment on column @extschema@.calcom_status.rate_remaining is 'requests left in the current window; null: not known';
comment on column @extschema@.calcom_status.queued is 'mails in state queued';
comment on column @extschema@.calcom_status.due is 'queued mails that could be sent now';
comment on column @extschema@.calcom_status.oldest_due is 'how long the oldest of them has been due; null: none';
comment on column @extschema@.calcom_status.sending is 'mails in state sending';
comment on column @extschema@.calcom_status.held is 'mails in state held';
comment on column @extschema@.calcom_status.failed is 'mails in state failed';
comment on column @extschema@.calcom_status.uncertain is 'mails in state uncertain: a person must decide';
comment on column @extschema@.calcom_status.too_old is 'mails skipped as too old in the last 7 days';
comment on column @extschema@.calcom_status.last_sent is 'when the last mail was sent';
comment on column @extschema@.calcom_status.last_delivery is 'when the last event was stored';
comment on column @extschema@.calcom_status.last_refused is
  'when the last delivery was refused, since the server''s start';
comment on column @extschema@.calcom_status.last_provider_event is 'when the last event of Resend was stored';
comment on column @extschema@.calcom_status.accounts is 'number of accounts';
comment on column @extschema@.calcom_status.accounts_live is 'accounts in mail mode live';
comment on column @extschema@.calcom_status.accounts_armed is 'accounts whose mail may be sent from this environment';
comment on column @extschema@.calcom_status.accounts_paused is 'accounts whose mail is paused';
comment on column @extschema@.calcom_status.accounts_waiting is 'accounts whose mail waits for Resend';
comment on column @extschema@.calcom_status.suppressed is 'number of suppressed addresses, of all accounts';
comment on column @extschema@.calcom_status.environment is 'system identifier, database oid and node of this database';
