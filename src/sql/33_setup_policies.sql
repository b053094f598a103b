-- Row policies of version 1. Row level security is enabled on every data table. It is not FORCEd: it does not bind
-- calcom_owner, as which the definer functions run (docs/decisions/0003).
create function @extschema@.calcom_claim_email() returns text
language sql stable parallel safe set search_path = pg_catalog, pg_temp
as $$ select lower(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email') $$;
comment on function @extschema@.calcom_claim_email() is
  'E-mail address of the request''s verified JWT (setting request.jwt.claims, as PostgREST and Supabase set it), lower '
  'case. Null without one. Only policies of roles named by calcom_trust_claims() use it.';

create function @extschema@.calcom_grant_reads(grantee regrole) returns void
language plpgsql set search_path = pg_catalog, pg_temp
as $grant$
begin
  execute format('grant select on @extschema@.calcom_accounts, @extschema@.calcom_environments, @extschema@.bookings, '
                 '@extschema@.booking_attendees, @extschema@.booking_history, @extschema@.email_suppressions to %s', grantee);
  -- Everything except raw bodies and stored requests.
  execute format('grant select (account, id, source, trigger_event, booking_uid, related_uid, created_at, received_at, '
                 'stamp, outcome, reason, settled_at) on @extschema@.calcom_events to %s', grantee);
  execute format('grant select (account, id, kind, booking_uid, recipient, start_time, end_time, obligation_key, '
                 'priority, send_after, owed_at, state, reason, attempts, idempotency_key, mail_mode, subject, first_attempt_at, '
                 'in_doubt, last_attempt_at, settled_at, provider_id, delivery_status, event_id, created_at) '
                 'on @extschema@.email_outbox to %s', grantee);
end
$grant$;
comment on function @extschema@.calcom_grant_reads(regrole) is
  'Internal: grants the columns that a reader may read; policies decide which rows.';

create function @extschema@.calcom_setup_v1_policies() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
declare
  name text;
begin
  foreach name in array @extschema@.calcom_data_tables() loop
    execute format('alter table @extschema@.%I enable row level security', name);
    execute format('revoke all on @extschema@.%I from public', name);
  end loop;
  foreach name in array array['calcom_accounts', 'calcom_account_readers', 'calcom_environments', 'calcom_events',
      'bookings', 'booking_attendees', 'booking_history', 'email_outbox', 'email_templates', 'email_suppressions'] loop
    execute format('create policy calcom_reads_all on @extschema@.%I for select to calcom_reader, calcom_operator '
                   'using (true)', name);
  end loop;
  grant select on @extschema@.calcom_account_readers, @extschema@.email_templates to calcom_reader, calcom_operator;
  create policy calcom_writes_all on @extschema@.email_templates to calcom_operator using (true) with check (true);
  grant insert, update, delete on @extschema@.email_templates to calcom_operator;
  perform @extschema@.calcom_grant_reads('calcom_reader');
  perform @extschema@.calcom_grant_reads('calcom_operator');
end
$setup$;
comment on function @extschema@.calcom_setup_v1_policies() is
  'Internal step of calcom_setup(): row level security and grants of version 1, as calcom_owner.';
