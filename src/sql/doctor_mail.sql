-- Checks of calcom_doctor() about queued and sent mail.
create function calcom_internal.worker_state() returns jsonb
language c volatile as 'MODULE_PATHNAME', 'calcom_worker_state';
comment on function calcom_internal.worker_state() is
  'Internal: this database''s worker from shared memory: pid, started_at, next_due, rate, last error. '
  'Empty when the library is not preloaded or no worker ever ran.';

create function calcom_internal.doctor_worker(out check_name text, out state text, out finding text, out command text)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $doctor$
declare
  worker constant jsonb := calcom_internal.worker_state();
  late record;
begin
  check_name := 'worker'; state := 'ok'; command := null;
  finding := case when worker ? 'pid' then 'running' else 'resting' end;
  select count(*) as mails, min(o.send_after) as since into late
    from @extschema@.email_outbox o join @extschema@.calcom_accounts a on a.account = o.account
   where o.state = 'queued' and o.send_after < now() - interval '10 minutes' and not a.paused and a.disabled_at is null
     and not exists (select from calcom_internal.mail_waits() w where w.account = o.account)
     and not exists (select from @extschema@.email_outbox s where s.settled_at > now() - interval '10 minutes');
  if (worker ->> 'last_error_at')::timestamptz > now() - interval '1 hour' then
    state := 'warning';
    finding := format('%s, at %s; it goes on', worker ->> 'last_error', worker ->> 'last_error_at');
    command := 'see the server''s log, lines with "calcom worker"';
  elsif late.mails > 0 then
    state := 'error';
    finding := format('%s mails are due, the first since %s, and none leaves', late.mails, late.since);
    command := case when not @extschema@.calcom_preloaded() then calcom_internal.preload_line()
      when not calcom_internal.marked() then format('ALTER DATABASE %I SET calcom.worker = on;', current_database())
      else 'raise max_worker_processes or calcom.max_workers and restart; see the server''s log, lines with "calcom"'
        end;
  end if;
end
$doctor$;
comment on function calcom_internal.doctor_worker() is
  'Internal part of calcom_doctor(): the worker.';

create function calcom_internal.doctor_queue(out check_name text, out state text, out finding text, out command text)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $doctor$
declare
  found_rows record;
begin
  for found_rows in
    select a.account, w.finding, w.command, w.ends
      from @extschema@.calcom_accounts a left join calcom_internal.mail_waits() w on w.account = a.account
     order by a.account loop
    check_name := format('circuit of %s', found_rows.account); state := 'ok'; finding :=
      'closed: no mail waits for Resend';
    command := found_rows.command;
    if found_rows.finding is not null then
      state := case when found_rows.ends then 'warning' else 'error' end;
      finding := 'open, every mail is kept: ' || found_rows.finding;
    end if;
    return next;
  end loop;

  select count(*) as mails, string_agg(distinct o.reason, '; ' order by o.reason) as reasons into found_rows
    from @extschema@.email_outbox o where o.state = 'held';
  check_name := 'held mails'; state := 'ok'; finding := 'none'; command := null;
  if found_rows.mails > 0 then
    state := 'warning'; finding := format('%s: %s', found_rows.mails, found_rows.reasons);
    command := 'SELECT account, reason, count(*) FROM @extschema@.email_outbox WHERE state = ''held'' GROUP BY 1, 2;';
  end if;
  return next;

  select count(*) filter (where o.state = 'failed') as failed,
    count(*) filter (where o.state = 'uncertain') as uncertain
    into found_rows from @extschema@.email_outbox o where o.state in ('failed', 'uncertain');
  check_name := 'dead letters'; state := 'ok'; finding := 'none'; command := null;
  if found_rows.failed + found_rows.uncertain > 0 then
    state := case when found_rows.uncertain > 0 then 'error' else 'warning' end;
    finding := format('%s failed, %s uncertain (may have been sent: a person decides)', found_rows.failed,
                      found_rows.uncertain);
    command := 'SELECT * FROM @extschema@.calcom_dead_letters;';
  end if;
  return next;
end
$doctor$;
comment on function calcom_internal.doctor_queue() is
  'Internal part of calcom_doctor(): circuit, held mails, dead letters.';

create function calcom_internal.doctor_age(out check_name text, out state text, out finding text, out command text)
returns setof record
language plpgsql stable security definer set search_path = pg_catalog, pg_temp set intervalstyle = postgres
as $doctor$
declare
  old record;
begin
  select count(*) as mails, string_agg(distinct o.account, ', ' order by o.account) as accounts into old
    from @extschema@.email_outbox o
   where o.state = 'skipped' and o.cause = 'too_old' and o.settled_at > now() - interval '7 days';
  check_name := 'mails too old'; state := 'ok'; finding := 'none in 7 days'; command := null;
  if old.mails > 0 then
    state := 'warning';
    finding := format('%s skipped in 7 days, of %s: they could not leave within mail_max_age', old.mails, old.accounts);
    command := 'to send those that are still true: SELECT id, kind, recipient, @extschema@.calcom_retry_email(id, '
      'account) '
               'FROM @extschema@.email_outbox WHERE state = ''skipped'' AND cause = ''too_old'' '
               'AND settled_at > now() - interval ''7 days'';';
  end if;
  return next;

  -- The worker runs every few minutes and erases once a day.
  select string_agg(a.account, ', ' order by a.account) as accounts into old from @extschema@.calcom_accounts a
   where exists (select from @extschema@.email_outbox o
                  where o.account = a.account and o.settled_at < now() - a.keep_mail - interval '2 days'
                    and (o.request is not null or o.subject is not null or o.provider_message is not null)
                      and o.state <> 'uncertain');
  check_name := 'retention of mail'; state := 'ok'; command := null;
  select string_agg(format('%s: %s', a.account, coalesce(a.keep_mail::text, 'forever')), ', ' order by a.account)
    into finding from @extschema@.calcom_accounts a;
  if old.accounts is not null then
    state := 'warning'; finding := format('what mails of %s said should have been erased (keep_mail)', old.accounts);
    command := 'see the check "worker"; by hand: SELECT @extschema@.calcom_prune_mail(keep_mail, account) '
               'FROM @extschema@.calcom_accounts WHERE keep_mail IS NOT NULL;';
  end if;
  return next;
end
$doctor$;
comment on function calcom_internal.doctor_age() is
  'Internal part of calcom_doctor(): mails skipped as too old, and mail content that is kept too long.';

create function calcom_internal.doctor_provider(out check_name text, out state text, out finding text, out command text)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $doctor$
declare
  account record;
  refusal record;
begin
  for account in
    select a.account, a.mail_mode,
           exists (select from @extschema@.calcom_secrets s where s.account = a.account
             and s.kind = 'resend_webhook') as signed,
           (select e.type || ' at ' || e.received_at from @extschema@.provider_events e where e.account = a.account
             order by e.received_at desc limit 1) as last_event
      from @extschema@.calcom_accounts a order by a.account loop
    check_name := format('Resend webhook of %s', account.account); command := null;
    if not account.signed then
      state := case account.mail_mode when 'test' then 'todo' else 'warning' end;
      finding := 'no secret: nobody learns of bounces and complaints';
      command := format('SELECT @extschema@.calcom_set_secret(%L, ''resend_webhook'', ''file:resend_webhook'');',
        account.account);
    elsif account.last_event is null then
      state := 'todo'; finding := 'secret set, no event yet';
      command := format('at resend.com add the webhook https://YOUR-HOST/api/webhooks/resend%s '
        '(docs/delivery-status.md)',
                        case account.account when 'default' then '' else '/' || account.account end);
    else
      state := 'ok'; finding := account.last_event;
    end if;
    return next;
  end loop;

  -- Ignore an old refusal if good events came since: anyone can send an invalid one.
  check_name := 'last refused event of Resend'; state := 'ok'; finding := 'none since the server started'; command :=
    null;
  select r.* into refusal
    from jsonb_to_recordset(@extschema@.calcom_refusals()) as r(source text, reason text, count bigint,
      last_at timestamptz)
   where r.source = 'resend' order by r.last_at desc nulls last limit 1;
  if refusal is not null then
    finding := format('%s, %s times, last at %s', refusal.reason, refusal.count, refusal.last_at);
    if refusal.last_at > now() - interval '1 day' or not exists (
         select from @extschema@.provider_events e where e.received_at > refusal.last_at) then
      state := 'warning';
      command := 'SELECT @extschema@.calcom_set_secret(''default'', ''resend_webhook'', ''file:resend_webhook'');';
    end if;
  end if;
  return next;
end
$doctor$;
comment on function calcom_internal.doctor_provider() is
  'Internal part of calcom_doctor(): Resend''s webhook, by account.';

create function calcom_internal.doctor_people(out check_name text, out state text, out finding text, out command text)
returns setof record
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $doctor$
declare
  counted record;
begin
  select count(*) as suppressed into counted from @extschema@.email_suppressions;
  check_name := 'suppressed people'; state := 'ok'; finding := format('%s are not mailed', counted.suppressed);
  command := null;
  if counted.suppressed > 0 then
    command := 'SELECT * FROM @extschema@.email_suppressions ORDER BY created_at DESC;';
  end if;
  return next;

  -- Resend pauses accounts with more than 4 % bounces or 0.08 % complaints.
  select count(*) filter (where e.type = 'email.bounced') as bounced,
         count(*) filter (where e.type = 'email.complained') as complained,
         count(*) filter (where e.type = 'email.failed') as failed,
         count(*) filter (where e.type = 'email.sent') as sent into counted
    from @extschema@.provider_events e where e.received_at > now() - interval '7 days';
  check_name := 'bounces of 7 days'; command := null;
  finding := format('%s bounced, %s complained, %s failed at Resend', counted.bounced, counted.complained,
    counted.failed);
  state := case when counted.complained > 0 or counted.failed > 0
    or counted.bounced > greatest(counted.sent, 50) * 0.04 then 'warning' else 'ok' end;
  if state <> 'ok' then
    command := 'SELECT recipient, type, detail, created_at FROM @extschema@.provider_events '
               'WHERE type IN (''email.bounced'', ''email.complained'', ''email.failed'') ORDER BY created_at DESC;';
  end if;
  return next;
end
$doctor$;
comment on function calcom_internal.doctor_people() is
  'Internal part of calcom_doctor(): suppressed people, bounces and complaints.';

create function calcom_internal.doctor_mail(out check_name text, out state text, out finding text, out command text)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $doctor$
begin
  return query select * from calcom_internal.doctor_worker();
  return query select * from calcom_internal.doctor_queue();
  return query select * from calcom_internal.doctor_age();
  return query select * from calcom_internal.doctor_provider();
  return query select * from calcom_internal.doctor_people();
end
$doctor$;
comment on function calcom_internal.doctor_mail() is
  'Internal part of calcom_doctor(): mail on its way, Resend''s webhook, bounces.';
