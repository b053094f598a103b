-- Own templates of an account; a null part keeps the built-in one.
create function calcom_internal.triggers_email_templates() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create trigger calcom_template before insert or update on @extschema@.email_templates
    for each row execute function calcom_internal.template_written();
  create trigger calcom_audit after insert or update or delete on @extschema@.email_templates
    for each row execute function calcom_internal.template_acted();
end
$setup$;
comment on function calcom_internal.triggers_email_templates() is
  'Step of calcom_setup(): creates the triggers of email_templates.';

create function calcom_internal.table_email_templates() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  -- An account's own mail texts; a null part stays the built-in one.
  create table @extschema@.email_templates (
    account text not null references @extschema@.calcom_accounts,
    kind text not null check (kind in
      ('confirmation', 'rescheduled', 'cancellation', 'requested', 'rejected', 'reminder')),
    locale text not null default '*' check (locale ~ '^([*]|[a-z]{2,3}(-[a-z0-9]{1,8})*)$'),
    subject text,
    html text,
    text text,
    updated_at timestamptz not null default now(),
    primary key (account, kind, locale),
    check (num_nonnulls(subject, html, text) > 0)
  );

  comment on table @extschema@.email_templates is
    'An account''s own mail texts, by kind and language. Invalid templates are refused with line and column. See '
    'docs/templates.md.';
  comment on column @extschema@.email_templates.account is 'calcom_accounts.account';
  comment on column @extschema@.email_templates.kind is
    'confirmation, rescheduled, cancellation, requested, rejected or reminder';
  comment on column @extschema@.email_templates.locale is
    'lower case: a locale (pt-br), a language (pt) or * for all; the most specific one is used';
  comment on column @extschema@.email_templates.subject is 'template of the subject; null: the built-in one';
  comment on column @extschema@.email_templates.html is 'template of the HTML part; null: the built-in one';
  comment on column @extschema@.email_templates.text is 'template of the text part; null: the built-in one';
  comment on column @extschema@.email_templates.updated_at is 'when it was last changed';

  alter table @extschema@.email_templates enable row level security;
  revoke all on @extschema@.email_templates from public;
  create policy calcom_reads_all on @extschema@.email_templates
    for select to calcom_reader, calcom_operator using (true);
  grant select on @extschema@.email_templates to calcom_reader, calcom_operator;
  create policy calcom_writes_all on @extschema@.email_templates to calcom_operator using (true) with check (true);
  grant insert, update, delete on @extschema@.email_templates to calcom_operator;

  perform calcom_internal.triggers_email_templates();
end
$setup$;
comment on function calcom_internal.table_email_templates() is
  'Step of calcom_setup(): creates email_templates and all that belongs to it.';
