-- Mail that waits because Resend refuses it: meaning and command, in one place for doctor, status and log.
create function calcom_internal.explain_wait(account text, reason text, sender_domain text, until timestamptz,
  out finding text, out command text, out ends boolean)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select w.finding || format(' (%s)', $2), w.command, w.ends from (
    select 1, format('Resend takes no mail from %s, a domain that is not verified there; one mail is tried every ten minutes', $3),
           format('verify the domain at https://resend.com/domains, or: SELECT @extschema@.calcom_account_set(%L, '
                  'sender => ''Name <name@verified-domain>'');', $1), false
     where $3 is not null
    union all
    select 2, format('Resend''s daily quota is used up; mail goes on at %s', to_char($4 at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
           format('nothing to do; or take a larger plan at https://resend.com (Settings, Billing) and run: '
                  'SELECT @extschema@.calcom_resume(%L);', $1), true
     where $2 like '429 daily_quota%'
    union all
    select 3, 'Resend''s monthly quota is used up; one mail is tried every hour',
           format('take a larger plan at https://resend.com (Settings, Billing), then run: '
                  'SELECT @extschema@.calcom_resume(%L);', $1), false
     where $2 like '429 monthly_quota%'
    union all
    select 4, format('Resend asks to wait until %s', to_char($4 at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
           format('nothing to do; to try at once: SELECT @extschema@.calcom_resume(%L);', $1), true
     where $2 like '429%'
    union all
    select 5, 'something before Resend''s API refuses this server; one mail is tried now and then',
           'see https://resend.com/docs/knowledge-base/403-error-1010 and that no proxy stands between', false
     where $2 like '403 not an answer%' or $2 like '403 empty%'
    union all
    select 6, 'Resend refuses the key; one mail is tried now and then',
           format('SELECT @extschema@.calcom_set_secret(%L, ''resend_api_key'', ''file:resend'');', $1), false
     where $2 ~ '^(400|401|402|403|422)( |$)'
    union all
    select 7, 'calcom.resend_url is not Resend''s API; one mail is tried now and then',
           'ALTER SYSTEM RESET calcom.resend_url; SELECT pg_reload_conf();', false
     where $2 ~ '^(3..|404|405|407)( |$)' or $2 like 'calcom.resend_url%'
    union all
    select 8, 'Resend gives no usable answer; one mail is tried now and then',
           'see https://resend-status.com and that this server may reach calcom.resend_url', false
    ) w (n, finding, command, ends)
   order by w.n limit 1
$$;
comment on function calcom_internal.explain_wait(text, text, text, timestamptz) is
  'Internal: meaning of a row of email_waits and the command that ends the wait, for calcom_doctor(), calcom_status '
  'and the server''s log; ends: true if the wait ends without a command.';

create function calcom_internal.mail_waits(out account text, out reason text, out since timestamptz,
  out until timestamptz, out finding text, out command text, out ends boolean) returns setof record
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select w.account, w.reason, w.since, w.until, e.finding, e.command, e.ends
    from @extschema@.email_waits w
    join @extschema@.calcom_accounts a on a.account = w.account and a.mail_mode <> 'test'
    cross join lateral calcom_internal.explain_wait(w.account, w.reason, w.sender_domain, w.until) e
   where w.sender_domain is null or w.sender_domain = lower(rtrim(split_part(a.sender, '@', -1), '> ') collate "C")
   order by e.ends, w.account
$$;
comment on function calcom_internal.mail_waits() is
  'Internal: the accounts whose mail waits for Resend with their current settings, those that need a person first.';
