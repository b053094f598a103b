-- Further access: analysts' views, roles whose claims are trusted, roles that read single accounts. Granting and
-- revoking runs as the caller: only a superuser or a member of calcom_owner can grant access.

-- Returns why row policies cannot limit a role; null if they can. Row security does not bind some roles, and calcom's
-- own roles see all rows already.
create function @extschema@.calcom_claim_email() returns text
language sql stable parallel safe set search_path = pg_catalog, pg_temp
as $$ select lower(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email') $$;
comment on function @extschema@.calcom_claim_email() is
  'E-mail address of the request''s verified JWT (setting request.jwt.claims, as PostgREST and Supabase set it), lower '
  'case. Null without one. Only policies of roles named by calcom_trust_claims() use it.';

-- The columns that calcom_reader may read, so that the list of each table is written once, in its own file.
create function calcom_internal.grant_reads(grantee regrole) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $grant$
declare
  relation regclass;
  columns text;
begin
  foreach relation in array array['@extschema@.calcom_accounts', '@extschema@.calcom_environments',
    '@extschema@.bookings',
      '@extschema@.booking_attendees', '@extschema@.booking_history', '@extschema@.email_suppressions',
      '@extschema@.calcom_events', '@extschema@.email_outbox']::regclass[] loop
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into columns
      from pg_attribute a
     where a.attrelid = relation and a.attnum > 0 and not a.attisdropped
       and has_column_privilege('calcom_reader', relation, a.attnum, 'select');
    if has_table_privilege('calcom_reader', relation, 'select') then
      execute format('grant select on %s to %s', relation, grantee);
    else
      execute format('grant select (%s) on %s to %s', columns, relation, grantee);
    end if;
  end loop;
end
$grant$;
comment on function calcom_internal.grant_reads(regrole) is
  'Internal: grants what calcom_reader may read of an account; row policies decide which rows.';

create function calcom_internal.why_not_limited(role regrole) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select case
    when r.oid is null then 'there is no such role'
    when r.rolname in ('calcom_owner', 'calcom_ingester', 'calcom_reader', 'calcom_operator')
      then 'it is one of calcom''s own roles'
    when r.rolsuper then 'a superuser sees everything'
    when r.rolbypassrls then 'a role with BYPASSRLS sees everything'
    when r.rolreplication then 'a role with REPLICATION can copy everything'
    when p.pack is not null then format('it is a member of %s', p.pack)
    when exists (select from pg_auth_members m
                  where m.roleid = r.oid and m.member in (select o.oid from pg_roles o
                    where o.rolname in ('calcom_owner', 'calcom_ingester', 'calcom_reader', 'calcom_operator')))
      then 'one of calcom''s own roles is a member of it'
    end
    from (select) one
    left join pg_roles r on r.oid = role
    left join lateral (select o.rolname as pack from pg_roles o
                        where o.rolname in ('calcom_owner', 'calcom_ingester', 'calcom_reader', 'calcom_operator')
                          and pg_has_role(r.oid, o.oid, 'member') order by 1 limit 1) p on true
$$;
comment on function calcom_internal.why_not_limited(regrole) is
  'Internal: why row policies cannot limit a role; null if they can.';

create function calcom_internal.check_limited(role regrole) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $check$
declare
  obstacle text;
begin
  if role is null then
    raise exception using errcode = 'null_value_not_allowed', message = 'role must not be null';
  end if;
  obstacle := calcom_internal.why_not_limited(role);
  if obstacle is not null then
    raise exception using errcode = 'invalid_role_specification',
      message = format('role %s cannot be limited to some rows', role),
        detail = initcap(left(obstacle, 1)) || substr(obstacle, 2) || '.',
      hint = 'Make a role for it: CREATE ROLE name NOLOGIN;';
  end if;
end
$check$;
comment on function calcom_internal.check_limited(regrole) is
  'Internal: raises 0P000 for roles that row policies cannot limit.';

create function calcom_internal.policies_of(role regrole, kind text) returns table (relation regclass, policy name)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select p.polrelid::regclass, p.polname from pg_policy p join pg_class c on c.oid = p.polrelid
   where c.relnamespace = '@extschema@'::regnamespace and c.relowner = 'calcom_owner'::regrole
     and p.polroles = array[role::oid] and starts_with(p.polname::text, 'calcom_' || kind || '_')
$$;
comment on function calcom_internal.policies_of(regrole, text) is
  'Internal: policies that calcom_trust_claims (kind claims) or calcom_grant_account (kind account) created for a '
    'role.';

create function @extschema@.calcom_trust_claims(role regrole) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $trust$
declare
  mark text;
begin
  perform calcom_internal.check_limited(role);
  if exists (select from calcom_internal.policies_of(role, 'account')) then
    raise exception using errcode = 'invalid_role_specification', message = format('role %s reads whole '
      'accounts', role),
      hint = 'Make another role for hosts and attendees: CREATE ROLE name NOLOGIN;';
  elsif exists (select from calcom_internal.policies_of(role, 'claims')) then
    return;
  end if;
  -- Unlike the role's name or oid, the mark is also unique among policies restored from another cluster's dump.
  mark := left(replace(gen_random_uuid()::text, '-', ''), 12);
  execute format('grant usage on schema @extschema@ to %s', role);
  execute format('grant execute on function @extschema@.calcom_claim_email(), @extschema@.calcom_booking(text, text) '
    'to %s', role);
  execute format('grant select on @extschema@.bookings, @extschema@.booking_attendees, @extschema@.upcoming_bookings '
    'to %s', role);
  execute format('create policy %I on @extschema@.bookings for select to %s using '
                 '(organizer_email = @extschema@.calcom_claim_email())', 'calcom_claims_host_' || mark, role);
  execute format('create policy %I on @extschema@.bookings for select to %s using (exists (select from '
                 '@extschema@.booking_attendees a where a.account = bookings.account and a.booking_uid = bookings.uid '
                 'and a.email = @extschema@.calcom_claim_email() and a.removed_at is null))',
                 'calcom_claims_attendee_' || mark, role);
  execute format('create policy %I on @extschema@.booking_attendees for select to %s using '
                 '(@extschema@.calcom_claim_email() in (email, organizer_email))', 'calcom_claims_' || mark, role);
  perform calcom_internal.note_act('trust_claims', target => role::text);
end
$trust$;
comment on function @extschema@.calcom_trust_claims(regrole) is
  'Lets a role see, by the e-mail claim of request.jwt.claims, the bookings that it organizes and those that it '
  'attends. Name only roles whose claims are verified before they are set (PostgREST''s authenticated). Can be '
  'repeated. Raises 0P000 for roles that row security does not bind.';

create function @extschema@.calcom_distrust_claims(role regrole) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $distrust$
declare
  made record;
begin
  if role is null then
    raise exception using errcode = 'null_value_not_allowed', message = 'role must not be null';
  elsif not exists (select from calcom_internal.policies_of(role, 'claims')) then
    raise exception using errcode = 'undefined_object', message = format('claims of role %s are not trusted', role);
  end if;
  for made in select * from calcom_internal.policies_of(role, 'claims') loop
    execute format('drop policy %I on %s', made.policy, made.relation);
  end loop;
  execute format('revoke select on @extschema@.bookings, @extschema@.booking_attendees, '
    '@extschema@.upcoming_bookings from %s', role);
  execute format('revoke execute on function @extschema@.calcom_claim_email(), @extschema@.calcom_booking(text, '
    'text) from %s', role);
  execute format('revoke usage on schema @extschema@ from %s', role);
  perform calcom_internal.note_act('distrust_claims', target => role::text);
end
$distrust$;
comment on function @extschema@.calcom_distrust_claims(regrole) is
  'Reverts calcom_trust_claims(), including the role''s rights on tables, functions and schema.';

create function @extschema@.calcom_grant_account(role regrole, account text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $grant$
declare
  standing text;
  mark text;
  name text;
begin
  perform calcom_internal.check_limited(role);
  if not exists (select from @extschema@.calcom_accounts a where a.account = $2) then
    perform calcom_internal.raise_error('unknown_account');
  elsif exists (select from calcom_internal.policies_of(role, 'claims')) then
    raise exception using errcode = 'invalid_role_specification', message = format('role %s reads by claims', role),
      hint = 'Make another role for readers of an account: CREATE ROLE name NOLOGIN;';
  end if;
  select substr(p.policy, length('calcom_account_') + 1) into standing
    from calcom_internal.policies_of(role, 'account') p limit 1;
  mark := coalesce(standing, left(replace(gen_random_uuid()::text, '-', ''), 12));
  insert into @extschema@.calcom_account_readers as r (account, role, mark) values ($2, $1, mark)
    on conflict on constraint calcom_account_readers_pkey do update set mark = excluded.mark
      where r.mark <> excluded.mark;
  perform calcom_internal.note_act('grant_account', $2, role::text);
  if standing is not null then
    return;
  end if;
  execute format('grant usage on schema @extschema@ to %s', role);
  perform calcom_internal.grant_reads(role);
  execute format('grant select on @extschema@.calcom_account_readers, @extschema@.calcom_deliveries, '
                 '@extschema@.calcom_mails, @extschema@.upcoming_bookings, @extschema@.bookings_by_day to %s', role);
  execute format('grant execute on function @extschema@.calcom_booking(text, text), '
                 '@extschema@.calcom_day(timestamptz, text) to %s', role);
  -- This policy reads no other table, to avoid recursion.
  execute format('create policy %I on @extschema@.calcom_account_readers for select to %s using (mark = %L)',
                 'calcom_account_' || mark, role, mark);
  foreach name in array array['calcom_accounts', 'calcom_environments', 'calcom_events', 'bookings',
      'booking_attendees', 'booking_history', 'email_outbox', 'email_suppressions'] loop
    execute format('create policy %I on @extschema@.%I for select to %s using (account in (select r.account from '
                   '@extschema@.calcom_account_readers r where r.mark = %L))', 'calcom_account_' || mark, name, role,
                     mark);
  end loop;
end
$grant$;
comment on function @extschema@.calcom_grant_account(regrole, text) is
  'Lets a role read what calcom_reader reads, of this account only. Call it again for more accounts. Raises 0P000 for '
  'roles that row security does not bind, KC404 for an unknown account.';

create function @extschema@.calcom_revoke_account(role regrole, account text) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $revoke$
declare
  made record;
begin
  delete from @extschema@.calcom_account_readers r where r.role = $1 and r.account = $2;
  if not found then
    raise exception using errcode = 'undefined_object', message = format('account %L is not granted to role '
      '%s', account, role);
  end if;
  perform calcom_internal.note_act('revoke_account', $2, role::text);
  if exists (select from @extschema@.calcom_account_readers r where r.role = $1) then
    return;
  end if;
  for made in select * from calcom_internal.policies_of($1, 'account') loop
    execute format('drop policy %I on %s', made.policy, made.relation);
  end loop;
  for made in
    select c.oid::regclass as relation from pg_class c
     where c.relnamespace = '@extschema@'::regnamespace and c.relowner = 'calcom_owner'::regrole
       and c.relkind in ('r', 'v') loop
    execute format('revoke select on %s from %s', made.relation, role);
  end loop;
  execute format('revoke execute on function @extschema@.calcom_booking(text, text), '
                 '@extschema@.calcom_day(timestamptz, text) from %s', role);
  execute format('revoke usage on schema @extschema@ from %s', role);
end
$revoke$;
comment on function @extschema@.calcom_revoke_account(regrole, text) is
  'Reverts calcom_grant_account(). Revoking the role''s last account removes all its rights here.';
