-- Accounts and their secrets.
create function calcom_internal.check_sender(sender text, what text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $check$
declare
  -- RFC 5322 splits an unquoted name at these characters, and Resend would refuse every mail from it.
  special constant text := '][[:cntrl:]<>@,;:"()\\';
  word constant text := '[^' || special || '[:space:]]+';
  address constant text := word || '@' || word || '\.' || word;
begin
  if sender is null or
     sender ~ ('^(' || address || '|([^' || special || ']*|"([^[:cntrl:]"\\]|\\["\\])*"\s*)<' || address || '>)$') then
    return;
  elsif sender ~ ('^[^<>[:cntrl:]]*<' || address || '>$') then
    raise exception using errcode = 'invalid_parameter_value',
      message = 'the name in ' || what || ' needs double quotes',
      detail = 'Without them it has none of , ; : @ ( ) [ ] \ ".',
      hint = 'Write "Name, Inc." <name@example.com>, and \" for a quote within.';
  end if;
  raise exception using errcode = 'invalid_parameter_value',
    message = what || ' is not an e-mail address',
    hint = 'Write name@example.com or "Name <name@example.com>".';
end
$check$;
comment on function calcom_internal.check_sender(text, text) is
  'Internal: raises 22023 unless the text is an address or Name <address>, with quotes around the name if needed.';

create function calcom_internal.check_url(url text, what text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $check$
begin
  if url is not null and url !~ '^https?://[^[:space:][:cntrl:]<>"@]+$' then
    raise exception using errcode = 'invalid_parameter_value',
      message = what || ' is not an http or https address',
      hint = 'Write, for example, https://cal.com/name.';
  end if;
end
$check$;
comment on function calcom_internal.check_url(text, text) is
  'Internal: raises 22023 unless the text is an absolute http(s) address without credentials.';

create function calcom_internal.check_locale(locale text) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $check$
begin
  if locale !~ '^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8})*$' then
    raise exception using errcode = 'invalid_parameter_value', message = 'locale is not valid',
      hint = 'It is a language or a region, as de or en-US.';
  end if;
end
$check$;
comment on function calcom_internal.check_locale(text) is
  'Internal: raises 22023 unless the text has the form of a locale.';

create function @extschema@.calcom_account_add(account text, sender text default null, reply_to text default null,
  cal_link text default null, booker_url text default null, locale text default 'en') returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $add$
begin
  if account is null or account !~ '^[A-Za-z0-9_.-]{1,63}$' then
    raise exception using errcode = 'invalid_parameter_value',
      message = 'account name is not valid',
      detail = 'It is part of the webhook''s address: 1 to 63 letters, digits, dots, hyphens or underscores.';
  end if;
  perform calcom_internal.check_sender(sender, 'sender');
  perform calcom_internal.check_sender(reply_to, 'reply_to');
  perform calcom_internal.check_url(cal_link, 'cal_link');
  perform calcom_internal.check_url(booker_url, 'booker_url');
  perform calcom_internal.check_locale(locale);
  insert into @extschema@.calcom_accounts (account, sender, reply_to, cal_link, booker_url, locale)
    values ($1, $2, $3, $4, $5, coalesce($6, 'en'));
  perform calcom_internal.builtin_reminders(account);
  perform calcom_internal.note_act('account_add', $1);
exception when unique_violation then
  raise exception using errcode = 'unique_violation', message = format('account %L exists already', account),
    hint = 'Change it with calcom_account_set().';
end
$add$;
comment on function @extschema@.calcom_account_add(text, text, text, text, text, text) is
  'Adds a Cal.com account. Its webhook address ends in /api/webhooks/calcom/<account>; set its secret with '
  'calcom_set_secret(). Mail starts in test mode. sender: "Name <name@example.com>" in a domain verified at Resend. '
  'cal_link: public booking page. booker_url: base of reschedule and cancel links for deliveries that contain none.';

create function calcom_internal.withdraw_host_copies(account text) returns void
language sql security definer set search_path = pg_catalog, pg_temp
as $$
  update @extschema@.email_outbox o
     set state = 'cancelled', cause = 'host_copies_ended', reason = 'copies to the host were ended',
       settled_at = clock_timestamp()
   where o.account = $1 and o.state in ('queued', 'held') and o.first_attempt_at is null
     and o.is_host_copy
$$;
comment on function calcom_internal.withdraw_host_copies(text) is
  'Internal: cancels copies to hosts that were not attempted yet.';

create function @extschema@.calcom_account_set(account text, sender text default null, reply_to text default null,
  cal_link text default null, booker_url text default null, locale text default null, mail_mode text default null,
  redirect_to text default null, paused boolean default null, calendar_file boolean default null,
  max_mails_per_hour integer default null, mail_host boolean default null, keep_mail interval default null,
    mail_max_age interval default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $set$
begin
  perform calcom_internal.check_sender(sender, 'sender');
  perform calcom_internal.check_sender(reply_to, 'reply_to');
  perform calcom_internal.check_sender(redirect_to, 'redirect_to');
  perform calcom_internal.check_url(cal_link, 'cal_link');
  perform calcom_internal.check_url(booker_url, 'booker_url');
  perform calcom_internal.check_locale(locale);
  if mail_mode = 'live' then
    raise exception using errcode = 'invalid_parameter_value', message = 'mail mode live is not set by hand',
      hint = format('Run: SELECT calcom_go_live(%L);', account);
  elsif mail_mode not in ('test', 'redirect') then
    raise exception using errcode = 'invalid_parameter_value', message = 'mail_mode is not valid',
      hint = 'It is test or redirect; calcom_go_live() makes it live.';
  end if;
  if max_mails_per_hour < 0 then
    raise exception using errcode = 'invalid_parameter_value', message = 'max_mails_per_hour is not valid',
      hint = 'It is a number of mails to one recipient, or 0 for no limit.';
  end if;
  if not (keep_mail = '0' or keep_mail between '1 day' and '1000 years') then
    raise exception using errcode = 'invalid_parameter_value', message = 'keep_mail is not valid',
      hint = 'It is an interval of at least 1 day, or 0 to keep mail content forever.';
  end if;
  if not (mail_max_age >= '0' and mail_max_age <= '1000 years') then
    raise exception using errcode = 'invalid_parameter_value', message = 'mail_max_age is not valid',
      hint = 'It is an interval after which a mail is too old to be sent, or 0 for no limit.';
  end if;
  update @extschema@.calcom_accounts a set
    sender = coalesce($2, a.sender), reply_to = coalesce($3, a.reply_to), cal_link = coalesce($4, a.cal_link),
    booker_url = coalesce($5, a.booker_url), locale = coalesce($6, a.locale), mail_mode = coalesce($7, a.mail_mode),
    redirect_to = coalesce($8, a.redirect_to), paused = coalesce($9, a.paused),
    calendar_file = coalesce($10, a.calendar_file),
    mail_host = coalesce($12, a.mail_host),
    max_mails_per_hour = case when $11 = 0 then null else coalesce($11, a.max_mails_per_hour) end,
    keep_mail = case when $13 = '0' then null else coalesce($13, a.keep_mail) end,
    mail_max_age = case when $14 = '0' then null else coalesce($14, a.mail_max_age) end
  where a.account = $1;
  if not found then
    perform calcom_internal.raise_error('unknown_account');
  end if;
  if exists (select from @extschema@.calcom_accounts a
              where a.account = $1 and a.mail_mode = 'redirect' and a.redirect_to is null) then
    raise exception using errcode = 'invalid_parameter_value', message = 'redirect mode needs redirect_to',
      hint = 'Give redirect_to => ''you@example.com'' in the same call.';
  end if;
  if not mail_host then
    perform calcom_internal.withdraw_host_copies(account);
  end if;
  if mail_mode = 'redirect' then  -- mail leaves from here, and from no copy of this database
    perform calcom_internal.arm(account);
  end if;
  perform calcom_internal.note_act('account_set', $1, null, jsonb_strip_nulls(jsonb_build_object(
    'set', (select jsonb_agg(g.name order by g.name)
              from (values ('sender', $2), ('reply_to', $3), ('cal_link', $4), ('booker_url', $5), ('locale', $6),
                           ('redirect_to', $8)) g (name, value) where g.value is not null),
    'mail_mode', $7, 'paused', $9, 'calendar_file', $10, 'max_mails_per_hour', $11,
    'mail_host', $12, 'keep_mail', $13, 'mail_max_age', $14)));
end
$set$;
comment on function @extschema@.calcom_account_set(text, text, text, text, text, text, text, text, boolean, boolean,
  integer, boolean, interval, interval) is
  'Changes an account; null leaves a value unchanged. mail_mode: test (rendered and stored, never sent) or redirect '
  '(all to redirect_to, only from this environment); live is set only by calcom_go_live(). paused: holds the mail. '
  'calendar_file: true for a file in each mail, false for a link. '
  'max_mails_per_hour: to one recipient, further mails wait; 0: no '
  'limit. mail_host: the organizer gets copies. keep_mail: how long mail content is kept, at least 1 day; 0: forever. '
  'mail_max_age: mail due for longer is skipped as too old; 0: no limit.';

create function @extschema@.calcom_set_secret(account text, kind text, value text default null,
  grace interval default interval '24 hours') returns text
language c security definer set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_set_secret';
comment on function @extschema@.calcom_set_secret(text, text, text, interval) is
  'Sets a secret: kind webhook (Cal.com''s signing secret), resend_api_key, resend_webhook or calcom_api_key. Without '
  'a value, kind webhook creates a random one and returns it, once; otherwise returns null. The previous webhook '
  'secret stays valid for grace. file:NAME is read from calcom.secret_directory at each use and never appears in a '
  'statement; a literal value can appear in the server''s log if log_statement is on.';

create function @extschema@.calcom_revoke_secret(account text, kind text, which text default 'previous') returns boolean
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $revoke$
declare
  changed boolean;
begin
  if account is null or kind is null or which is null then
    raise exception using errcode = 'null_value_not_allowed', message = 'account, kind and which must not be null';
  elsif kind not in ('webhook', 'resend_api_key', 'resend_webhook', 'calcom_api_key') then
    raise exception using errcode = 'invalid_parameter_value', message = 'unknown kind of secret',
      hint = 'It is webhook, resend_api_key, resend_webhook or calcom_api_key.';
  elsif not exists (select from @extschema@.calcom_accounts a where a.account = $1) then
    perform calcom_internal.raise_error('unknown_account');
  end if;
  case which
    when 'previous' then
      update @extschema@.calcom_secrets s set previous = null, previous_until = null
       where s.account = $1 and s.kind = $2 and s.previous is not null;
    when 'all' then
      delete from @extschema@.calcom_secrets s where s.account = $1 and s.kind = $2;
    else
      raise exception using errcode = 'invalid_parameter_value', message = 'which is not valid',
        hint = 'It is previous (the secret before the last change) or all.';
  end case;
  changed := found;
  perform calcom_internal.note_act('revoke_secret', $1, $2, jsonb_build_object('which', $3, 'changed', changed));
  return changed;
end
$revoke$;
comment on function @extschema@.calcom_revoke_secret(text, text, text) is
  'Ends a secret now: previous (the one before the last change) or all of the kind. After all, deliveries are refused '
  'or mail is held until calcom_set_secret(). Returns false if there was none.';

create function @extschema@.calcom_account_disable(account text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $disable$
begin
  update @extschema@.calcom_accounts a set disabled_at = coalesce(a.disabled_at, now()) where a.account = $1;
  if not found then
    perform calcom_internal.raise_error('unknown_account');
  end if;
  perform calcom_internal.note_act('account_disable', $1);
end
$disable$;
comment on function @extschema@.calcom_account_disable(text) is
  'Refuses the account''s deliveries (KC423) and holds its mail. Data, secrets and settings are kept.';

create function @extschema@.calcom_account_enable(account text) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $enable$
begin
  update @extschema@.calcom_accounts a set disabled_at = null where a.account = $1;
  if not found then
    perform calcom_internal.raise_error('unknown_account');
  end if;
  perform calcom_internal.note_act('account_enable', $1);
end
$enable$;
comment on function @extschema@.calcom_account_enable(text) is
  'Reverts calcom_account_disable(): deliveries are accepted, held mail is released.';
