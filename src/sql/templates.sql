-- Mail templates. They are validated before they are stored, so that no mail fails by an invalid template.
create function @extschema@.calcom_template_problem(part text, template text) returns text
language c stable strict parallel safe as 'MODULE_PATHNAME', 'calcom_template_problem';
comment on function @extschema@.calcom_template_problem(text, text) is
  'The first error of a template for part subject, html or text, with line and column; null if it is valid.';

create function @extschema@.calcom_template_default(kind text, locale text, part text) returns text
language c stable strict parallel safe as 'MODULE_PATHNAME', 'calcom_template_default';
comment on function @extschema@.calcom_template_default(text, text, text) is
  'The built-in template of a kind of mail in a language (en, de, fr, es; English for others): a starting point for '
  'your own.';

create function @extschema@.calcom_template_paths(out path text, out list text, out meaning text) returns setof record
language sql stable parallel safe set search_path = pg_catalog, pg_temp
as $$
  select p ->> 'path', p ->> 'list', p ->> 'meaning'
    from jsonb_array_elements(calcom_internal.template_path_table()) with ordinality t (p, n) order by n
$$;
comment on function @extschema@.calcom_template_paths() is
  'What a template can contain: {{path}}, or {{path}} within {{#each list}}.';

create function calcom_internal.template_path_table() returns jsonb
language c stable parallel safe as 'MODULE_PATHNAME', 'calcom_template_path_table';
comment on function calcom_internal.template_path_table() is 'Internal: the library''s table of paths.';

create function @extschema@.calcom_template_check(kind text, subject text default null, html text default null,
  "text" text default null) returns table (part text, problem text)
language plpgsql stable set search_path = pg_catalog, pg_temp
as $check$
begin
  if kind is null or kind not in
      ('confirmation', 'rescheduled', 'cancellation', 'requested', 'rejected', 'reminder') then
    raise exception using errcode = 'invalid_parameter_value', message = 'kind of mail is not valid',
      hint = 'It is confirmation, rescheduled, cancellation, requested, rejected or reminder.';
  end if;
  return query
    select t.part, @extschema@.calcom_template_problem(t.part, t.template)
      from (values ('subject', $2), ('html', $3), ('text', $4)) t (part, template)
     where @extschema@.calcom_template_problem(t.part, t.template) is not null;
end
$check$;
comment on function @extschema@.calcom_template_check(text, text, text, text) is
  'Checks a template before it is stored: one row for each invalid part. No rows: it can be stored.';

create function calcom_internal.template_written() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $written$
declare
  broken record;
begin
  if new.locale !~ '^([*]|[a-z]{2,3}(-[a-z0-9]{1,8})*)$' then
    raise exception using errcode = 'invalid_parameter_value', message = 'locale of the template is not valid',
      hint = 'It is a language or region in lower case, as de or pt-br, or * for all.';
  elsif num_nonnulls(new.subject, new.html, new."text") = 0 then
    raise exception using errcode = 'null_value_not_allowed', message = 'the template has no part',
      hint = 'Give subject, html or text; the built-in ones stand for those that are null.';
  end if;
  select * into broken
    from @extschema@.calcom_template_check(new.kind, new.subject, new.html, new."text") limit 1;
  if found then
    perform calcom_internal.raise_error('invalid_template', format('The %s: %s.', broken.part, broken.problem),
      format('Run: SELECT * FROM @extschema@.calcom_template_paths(); '
             'SELECT @extschema@.calcom_template_default(%L, %L, %L);', new.kind, new.locale, broken.part));
  end if;
  new.updated_at := now();
  return new;
end
$written$;
comment on function calcom_internal.template_written() is
  'Trigger on email_templates: raises KC422 for an invalid template, with line and column, 22023 for an invalid '
  'locale, 22004 if all parts are null.';
