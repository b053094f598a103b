-- Version 1 of who sees what. Row level security is on for every data table; calcom_owner, who runs the definer
-- functions, is the owner and passes. Not FORCEd: it would bind only the owner itself and break pg_dump by it.
create function @extschema@.calcom_claim_email() returns text
language sql stable parallel safe set search_path = pg_catalog, pg_temp
as $$ select lower(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email') $$;
comment on function @extschema@.calcom_claim_email() is
  'E-mail address of the verified JWT of this request (setting request.jwt.claims, as PostgREST and Supabase set it), '
  'lower-cased; null without one. Only policies of roles named by calcom_trust_claims() believe it.';

create function @extschema@.calcom_setup_v1_policies() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
declare
  name text;
begin
  foreach name in array array['calcom_meta', 'calcom_accounts', 'calcom_environments', 'calcom_events',
      'calcom_event_digests', 'bookings', 'booking_facts', 'booking_checkpoints', 'booking_attendees',
      'booking_history', 'email_outbox', 'email_templates', 'email_calendar_sequences', 'email_suppressions',
      'calcom_worker_epochs'] loop
    execute format('alter table @extschema@.%I enable row level security', name);
    execute format('revoke all on @extschema@.%I from public', name);
  end loop;
  foreach name in array array['calcom_accounts', 'calcom_environments', 'calcom_events', 'bookings',
      'booking_attendees', 'booking_history', 'email_outbox', 'email_templates', 'email_suppressions'] loop
    execute format('create policy calcom_reads_all on @extschema@.%I for select to calcom_reader, calcom_operator '
                   'using (true)', name);
  end loop;
  grant select on @extschema@.calcom_accounts, @extschema@.calcom_environments, @extschema@.bookings,
    @extschema@.booking_attendees, @extschema@.booking_history, @extschema@.email_templates,
    @extschema@.email_suppressions to calcom_reader, calcom_operator;
  create policy calcom_writes_all on @extschema@.email_templates to calcom_operator using (true) with check (true);
  grant insert, update, delete on @extschema@.email_templates to calcom_operator;
  -- Everything but raw bodies and frozen requests.
  grant select (account, id, source, trigger_event, booking_uid, related_uid, created_at, received_at, stamp, outcome,
                reason, settled_at) on @extschema@.calcom_events to calcom_reader, calcom_operator;
  grant select (account, id, kind, booking_uid, recipient, start_time, obligation_key, priority, send_after, state,
                reason, attempts, idempotency_key, mail_mode, subject, first_attempt_at, last_attempt_at, settled_at,
                provider_id, delivery_status, event_id, created_at)
    on @extschema@.email_outbox to calcom_reader, calcom_operator;
end
$setup$;
comment on function @extschema@.calcom_setup_v1_policies() is
  'Internal step of calcom_setup(): row level security and grants of version 1, as calcom_owner.';

-- Runs as its caller, a superuser: only the owner of the schema may let a role in, and DROP OWNED takes back only
-- what an owner granted.
create function @extschema@.calcom_trust_claims(role regrole) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $trust$
declare
  host constant text := format('calcom_host_%s', role::oid);
  attendee constant text := format('calcom_attendee_%s', role::oid);
begin
  if exists (select from pg_policy p where p.polname = host and p.polrelid = '@extschema@.bookings'::regclass) then
    return;
  end if;
  execute format('grant usage on schema @extschema@ to %s', role);
  execute format('grant execute on function @extschema@.calcom_claim_email() to %s', role);
  execute format('grant select on @extschema@.bookings, @extschema@.booking_attendees to %s', role);
  execute format('create policy %I on @extschema@.bookings for select to %s '
                 'using (organizer_email = @extschema@.calcom_claim_email())', host, role);
  execute format('create policy %I on @extschema@.bookings for select to %s using (exists (select from '
                 '@extschema@.booking_attendees a where a.account = bookings.account and a.booking_uid = bookings.uid '
                 'and a.email = @extschema@.calcom_claim_email() and a.removed_at is null))', attendee, role);
  execute format('create policy %I on @extschema@.booking_attendees for select to %s using '
                 '(@extschema@.calcom_claim_email() in (email, organizer_email))', attendee, role);
end
$trust$;
comment on function @extschema@.calcom_trust_claims(regrole) is
  'Lets a role see, by the e-mail claim of request.jwt.claims, the bookings it organizes and those it attends. Name '
  'only roles whose claims are verified before they are set (PostgREST''s authenticated). Idempotent.';
