-- One round of everything that names tables: deliveries, mail, replay, rebuild, purge, page, doctor, simulation.
-- Expects the data schema in search_path.
select calcom_set_secret('default', 'webhook', 'whsec_test');
select outcome from calcom_ingest('{"triggerEvent":"PING"}', calcom_sign('{"triggerEvent":"PING"}'::text, 'whsec_test'));
select calcom_create_booking(title => 'Intro', start_time => '2096-03-03 10:00Z', end_time => '2096-03-03 10:30Z',
  attendee_email => 'amy@example.com', attendee_name => 'Amy', organizer_email => 'zoe@studio.example') is not null as created;
select kind, recipient from email_outbox order by 1, 2;
select (calcom_preview_email(uid, 'confirmation', 'amy@example.com')).subject from bookings;
select account, what from (select account, 'rebuild' as what from bookings b, calcom_rebuild(b.uid) limit 1) r;
select count(*) >= 0 as simulated from calcom_simulate('1 day');
select count(*) > 5 as checks from calcom_doctor();
select count(*) > 0 as pages from calcom_page('default');
select calcom_purge('100 years'::interval);
update bookings set title = 'By hand';
select action, old_values ->> 'title' as was from booking_history where new_values ->> 'title' = 'By hand';
select count(*) > 0 as traced from bookings b, calcom_trace(b.uid);
select n.nspname as schema, count(*) > 50 as functions
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  join pg_depend d on d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
 where d.refobjid = (select oid from pg_extension where extname = 'calcom') group by 1 order by 1;
