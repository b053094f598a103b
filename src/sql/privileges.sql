-- Revoke all rights, then grant them individually. calcom_owner runs the definer functions and may call every function;
-- no definer function runs as the installing superuser. ALTER DEFAULT PRIVILEGES of the installing role may have
-- granted more than PUBLIC's rights: Supabase's give anon every function and table of public.
do $privileges$
declare
  function regprocedure;
  object text;
  grantee regrole;
begin
  for function in
    select d.objid::regprocedure from pg_catalog.pg_depend d
     where d.classid = 'pg_catalog.pg_proc'::regclass and d.refclassid = 'pg_catalog.pg_extension'::regclass
       and d.deptype = 'e'
       and d.refobjid = (select e.oid from pg_catalog.pg_extension e where e.extname = 'calcom') loop
    execute format('revoke all on function %s from public', function);
    execute format('grant execute on function %s to calcom_owner', function);
  end loop;
  for object, grantee in
    select case when d.classid = 'pg_catalog.pg_proc'::regclass then 'function ' || d.objid::regprocedure
                else d.objid::regclass::text end, a.grantee::regrole
      from pg_catalog.pg_depend d
      left join pg_catalog.pg_proc p on d.classid = 'pg_catalog.pg_proc'::regclass and p.oid = d.objid
      left join pg_catalog.pg_class c on d.classid = 'pg_catalog.pg_class'::regclass and c.oid = d.objid,
      pg_catalog.aclexplode(coalesce(p.proacl, c.relacl)) a
     where d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e'
       and d.refobjid = (select e.oid from pg_catalog.pg_extension e where e.extname = 'calcom')
       and a.grantee not in (0, coalesce(p.proowner, c.relowner), 'calcom_owner'::regrole, 'calcom_ingester'::regrole,
                             'calcom_reader'::regrole, 'calcom_operator'::regrole) loop
    execute format('revoke all on %s from %s', object, grantee);
  end loop;
  for function in
    select p.oid::regprocedure from pg_catalog.pg_depend d join pg_catalog.pg_proc p on p.oid = d.objid
     where d.classid = 'pg_catalog.pg_proc'::regclass and d.refclassid = 'pg_catalog.pg_extension'::regclass
       and d.deptype = 'e' and p.prosecdef
       and d.refobjid = (select e.oid from pg_catalog.pg_extension e where e.extname = 'calcom') loop
    execute format('alter function %s owner to calcom_owner', function);
  end loop;
end
$privileges$;

grant execute on function
  @extschema@.calcom_ingest(bytea, text, text), @extschema@.calcom_ingest(text, text, text),
  @extschema@.calcom_ingest_batch(bytea[], text[], text[]),
  @extschema@.resend_ingest(bytea, text, text, text, text), @extschema@.resend_ingest(text, text, text, text, text)
  to calcom_ingester;

grant execute on function @extschema@.calcom_page(text), @extschema@.calcom_seen(text, text)
  to calcom_ingester, calcom_operator;
grant execute on function @extschema@.calcom_page_set(text, text, text, text[], text, jsonb, text) to calcom_operator;

grant execute on function
  @extschema@.calcom_verify_signature(bytea, text, text), @extschema@.calcom_verify_signature(text, text, text),
  @extschema@.calcom_sign(bytea, text), @extschema@.calcom_sign(text, text),
  @extschema@.resend_verify_signature(bytea, text, text, text, text, interval),
  @extschema@.resend_verify_signature(text, text, text, text, text, interval),
  @extschema@.resend_sign(bytea, text, text, text),
  @extschema@.calcom_parse_payload(bytea), @extschema@.calcom_extract_booking(bytea)
  to calcom_reader, calcom_operator;

grant execute on function @extschema@.calcom_booking(text, text), @extschema@.calcom_day(timestamptz, text)
  to calcom_reader, calcom_operator;

grant execute on function
  @extschema@.calcom_create_booking(text, timestamptz, timestamptz, text, text, text, text, text, text, text, text,
    text, text),
  @extschema@.calcom_update_booking(text, timestamptz, timestamptz, text, text, text, text, text, text),
  @extschema@.calcom_cancel_booking(text, text, text, text),
  @extschema@.calcom_revoke_secret(text, text, text),
  @extschema@.calcom_account_disable(text), @extschema@.calcom_account_enable(text)
  to calcom_operator;

grant execute on function
  @extschema@.calcom_doctor(), @extschema@.calcom_merge_deferred(integer), @extschema@.calcom_event_body(uuid, text),
  @extschema@.calcom_account_add(text, text, text, text, text, text),
  @extschema@.calcom_account_set(text, text, text, text, text, text, text, text, boolean, boolean, integer,
    boolean, interval, interval),
  @extschema@.calcom_template_check(text, text, text, text), @extschema@.calcom_template_default(text, text, text),
  @extschema@.calcom_template_paths(), calcom_internal.template_path_table(),
  @extschema@.calcom_template_problem(text, text),
  @extschema@.calcom_set_secret(text, text, text, interval),
  @extschema@.calcom_preloaded(), @extschema@.calcom_library_version(), @extschema@.calcom_refusals()
  to calcom_operator;

grant execute on function
  @extschema@.calcom_reminder_rule_set(text, text, interval, boolean), @extschema@.calcom_reminder_rule_drop(text,
    text),
  @extschema@.calcom_preview_email(text, text, text, text), @extschema@.calcom_simulate(interval, text),
  @extschema@.calcom_send_confirmation(text, text, text), @extschema@.calcom_send_cancellation(text, text, text),
  @extschema@.calcom_send_reminder(text, text, text, text)
  to calcom_operator;

grant execute on function
  @extschema@.calcom_replay(uuid, text, boolean), @extschema@.calcom_replay_dead(text, integer, boolean),
  @extschema@.calcom_rebuild(text, text, boolean), @extschema@.calcom_rebuild_all(boolean, text, integer),
  @extschema@.calcom_purge(interval, text, integer)
  to calcom_operator;
grant execute on function @extschema@.calcom_trace(text, text) to calcom_reader, calcom_operator;

-- A view of the extension reads a definer function; the caller needs the right on both.
grant execute on function calcom_internal.status_row(), calcom_internal.dead_letter_rows()
  to calcom_reader, calcom_operator;
grant select on @extschema@.calcom_status, @extschema@.calcom_dead_letters to calcom_reader, calcom_operator;

grant execute on function
  @extschema@.calcom_retry_email(uuid, text, boolean), @extschema@.calcom_cancel_email(uuid, text),
  @extschema@.calcom_pause(text), @extschema@.calcom_resume(text), @extschema@.calcom_prune_mail(interval, text),
  @extschema@.calcom_suppress(text, text, text), @extschema@.calcom_unsuppress(text, text)
  to calcom_operator;

-- The operator page.
grant execute on function
  @extschema@.calcom_mail_content(uuid, text), @extschema@.calcom_person_mark(text),
  calcom_internal.admin_mail_rows(text, text[], timestamptz, uuid, integer, text),
  @extschema@.calcom_admin_mails(text, text[], text, integer), @extschema@.calcom_admin_mail(text, uuid),
  @extschema@.calcom_admin_booking(text, text), @extschema@.calcom_admin_dead(integer),
  @extschema@.calcom_admin_audit(integer), @extschema@.calcom_admin_counts(),
  calcom_internal.admin_queue(), calcom_internal.admin_reminders(), @extschema@.calcom_admin_overview(),
  calcom_internal.admin_find_bookings(text, integer), @extschema@.calcom_admin_search(text, integer),
  @extschema@.calcom_admin_act(text, text, text, text, boolean)
  to calcom_operator;
grant execute on function @extschema@.calcom_person_mark(text) to calcom_reader;

do $notice$
begin
  raise notice using message = 'calcom is installed; now run: SELECT * FROM @extschema@.calcom_setup();';
end
$notice$;
