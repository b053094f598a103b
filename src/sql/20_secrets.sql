-- The only table that is a member, and never registered for dump: a dump carries no secret, a restored copy has none.
create table @extschema@.calcom_secrets (
  account text not null,
  kind text not null check (kind in ('webhook', 'resend_api_key', 'resend_webhook', 'calcom_api_key')),
  value text not null check (value <> ''),
  previous text,
  previous_until timestamptz,
  set_at timestamptz not null default now(),
  primary key (account, kind)
);
alter table @extschema@.calcom_secrets owner to calcom_owner;
alter table @extschema@.calcom_secrets enable row level security;
revoke all on @extschema@.calcom_secrets from public;
comment on table @extschema@.calcom_secrets is
  'Secrets by account and kind; written by calcom_set_secret(), read by SECURITY DEFINER functions only. '
  'Not in dumps: after a restore set them again. A value file:NAME is read from calcom.secret_directory.';
comment on column @extschema@.calcom_secrets.account is 'calcom_accounts.account';
comment on column @extschema@.calcom_secrets.kind is
  'webhook (Cal.com signing secret), resend_api_key, resend_webhook, calcom_api_key';
comment on column @extschema@.calcom_secrets.value is 'the secret, or file:NAME';
comment on column @extschema@.calcom_secrets.previous is 'the secret before the last change; accepted until previous_until';
comment on column @extschema@.calcom_secrets.previous_until is 'end of the previous secret; null: it is not accepted';
comment on column @extschema@.calcom_secrets.set_at is 'when value was last set';
