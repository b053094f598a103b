-- Data of the operator page as JSON, one function and one statement for each view. They run as their caller, an
-- operator, and return what operators may read; only mail content needs a definer function. All use an index and a
-- limit, so that a long history does not make the page slow.
create function @extschema@.calcom_mail_content(id uuid, account text default 'default', out sender text,
  out reply_to text, out html text, out "text" text, out attachments json)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp
as $content$
declare
  request json;
begin
  select o.request::json into request from @extschema@.email_outbox o where o.account = $2 and o.id = $1;
  sender := request ->> 'from';
  reply_to := request ->> 'reply_to';
  html := request ->> 'html';
  "text" := request ->> 'text';
  select json_agg(json_build_object('filename', a ->> 'filename', 'content_type', a ->> 'content_type',
                                    'text', convert_from(decode(a ->> 'content', 'base64'), 'UTF8')) order by n)
    into attachments from json_array_elements(request -> 'attachments') with ordinality t (a, n);
end
$content$;
comment on function @extschema@.calcom_mail_content(uuid, text) is
  'Content of a mail, as its recipient sees it. Null before it is rendered and after its content was erased.';

-- Dynamic SQL with quoted values, so that the planner sees them: some states have a partial index.
create function calcom_internal.admin_mail_rows(account text, states text[], before timestamptz, before_id uuid,
  most integer, booking_uid text default null) returns setof json
language plpgsql stable set search_path = pg_catalog, pg_temp
as $rows$
declare
  wanted constant text := concat_ws(' and ', 'true', 'o.account = ' || quote_literal(account),
    'o.state in (' || (select string_agg(quote_literal(s), ', ') from unnest(states) s) || ')',
    'o.booking_uid = ' || quote_literal(booking_uid),
    case when before_id is null then 'o.created_at < ' || quote_literal(before)
         else format('(o.created_at, o.id) < (%L::timestamptz, %L::uuid)', before, before_id) end);
begin
  return query execute format($query$
    select to_json(m) from (
      select o.account, o.id, o.kind, o.recipient, o.subject, o.state, o.delivery_status, o.cause, o.reason,
        o.provider_message,
             o.in_doubt, o.created_at,
             o.send_after, case o.state when 'sent' then o.settled_at end as sent_at, o.attempts, o.booking_uid,
             o.mail_mode, o.start_time
        from @extschema@.email_outbox o where %s order by o.created_at desc, o.id desc limit %L) m$query$, wanted,
          most);
end
$rows$;
comment on function calcom_internal.admin_mail_rows(text, text[], timestamptz, uuid, integer, text) is
  'Internal part of the operator page: list of mails, newest first.';

create function @extschema@.calcom_admin_mails(account text default null, states text[] default null,
  before text default null, most integer default 50) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp
as $mails$
declare
  wanted constant integer := least(greatest(coalesce($4, 50), 1), 200);
  found json[];
begin
  found := array(select calcom_internal.admin_mail_rows($1, $2, split_part($3, '/', 1)::timestamptz,
                   nullif(split_part($3, '/', 2), '')::uuid, wanted + 1));
  return json_build_object('mails', to_json(found[1:wanted]), 'more', coalesce(cardinality(found) > wanted, false),
    'next', case when cardinality(found) > wanted
                 then to_char((found[wanted] ->> 'created_at')::timestamptz at time zone 'UTC',
                              'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '/' || (found[wanted] ->> 'id') end);
end
$mails$;
comment on function @extschema@.calcom_admin_mails(text, text[], text, integer) is
  'Mails for the operator page, newest first, of one account or all, in the given states or any. before: the value '
  '"next" of the previous answer, to continue there.';

create function @extschema@.calcom_admin_mail(account text, id uuid) returns json
language plpgsql stable set search_path = pg_catalog, pg_temp
as $mail$
declare
  mail record;
  shown record;
begin
  select o.* into mail from @extschema@.calcom_mails o where o.account = $1 and o.id = $2;
  if not found then
    return null;
  end if;
  select c.* into shown from @extschema@.calcom_mail_content($2, $1) c;
  return json_build_object('account', mail.account, 'id', mail.id, 'kind', mail.kind, 'recipient', mail.recipient,
    'subject', mail.subject, 'state', mail.state, 'delivery_status', mail.delivery_status, 'cause', mail.cause,
      'reason', mail.reason,
    'provider_message', mail.provider_message, 'in_doubt', mail.in_doubt or mail.state = 'uncertain',
    'created_at', mail.created_at, 'send_after', mail.send_after,
    'sent_at', case mail.state when 'sent' then mail.settled_at end, 'attempts', mail.attempts,
    'booking_uid', mail.booking_uid, 'start_time', mail.start_time, 'mail_mode', mail.mail_mode,
    'provider_id', mail.provider_id, 'from', shown.sender, 'reply_to', shown.reply_to, 'text', shown.text,
    'html_url', case when shown.html is not null then format('/admin/api/mails/%s/%s/html', mail.account, mail.id) end,
    'attachments', coalesce(shown.attachments, '[]'),
    'history', (select coalesce(json_agg(json_build_object('at', h.at, 'what', h.what, 'detail', h.detail)
                                         order by h.at, h.rank), '[]')
                  from (values (mail.created_at, 1, 'queued', null),
                               (mail.first_attempt_at, 2, 'first attempt', null),
                               (nullif(mail.last_attempt_at, mail.first_attempt_at), 3, 'last attempt',
                                format('%s attempts', mail.attempts)),
                               (mail.settled_at, 4, mail.state, concat_ws(': ', mail.reason,
                                 mail.provider_message))) as h (at, rank, what, detail)
                 where h.at is not null),
    'events', (select coalesce(json_agg(json_build_object('at', e.created_at, 'what', e.type,
                                                          'detail', concat_ws(': ', e.outcome, e.detail, e.reason))
                                        order by e.created_at), '[]')
                 from @extschema@.provider_events e where e.account = $1 and e.outbox_id = $2));
end
$mail$;
comment on function @extschema@.calcom_admin_mail(text, uuid) is
  'One mail for the operator page: content, history and what Resend reported. Null if there is none.';

create function @extschema@.calcom_admin_booking(account text, uid text) returns json
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select json_build_object(
    'booking', to_json(b),
    'attendees', (select coalesce(json_agg(to_jsonb(a) - array['account', 'booking_uid', 'organizer_email']
                                           order by a.removed_at nulls first, a.email), '[]')
                    from @extschema@.booking_attendees a where a.account = b.account and a.booking_uid = b.uid),
    'trace', (select coalesce(json_agg(t), '[]') from @extschema@.calcom_trace(b.uid, b.account) t),
    'mails', (select coalesce(json_agg(m), '[]')
                from calcom_internal.admin_mail_rows(b.account, null, null, null, 200, b.uid) m))
    from @extschema@.bookings b where b.account = $1 and b.uid = $2
$$;
comment on function @extschema@.calcom_admin_booking(text, text) is
  'One booking for the operator page: row, attendees, timeline, mails. Null if there is none.';

create function @extschema@.calcom_admin_dead(most integer default 50) returns json
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select json_build_object(
    'counts', (select coalesce(json_agg(c order by c.account), '[]') from (
                 select e.account, count(*) as count from @extschema@.calcom_events e where e.outcome = 'dead'
                   group by 1) c),
    'events', (select coalesce(json_agg(d), '[]') from (
                 select e.account, e.id as event_id, e.received_at, e.trigger_event as trigger, e.booking_uid,
                   e.related_uid,
                        concat_ws(E'\n', e.reason, e.reason_detail) as error, e.settled_at
                   from @extschema@.calcom_events e where e.outcome = 'dead'
                  order by e.id desc limit least(greatest(coalesce($1, 50), 1), 1000)) d))
$$;
comment on function @extschema@.calcom_admin_dead(integer) is
  'Dead deliveries for the operator page: their number by account and the newest of them (up to 1000). Without bodies.';

create function @extschema@.calcom_admin_audit(most integer default 100) returns json
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select coalesce(json_agg(a), '[]') from (
    select a.at, a.actor, a.via, a.action, a.account, a.target, a.detail
      from @extschema@.calcom_audit a order by a.at desc limit least(greatest(coalesce($1, 100), 1), 1001)) a
$$;
comment on function @extschema@.calcom_admin_audit(integer) is
  'The newest actions of operators (up to 1001), for the operator page.';
