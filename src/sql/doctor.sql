-- calcom_doctor(): one row for each check, with the command that fixes the problem.
create function @extschema@.calcom_refusals() returns jsonb
language c volatile as 'MODULE_PATHNAME', 'calcom_refusals';
comment on function @extschema@.calcom_refusals() is
  'Deliveries refused in this database since the server''s start, by source (calcom, resend) and reason: '
  '[{source, reason, count, last_at}]. Refused bodies are not stored. Empty if the library is not preloaded.';

create function calcom_internal.marked() returns boolean
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select exists (select from pg_db_role_setting s
                  where s.setdatabase = (select d.oid from pg_database d where d.datname = current_database())
                    and s.setrole = 0 and 'calcom.worker=on' = any(s.setconfig))
$$;
comment on function calcom_internal.marked() is 'Internal: true if this database is marked for the worker.';

create function calcom_internal.doctor_server(out check_name text, out state text, out finding text, out command text)
returns setof record
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $doctor$
declare
  version text;
begin
  check_name := 'preload'; command := null;
  if @extschema@.calcom_preloaded() then
    state := 'ok'; finding := 'the library is preloaded';
  else
    state := 'todo'; finding := 'not preloaded: deliveries are taken, mail waits; restart needed';
    command := calcom_internal.preload_line();
  end if;
  return next;

  check_name := 'setup'; command := null; version := null;
  if to_regclass('@extschema@.calcom_meta') is not null then
    select m.value into version from @extschema@.calcom_meta m where m.key = 'schema_version';
  end if;
  if version = '1' then
    state := 'ok'; finding := 'tables of version 1, library ' || @extschema@.calcom_library_version();
  else
    state := 'error'; finding := coalesce('tables of version ' || version, 'the tables are not there');
    command := 'SELECT * FROM @extschema@.calcom_setup();';
  end if;
  return next;

  check_name := 'database mark'; command := null;
  if calcom_internal.marked() then
    state := 'ok'; finding := 'marked for the worker';
  else
    state := 'todo'; finding := 'not marked: no worker serves this database (a copy or a plain restore has no mark)';
    command := format('ALTER DATABASE %I SET calcom.worker = on;', current_database());
  end if;
  return next;
end
$doctor$;
comment on function calcom_internal.doctor_server() is 'Internal part of calcom_doctor(): library, tables, mark.';

create function calcom_internal.doctor_accounts(out check_name text, out state text, out finding text, out command text)
returns setof record
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $doctor$
declare
  account record;
begin
  for account in
    select a.*,
           exists (select from @extschema@.calcom_secrets s where s.account = a.account
             and s.kind = 'webhook') as signed,
           exists (select from @extschema@.calcom_secrets s
                    where s.account = a.account and s.kind = 'resend_api_key') as has_key
      from @extschema@.calcom_accounts a order by a.account loop
    check_name := format('webhook secret of %s', account.account); command := null;
    if account.signed then
      state := 'ok'; finding := 'set';
    else
      state := 'todo'; finding := 'none: every delivery is refused';
      command := format('SELECT @extschema@.calcom_set_secret(%L, ''webhook'');', account.account);
    end if;
    return next;

    check_name := format('sender and key of %s', account.account); command := null;
    if account.sender is null then
      state := 'todo'; finding := 'no sender';
      command := format('SELECT @extschema@.calcom_account_set(%L, sender => ''Name <name@your-domain>'');',
                        account.account);
    elsif not account.has_key then
      state := 'todo'; finding := 'sender set, no Resend key';
      command := format('SELECT @extschema@.calcom_set_secret(%L, ''resend_api_key'', ''file:resend'');',
                        account.account);
    else
      state := 'ok'; finding := 'sender and key are set';
    end if;
    return next;

    check_name := format('mail mode of %s', account.account); command := null;
    if account.disabled_at is not null then
      state := 'warning'; finding := 'disabled: deliveries are refused, mail is held';
      command := format('SELECT @extschema@.calcom_account_enable(%L);', account.account);
    elsif account.paused then
      state := 'warning'; finding := 'paused: mail is held';
      command := format('SELECT @extschema@.calcom_account_set(%L, paused => false);', account.account);
    elsif account.mail_mode = 'live' then
      select case when e.armed then 'ok' else 'error' end, coalesce(e.reason, 'live') into state, finding
        from @extschema@.calcom_environment(account.account) e;
      command := case when state = 'error'
                      then format('if mail shall leave from here: SELECT @extschema@.calcom_go_live(%L);',
                        account.account)
                 end;
    elsif account.mail_mode = 'redirect' then
      state := 'warning'; finding := 'redirect: all mail goes to ' || account.redirect_to;
      command := format('SELECT @extschema@.calcom_go_live(%L);', account.account);
    else
      state := 'todo'; finding := 'test: rendered and kept, never sent';
      command := format('SELECT @extschema@.calcom_go_live(%L);', account.account);
    end if;
    return next;
  end loop;
end
$doctor$;
comment on function calcom_internal.doctor_accounts() is
  'Internal part of calcom_doctor(): secret, sender, key and mail mode of each account.';

create function calcom_internal.refusal_cause(reason text) returns text
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $$
  select case reason
    when 'wrong signature' then 'the secret in Cal.com''s form differs, or something in between changes the body'
    when 'missing signature' then 'no secret in Cal.com''s form, or the proxy in front drops X-Cal-Signature-256'
    when 'no secret' then 'no webhook secret is set for the account'
    when 'disabled account' then 'Cal.com still delivers for an account that was disabled'
    when 'unknown account' then 'the webhook''s address names an account that does not exist'
    when 'too large' then 'the body is larger than calcom.max_body_size'
    when 'not set up' then 'calcom_setup() has not run in this database'
  end
$$;
comment on function calcom_internal.refusal_cause(text) is 'The probable cause of a refusal, for calcom_doctor().';

create function calcom_internal.doctor_deliveries(out check_name text, out state text, out finding text,
  out command text)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $doctor$
declare
  last_event record;
  refusal record;
  waiting bigint;
begin
  check_name := 'last accepted delivery'; state := 'todo'; finding := 'none yet';
  command := 'in Cal.com''s webhook form press "Ping test"';
  select e.received_at, e.trigger_event, e.outcome into last_event
    from @extschema@.calcom_events e where e.source = 'webhook' order by e.received_at desc limit 1;
  if last_event is not null then
    state := 'ok'; command := null;
    finding := format('%s at %s: %s', coalesce(last_event.trigger_event, 'no trigger'), last_event.received_at,
                    last_event.outcome);
  end if;
  return next;

  check_name := 'last refused delivery'; state := 'ok'; finding := 'none since the server started'; command := null;
  select r.* into refusal
    from jsonb_to_recordset(@extschema@.calcom_refusals()) as r(source text, reason text, count bigint,
      last_at timestamptz)
   where r.source = 'calcom'
   order by r.last_at desc nulls last limit 1;
  if refusal is not null then
    -- Ignore an old refusal if good deliveries came since: anyone can send an invalid one.
    state := case when last_event is null or refusal.last_at > last_event.received_at then 'error'
                  when refusal.last_at > now() - interval '1 day' then 'warning' else 'ok' end;
    finding := format('%s, %s times, last at %s: %s', refusal.reason, refusal.count, refusal.last_at,
                    calcom_internal.refusal_cause(refusal.reason));
    command := case when state = 'ok' then null else case refusal.reason
      when 'too large' then 'ALTER SYSTEM SET calcom.max_body_size = ''2MB''; SELECT pg_reload_conf();'
      when 'disabled account' then 'SELECT @extschema@.calcom_account_enable(''NAME'');'
      when 'unknown account' then 'SELECT @extschema@.calcom_account_add(''NAME'');'
      when 'not set up' then 'SELECT * FROM @extschema@.calcom_setup();'
      else 'SELECT @extschema@.calcom_set_secret(''default'', ''webhook'', ''the secret of Cal.com''''s form'');' end
        end;
  elsif not @extschema@.calcom_preloaded() then
    finding := 'not counted: the library is not preloaded';
  end if;
  return next;

  select count(*) into waiting from @extschema@.calcom_events e where e.outcome = 'deferred';
  check_name := 'deferred deliveries'; state := case waiting when 0 then 'ok' else 'warning' end;
  finding := format('%s waiting to be merged', waiting);
  command := case when waiting > 0 then 'SELECT @extschema@.calcom_merge_deferred();' end;
  return next;

  select count(*) into waiting from @extschema@.calcom_events e where e.outcome = 'dead';
  check_name := 'dead deliveries'; state := case waiting when 0 then 'ok' else 'warning' end;
  finding := format('%s stored but not understood', waiting);
  command := case when waiting > 0 then
    'SELECT id, received_at, reason FROM @extschema@.calcom_events WHERE outcome = ''dead'' ORDER BY id;' end;
  return next;
end
$doctor$;
comment on function calcom_internal.doctor_deliveries() is
  'Internal part of calcom_doctor(): accepted, refused, deferred and dead deliveries.';

create function @extschema@.calcom_doctor(out check_name text, out state text, out finding text, out command text)
returns setof record
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp
as $doctor$
begin
  return query select * from calcom_internal.doctor_server();
  if to_regclass('@extschema@.calcom_accounts') is null then
    return;
  end if;
  return query select * from calcom_internal.doctor_accounts();
  return query select * from calcom_internal.doctor_deliveries();
  return query select * from calcom_internal.doctor_zones();
  return query select * from calcom_internal.doctor_mail();
end
$doctor$;
comment on function @extschema@.calcom_doctor() is
  'Checks everything. One row for each check: state (ok, todo, warning or error), finding, and the command that fixes '
  'it.';
