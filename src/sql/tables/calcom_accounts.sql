-- One row per Cal.com account: sender, mail mode, limits and booking page.
create function calcom_internal.triggers_calcom_accounts() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create trigger calcom_wake after insert or update on @extschema@.calcom_accounts
    for each statement execute function calcom_internal.outbox_changed('config');
end
$setup$;
comment on function calcom_internal.triggers_calcom_accounts() is
  'Step of calcom_setup(): creates the triggers of calcom_accounts.';

create function calcom_internal.table_calcom_accounts() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.calcom_accounts (
    account text primary key check (account ~ '^[A-Za-z0-9_.-]{1,63}$'),
    sender text,
    reply_to text,
    cal_link text,
    booker_url text,
    mail_mode text not null default 'test' check (mail_mode in ('test', 'redirect', 'live')),
    redirect_to text,
    locale text not null default 'en',
    paused boolean not null default false,
    disabled_at timestamptz,
    calendar_file boolean not null default true,
    mail_host boolean not null default false,
    max_mails_per_hour integer default 20 check (max_mails_per_hour > 0),
    keep_mail interval default '90 days' check (keep_mail between '1 day' and '1000 years'),
    mail_max_age interval default '7 days' check (mail_max_age > '0' and mail_max_age <= '1000 years'),
    page jsonb not null default '{}',
    created_at timestamptz not null default now()
  );

  comment on table @extschema@.calcom_accounts is
    'One row for each Cal.com account, with its own webhook address, secrets, sender and mail mode.';
  comment on column @extschema@.calcom_accounts.account is
    'name of the account, part of its webhook address /api/webhooks/calcom/<account>';
  comment on column @extschema@.calcom_accounts.sender is
    'From of its mail: address or "Name <address>", in a domain verified at Resend';
  comment on column @extschema@.calcom_accounts.reply_to is
    $$Reply-To of its mail; null: the organizer's address if known$$;
  comment on column @extschema@.calcom_accounts.cal_link is
    'public booking page at Cal.com: embedded by the booking page, linked in cancellations';
  comment on column @extschema@.calcom_accounts.booker_url is
    'base of reschedule and cancel links for deliveries that contain none';
  comment on column @extschema@.calcom_accounts.mail_mode is
    'test: rendered and stored, never sent; redirect: all sent to redirect_to; live: sent';
  comment on column @extschema@.calcom_accounts.redirect_to is 'recipient of all mail in redirect mode';
  comment on column @extschema@.calcom_accounts.locale is 'language of mail whose recipient has none: de, en-US';
  comment on column @extschema@.calcom_accounts.paused is 'true: mail is held';
  comment on column @extschema@.calcom_accounts.disabled_at is
    'since when deliveries are refused and mail is held; null: enabled';
  comment on column @extschema@.calcom_accounts.calendar_file is 'true: mail contains a calendar file; false: a link';
  comment on column @extschema@.calcom_accounts.mail_host is
    'true: the organizer gets copies of confirmations, reschedules, cancellations and requests';
  comment on column @extschema@.calcom_accounts.max_mails_per_hour is
    'maximum number of mails to one recipient within an hour; further mails wait; null: no limit';
  comment on column @extschema@.calcom_accounts.keep_mail is
    $$how long the content of mails and of Resend's events is kept before the worker erases it; null: forever$$;
  comment on column @extschema@.calcom_accounts.mail_max_age is
    'mail due for longer than this is skipped as too old; reminders end when the booking starts; null: no limit';
  comment on column @extschema@.calcom_accounts.page is
    'texts and theme of the booking page, written by calcom_page_set()';
  comment on column @extschema@.calcom_accounts.created_at is 'when the account was added';

  alter table @extschema@.calcom_accounts enable row level security;
  revoke all on @extschema@.calcom_accounts from public;
  create policy calcom_reads_all on @extschema@.calcom_accounts
    for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.calcom_accounts to calcom_reader, calcom_operator;

  insert into @extschema@.calcom_accounts (account) values ('default');

  perform calcom_internal.triggers_calcom_accounts();
end
$setup$;
comment on function calcom_internal.table_calcom_accounts() is
  'Step of calcom_setup(): creates calcom_accounts and all that belongs to it.';
