-- Deliveries without the proxy, behind PostgREST: the body is the one unnamed json parameter (json keeps its text
-- byte for byte), headers are in the setting request.headers, and the answer's status is set in response.status. A
-- refusal is returned, not raised: PostgREST would map our SQLSTATEs to 400 and show HINT and DETAIL to the caller,
-- and each forged request would write a line into the server's log. The refused delivery is rolled back, but
-- counted, because the counters are in shared memory. Outside PostgREST the error of calcom_ingest is raised.

create function calcom_internal.http_answer(state text, out status integer, out error text, out retry_after integer)
language c stable parallel safe as 'MODULE_PATHNAME', 'calcom_http_answer';
comment on function calcom_internal.http_answer(text) is
  'Internal: HTTP status, error and Retry-After (seconds) of a delivery that failed with this SQLSTATE, the same as '
  'calcom-proxy answers. Never 410, on which Cal.com switches the webhook off, and no redirect.';

create function calcom_internal.request_headers() returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
as $headers$
declare
  headers jsonb;
begin
  begin
    headers := nullif(current_setting('request.headers', true), '')::jsonb;
  exception when data_exception or program_limit_exceeded then  -- any session can set the setting to anything
    headers := 'null';
  end;
  if jsonb_typeof(headers) <> 'object' then
    raise exception using errcode = 'invalid_parameter_value', message = 'request.headers is not a JSON object',
      detail = 'PostgREST sets it for each request; nothing was stored.',
      hint = 'From SQL call calcom_ingest(body, signature) or resend_ingest(body, id, timestamp, signature) instead.';
  end if;
  return headers;
end
$headers$;
comment on function calcom_internal.request_headers() is
  'Internal: the headers of the HTTP request as set by PostgREST, null outside of PostgREST. Raises 22023 if the '
  'setting request.headers is not a JSON object.';

create function calcom_internal.take_webhook(provider text, account text, body text, headers jsonb,
  out outcome text, out event_id text)
language plpgsql set search_path = pg_catalog, pg_temp
as $take$
declare
  -- Svix's names of the three headers, or those of Standard Webhooks.
  named constant text := case when headers ? 'svix-signature' then 'svix-' else 'webhook-' end;
begin
  if provider = 'calcom' then
    select i.outcome, i.event_id into outcome, event_id
      from @extschema@.calcom_ingest(body, headers ->> 'x-cal-signature-256', account) i;
  else
    select i.outcome, i.event_id into outcome, event_id
      from @extschema@.resend_ingest(body, headers ->> (named || 'id'), headers ->> (named || 'timestamp'),
                                     headers ->> (named || 'signature'), account) i;
  end if;
end
$take$;
comment on function calcom_internal.take_webhook(text, text, text, jsonb) is
  'Internal: passes a delivery with the headers of the HTTP request to calcom_ingest or resend_ingest.';

-- Invariant: functions created by calcom_expose_webhook() depend on this name and these arguments.
create function calcom_internal.answer_webhook(provider text, account text, body json) returns json
language plpgsql set search_path = pg_catalog, pg_temp
as $answer$
declare
  headers constant jsonb := calcom_internal.request_headers();
  behind_postgrest constant boolean := coalesce(current_setting('request.method', true),
    '') <> '';  -- it always sets it
  taken record;
  answer record;
begin
  if not behind_postgrest then
    taken := calcom_internal.take_webhook(provider, account, body::text, headers);
    return row_to_json(taken);
  end if;
  begin
    taken := calcom_internal.take_webhook(provider, account, body::text, headers);
  exception when others then  -- which cancel and shutdown are not
    answer := calcom_internal.http_answer(sqlstate);
    if answer.status >= 500 then
      raise log 'calcom: a delivery was answered with %: %', answer.status, sqlerrm using errcode = sqlstate;
    end if;
    perform set_config('response.status', answer.status::text, true);
    if answer.retry_after is not null then
      perform set_config('response.headers', format('[{"Retry-After":"%s"}]', answer.retry_after), true);
    end if;
    return (select row_to_json(refusal) from (select answer.error) refusal);
  end;
  return row_to_json(taken);
end
$answer$;
comment on function calcom_internal.answer_webhook(text, text, json) is
  'Internal: body of calcom_webhook() and of the functions made by calcom_expose_webhook(), run as calcom_owner.';

create function @extschema@.calcom_webhook(json) returns json
language sql security definer set search_path = pg_catalog, pg_temp
as $$ select calcom_internal.answer_webhook('calcom', 'default', $1) $$;
comment on function @extschema@.calcom_webhook(json) is
  'calcom_ingest for PostgREST, POST /rpc/calcom_webhook: processes Cal.com''s delivery to the account default, with '
  'the signature from the request''s headers. Returns {outcome, event_id}, or {error} with its HTTP status. No role '
  'may call it before calcom_expose_webhook(role => ''anon''). Outside PostgREST it raises the errors of '
  'calcom_ingest.';

create function @extschema@.resend_webhook(json) returns json
language sql security definer set search_path = pg_catalog, pg_temp
as $$ select calcom_internal.answer_webhook('resend', 'default', $1) $$;
comment on function @extschema@.resend_webhook(json) is
  'resend_ingest for PostgREST, POST /rpc/resend_webhook: processes Resend''s events, with the headers svix-id, '
  'svix-timestamp and svix-signature (or webhook-*).';
