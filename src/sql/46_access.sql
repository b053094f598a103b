-- Further access: analysts' views, roles whose claims are trusted, roles that read single accounts. Granting and
-- revoking runs as the caller: only a superuser or a member of calcom_owner can grant access.
create function @extschema@.calcom_day(at timestamptz, zone text) returns date
language c stable parallel safe as 'MODULE_PATHNAME', 'calcom_day';
comment on function @extschema@.calcom_day(timestamptz, text) is
  'The calendar day of a time in an IANA time zone; in UTC if the zone is null or unknown.';

create function @extschema@.calcom_setup_v1_views() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create or replace view @extschema@.calcom_deliveries with (security_invoker = true) as
    select e.account, e.id, e.source, e.trigger_event, e.booking_uid, e.related_uid, e.created_at, e.received_at,
           e.stamp, e.outcome, e.reason, e.settled_at
      from @extschema@.calcom_events e;
  create or replace view @extschema@.calcom_mails with (security_invoker = true) as
    select o.account, o.id, o.kind, o.booking_uid, o.recipient, o.start_time, o.end_time, o.obligation_key,
           o.priority, o.send_after, o.state, o.reason, o.attempts, o.idempotency_key, o.mail_mode, o.subject, o.first_attempt_at,
           o.in_doubt, o.last_attempt_at, o.settled_at, o.provider_id, o.delivery_status, o.event_id, o.created_at
      from @extschema@.email_outbox o;
  create or replace view @extschema@.upcoming_bookings with (security_invoker = true) as
    select b.account, b.uid, b.root_uid, b.status, b.start_time, b.end_time, b.title, b.event_type_slug, b.attendee_name,
           b.attendee_email, b.attendee_time_zone, b.organizer_name, b.organizer_email, b.organizer_time_zone, b.location,
           b.meeting_url, b.seated
      from @extschema@.bookings b
     where b.status in ('pending', 'accepted') and coalesce(b.end_time, b.start_time) > now();
  create or replace view @extschema@.bookings_by_day with (security_invoker = true) as
    select b.account, @extschema@.calcom_day(b.start_time, b.organizer_time_zone) as day, b.event_type_slug,
           count(*) as bookings,
           count(*) filter (where b.status = 'accepted') as accepted,
           count(*) filter (where b.status = 'pending') as pending,
           count(*) filter (where b.status = 'cancelled') as cancelled,
           count(*) filter (where b.status = 'rejected') as rejected,
           count(*) filter (where b.status = 'rescheduled') as rescheduled
      from @extschema@.bookings b where b.start_time is not null
     group by 1, 2, 3;
  grant select on @extschema@.calcom_deliveries, @extschema@.calcom_mails, @extschema@.upcoming_bookings,
    @extschema@.bookings_by_day to calcom_reader, calcom_operator;
  perform @extschema@.calcom_setup_v1_view_comments();
end
$setup$;
comment on function @extschema@.calcom_setup_v1_views() is
  'Internal step of calcom_setup(): creates the views of version 1, as calcom_owner.';

create function @extschema@.calcom_setup_v1_view_comments() returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $setup$
declare
  copied record;
begin
  comment on view @extschema@.calcom_deliveries is 'calcom_events without bodies.';
  comment on view @extschema@.calcom_mails is 'email_outbox without mail content.';
  comment on view @extschema@.upcoming_bookings is 'Pending and accepted bookings that have not ended.';
  comment on view @extschema@.bookings_by_day is 'Number of bookings by account, day, event type and status.';
  comment on column @extschema@.bookings_by_day.day is
    'day of the start in the organizer''s time zone; in UTC if the zone is not known';
  comment on column @extschema@.bookings_by_day.bookings is 'number of bookings of any status';
  comment on column @extschema@.bookings_by_day.accepted is 'number of accepted bookings';
  comment on column @extschema@.bookings_by_day.pending is 'number of bookings that wait for the host or for payment';
  comment on column @extschema@.bookings_by_day.cancelled is 'number of cancelled bookings';
  comment on column @extschema@.bookings_by_day.rejected is 'number of rejected bookings';
  comment on column @extschema@.bookings_by_day.rescheduled is 'number of bookings that were moved to another uid';
  for copied in
    select v.attrelid::regclass as view, v.attname, d.description
      from pg_attribute v
      left join (values ('calcom_deliveries', 'calcom_events'), ('calcom_mails', 'email_outbox'),
                        ('upcoming_bookings', 'bookings'), ('bookings_by_day', 'bookings')) as source(of, relation)
        on '@extschema@.' || source.of = format('%s', '@extschema@.' || (select c.relname from pg_class c where c.oid = v.attrelid))
      left join pg_attribute t on t.attrelid = to_regclass('@extschema@.' || source.relation) and t.attname = v.attname
      left join pg_description d on d.objoid = t.attrelid and d.objsubid = t.attnum and d.classoid = 'pg_class'::regclass
     where v.attrelid in ('@extschema@.calcom_deliveries'::regclass, '@extschema@.calcom_mails'::regclass,
                          '@extschema@.upcoming_bookings'::regclass, '@extschema@.bookings_by_day'::regclass)
       and v.attnum > 0 and col_description(v.attrelid, v.attnum) is null loop
    execute format('comment on column %s.%I is %L', copied.view, copied.attname, copied.description);
  end loop;
end
$setup$;
comment on function @extschema@.calcom_setup_v1_view_comments() is
  'Internal step of calcom_setup(): columns of views get the comments of their tables.';

-- Returns why row policies cannot limit a role; null if they can. Row security does not bind some roles, and calcom's
-- own roles see all rows already.
create function @extschema@.calcom_why_not_limited(role regrole) returns text
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select case
    when r.oid is null then 'there is no such role'
    when r.rolname in ('calcom_owner', 'calcom_ingester', 'calcom_reader', 'calcom_operator') then 'it is one of calcom''s own roles'
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
comment on function @extschema@.calcom_why_not_limited(regrole) is
  'Internal: why row policies cannot limit a role; null if they can.';

create function @extschema@.calcom_check_limited(role regrole) returns void
language plpgsql stable set search_path = pg_catalog, pg_temp
as $check$
declare
  reason text;
begin
  if role is null then
    raise exception using errcode = 'null_value_not_allowed', message = 'role must not be null';
  end if;
  reason := @extschema@.calcom_why_not_limited(role);
  if reason is not null then
    raise exception using errcode = 'invalid_role_specification',
      message = format('role %s cannot be limited to some rows', role), detail = initcap(left(reason, 1)) || substr(reason, 2) || '.',
      hint = 'Make a role for it: CREATE ROLE name NOLOGIN;';
  end if;
end
$check$;
comment on function @extschema@.calcom_check_limited(regrole) is
  'Internal: raises 0P000 for roles that row policies cannot limit.';

create function @extschema@.calcom_policies_of(role regrole, kind text) returns table (relation regclass, policy name)
language sql stable set search_path = pg_catalog, pg_temp
as $$
  select p.polrelid::regclass, p.polname from pg_policy p join pg_class c on c.oid = p.polrelid
   where c.relnamespace = '@extschema@'::regnamespace and c.relowner = 'calcom_owner'::regrole
     and p.polroles = array[role::oid] and starts_with(p.polname::text, 'calcom_' || kind || '_')
$$;
comment on function @extschema@.calcom_policies_of(regrole, text) is
  'Internal: policies that calcom_trust_claims (kind claims) or calcom_grant_account (kind account) created for a role.';

create function @extschema@.calcom_trust_claims(role regrole) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $trust$
declare
  mark text;
begin
  perform @extschema@.calcom_check_limited(role);
  if exists (select from @extschema@.calcom_policies_of(role, 'account')) then
    raise exception using errcode = 'invalid_role_specification', message = format('role %s reads whole accounts', role),
      hint = 'Make another role for hosts and attendees: CREATE ROLE name NOLOGIN;';
  elsif exists (select from @extschema@.calcom_policies_of(role, 'claims')) then
    return;
  end if;
  -- Unlike the role's name or oid, the mark is also unique among policies restored from another cluster's dump.
  mark := left(replace(gen_random_uuid()::text, '-', ''), 12);
  execute format('grant usage on schema @extschema@ to %s', role);
  execute format('grant execute on function @extschema@.calcom_claim_email(), @extschema@.calcom_booking(text, text) to %s', role);
  execute format('grant select on @extschema@.bookings, @extschema@.booking_attendees, @extschema@.upcoming_bookings to %s', role);
  execute format('create policy %I on @extschema@.bookings for select to %s using '
                 '(organizer_email = @extschema@.calcom_claim_email())', 'calcom_claims_host_' || mark, role);
  execute format('create policy %I on @extschema@.bookings for select to %s using (exists (select from '
                 '@extschema@.booking_attendees a where a.account = bookings.account and a.booking_uid = bookings.uid '
                 'and a.email = @extschema@.calcom_claim_email() and a.removed_at is null))',
                 'calcom_claims_attendee_' || mark, role);
  execute format('create policy %I on @extschema@.booking_attendees for select to %s using '
                 '(@extschema@.calcom_claim_email() in (email, organizer_email))', 'calcom_claims_' || mark, role);
  perform @extschema@.calcom_note_act('trust_claims', target => role::text);
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
  elsif not exists (select from @extschema@.calcom_policies_of(role, 'claims')) then
    raise exception using errcode = 'undefined_object', message = format('claims of role %s are not trusted', role);
  end if;
  for made in select * from @extschema@.calcom_policies_of(role, 'claims') loop
    execute format('drop policy %I on %s', made.policy, made.relation);
  end loop;
  execute format('revoke select on @extschema@.bookings, @extschema@.booking_attendees, @extschema@.upcoming_bookings from %s', role);
  execute format('revoke execute on function @extschema@.calcom_claim_email(), @extschema@.calcom_booking(text, text) from %s', role);
  execute format('revoke usage on schema @extschema@ from %s', role);
  perform @extschema@.calcom_note_act('distrust_claims', target => role::text);
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
  perform @extschema@.calcom_check_limited(role);
  if not exists (select from @extschema@.calcom_accounts a where a.account = $2) then
    raise exception using errcode = 'KC404', message = 'unknown account', hint = 'Add it with calcom_account_add().';
  elsif exists (select from @extschema@.calcom_policies_of(role, 'claims')) then
    raise exception using errcode = 'invalid_role_specification', message = format('role %s reads by claims', role),
      hint = 'Make another role for readers of an account: CREATE ROLE name NOLOGIN;';
  end if;
  select substr(p.policy, length('calcom_account_') + 1) into standing
    from @extschema@.calcom_policies_of(role, 'account') p limit 1;
  mark := coalesce(standing, left(replace(gen_random_uuid()::text, '-', ''), 12));
  insert into @extschema@.calcom_account_readers as r (account, role, mark) values ($2, $1, mark)
    on conflict on constraint calcom_account_readers_pkey do update set mark = excluded.mark where r.mark <> excluded.mark;
  perform @extschema@.calcom_note_act('grant_account', $2, role::text);
  if standing is not null then
    return;
  end if;
  execute format('grant usage on schema @extschema@ to %s', role);
  perform @extschema@.calcom_grant_reads(role);
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
                   '@extschema@.calcom_account_readers r where r.mark = %L))', 'calcom_account_' || mark, name, role, mark);
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
    raise exception using errcode = 'undefined_object', message = format('account %L is not granted to role %s', account, role);
  end if;
  perform @extschema@.calcom_note_act('revoke_account', $2, role::text);
  if exists (select from @extschema@.calcom_account_readers r where r.role = $1) then
    return;
  end if;
  for made in select * from @extschema@.calcom_policies_of($1, 'account') loop
    execute format('drop policy %I on %s', made.policy, made.relation);
  end loop;
  for made in
    select c.oid::regclass as relation from pg_class c
     where c.relnamespace = '@extschema@'::regnamespace and c.relowner = 'calcom_owner'::regrole and c.relkind in ('r', 'v') loop
    execute format('revoke select on %s from %s', made.relation, role);
  end loop;
  execute format('revoke execute on function @extschema@.calcom_booking(text, text), '
                 '@extschema@.calcom_day(timestamptz, text) from %s', role);
  execute format('revoke usage on schema @extschema@ from %s', role);
end
$revoke$;
comment on function @extschema@.calcom_revoke_account(regrole, text) is
  'Reverts calcom_grant_account(). Revoking the role''s last account removes all its rights here.';
