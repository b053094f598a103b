-- Which mails would be sent, and what holds the others: decided by the worker's own judge.
create function calcom_internal.why_held(account text) returns text
language c stable security definer set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_why_held';
comment on function calcom_internal.why_held(text) is
  'Internal: why the worker holds the mail of an account; null when it does not.';

create function calcom_internal.why_no_worker() returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select case when not @extschema@.calcom_preloaded() then 'the library is not preloaded: no worker sends'
              when not calcom_internal.marked() then 'the database is not marked for the worker' end
$$;
comment on function calcom_internal.why_no_worker() is
  'Internal: why no worker serves this database; null when one does.';

create function calcom_internal.why_no_mail(account text) returns text
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select coalesce(calcom_internal.why_held(a.account),
                  case a.mail_mode when 'test' then 'the account is in test mode: rendered and kept, never sent' end,
                  calcom_internal.why_no_worker())
    from @extschema@.calcom_accounts a where a.account = $1
$$;
comment on function calcom_internal.why_no_mail(text) is
  'Internal: why no mail of the account would leave; null when it may.';

create function @extschema@.calcom_simulate(span interval default '7 days', account text default null)
returns table (at timestamptz, mail_account text, kind text, rule text, recipient text, booking_uid text,
  start_time timestamptz, leaves boolean, reason text, state text, cause text, delayed_by text, after_hold text,
  email_id uuid)
language c stable security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off set jit = off
as 'MODULE_PATHNAME', 'calcom_simulate';
comment on function @extschema@.calcom_simulate(interval, text) is
  'Every mail that is queued or becomes due within the span: what the worker will do with it, if nothing changes but '
  'the time. state and cause: as in email_outbox, at that time; leaves: it is sent within the span; delayed_by: why '
  'later than due (a quota, the limit per recipient); after_hold: why it would be skipped once a hold ends; reason: '
  'the same for people; email_id: null for a reminder that is not queued yet. Resend is expected to repeat its last '
  'refusal, or to take mail from the time that it named. Stores and sends nothing. account null: all.';

create function calcom_internal.enumerated(out table_name text, out column_name text, out word text)
returns setof record
language c stable parallel safe set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_enumerated';
comment on function calcom_internal.enumerated() is
  'Internal: the words that the library knows for each enumerated column. A test compares them with the CHECKs.';
