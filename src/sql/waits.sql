-- Mail that waits because Resend refuses it: meaning and command, in one place for doctor, status and log.
create function calcom_internal.explain_wait(account text, cause text, reason text, sender_domain text,
  until timestamptz,
  out finding text, out command text, out ends boolean)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select w.finding || format(' (%s)', $3), w.command, w.ends from (values
    ('domain_refused',
     format('Resend takes no mail from %s, a domain that is not verified there; one mail is tried every ten minutes',
       $4),
     format('verify the domain at https://resend.com/domains, or: SELECT @extschema@.calcom_account_set(%L, '
            'sender => ''Name <name@verified-domain>'');', $1), false),
    ('daily_quota',
     format('Resend''s daily quota is used up; mail goes on at %s', to_char($5 at time zone 'UTC',
       'YYYY-MM-DD HH24:MI "UTC"')),
     format('nothing to do; or take a larger plan at https://resend.com (Settings, Billing) and run: '
            'SELECT @extschema@.calcom_resume(%L);', $1), true),
    ('monthly_quota', 'Resend''s monthly quota is used up; one mail is tried every hour',
     format('take a larger plan at https://resend.com (Settings, Billing), then run: '
            'SELECT @extschema@.calcom_resume(%L);', $1), false),
    ('rate_limited', format('Resend asks to wait until %s', to_char($5 at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
     format('nothing to do; to try at once: SELECT @extschema@.calcom_resume(%L);', $1), true),
    ('edge_refused', 'something before Resend''s API refuses this server; one mail is tried now and then',
     'see https://resend.com/docs/knowledge-base/403-error-1010 and that no proxy stands between', false),
    ('key_refused', 'Resend refuses the key; one mail is tried now and then',
     format('SELECT @extschema@.calcom_set_secret(%L, ''resend_api_key'', ''file:resend'');', $1), false),
    ('wrong_url', 'calcom.resend_url is not Resend''s API; one mail is tried now and then',
     'ALTER SYSTEM RESET calcom.resend_url; SELECT pg_reload_conf();', false),
    (null, 'Resend gives no usable answer; one mail is tried now and then',
     'see https://resend-status.com and that this server may reach calcom.resend_url', false)
    ) w (cause, finding, command, ends)
   where w.cause = $2 or w.cause is null order by w.cause nulls last limit 1
$$;
comment on function calcom_internal.explain_wait(text, text, text, text, timestamptz) is
  'Internal: what a row of email_waits means and which command ends it, for calcom_doctor(), calcom_status and the '
    'server''s log; '
  'ends: mail goes on by itself.';

create function calcom_internal.mail_waits(out account text, out cause text, out reason text, out since timestamptz,
  out until timestamptz, out finding text, out command text, out ends boolean) returns setof record
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select w.account, w.cause, w.reason, w.since, w.until, e.finding, e.command, e.ends
    from @extschema@.email_waits w
    join @extschema@.calcom_accounts a on a.account = w.account and a.mail_mode <> 'test'
    cross join lateral calcom_internal.explain_wait(w.account, w.cause, w.reason, w.sender_domain, w.until) e
   where w.sender_domain is null or w.sender_domain = lower(rtrim(split_part(a.sender, '@', -1), '> ') collate "C")
   order by e.ends, w.account
$$;
comment on function calcom_internal.mail_waits() is
  'Internal: the accounts whose mail waits for Resend with their current settings, those that need a person first.';
