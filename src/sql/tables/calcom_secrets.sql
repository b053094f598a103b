-- The only table that is a member of the extension. It is not registered for dump, so no dump contains a secret.
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
  'Secrets by account and kind. calcom_set_secret() writes them; only SECURITY DEFINER functions read them. Not in '
  'dumps: set them again after a restore.';
comment on column @extschema@.calcom_secrets.account is 'calcom_accounts.account';
comment on column @extschema@.calcom_secrets.kind is
  'webhook (Cal.com''s signing secret), resend_api_key, resend_webhook or calcom_api_key';
comment on column @extschema@.calcom_secrets.value is 'the secret, or file:NAME for a file in calcom.secret_directory';
comment on column @extschema@.calcom_secrets.previous is
  'the secret before the last change, valid until previous_until';
comment on column @extschema@.calcom_secrets.previous_until is 'end of validity of previous; null: not valid';
comment on column @extschema@.calcom_secrets.set_at is 'when value was last set';

create trigger calcom_wake after insert or update or delete on @extschema@.calcom_secrets
  for each statement execute function calcom_internal.outbox_changed('config');
