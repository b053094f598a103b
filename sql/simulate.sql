-- What calcom_simulate() predicts: state and cause as the worker writes them. (That the worker does so:
-- test/reliability/simulation.pl.)
\set ECHO none
\set subject simulate
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
create function helper.simulated(span interval default '2 days') returns table (kind text, rule text, leaves boolean, state text, cause text, delayed_by text, after_hold text, reason text)
language sql as $$ select s.kind, s.rule, s.leaves, s.state, s.cause, s.delayed_by, s.after_hold, s.reason from calcom_simulate(span) s $$;

-- A suppressed recipient of a cancelled booking, of an account that is paused: held now, and skipped as suppressed once the pause ends.
select calcom_pause();
select calcom_create_booking('Fitting', '2096-03-02 10:00Z', '2096-03-02 11:00Z', 'ana@example.com') as uid \gset
select * from helper.simulated();
select calcom_suppress('ana@example.com');
select calcom_cancel_booking(:'uid');
select * from helper.simulated();
select calcom_resume();
select * from helper.simulated();
select calcom_unsuppress('ana@example.com');
select * from helper.simulated();

-- A mail is not judged before its time: until then its booking counts as it is.
update email_outbox set send_after = now() + interval '1 hour' where kind = 'confirmation';
select * from helper.simulated('30 minutes');
select * from helper.simulated();
delete from email_outbox;

-- Reminders that are not queued yet: none of a booking that is cancelled, none twice.
select calcom_create_booking('Fitting', now() + interval '25 hours', now() + interval '26 hours', 'ana@example.com') as uid \gset
update reminder_rules set enabled_at = now() - interval '1 year';
update email_outbox set state = 'captured';
select kind, rule, state, at = start_time - case rule when '24h' then interval '24 hours' else interval '1 hour' end as on_time, email_id is null as not_queued
  from calcom_simulate('2 days');
select queued from calcom_internal.queue_reminders(now() + interval '2 hours');
select kind, rule, state, email_id is null as not_queued from calcom_simulate('2 days');
update email_outbox set state = 'queued', send_after = now() where kind = 'reminder' and rule = '24h';
select kind, rule, state from calcom_simulate('2 days');
select calcom_cancel_booking(:'uid');
select kind, rule, state, cause from calcom_simulate('2 days');

-- Refusals.
select * from refusal($$select calcom_simulate(null)$$);
select count(*) from calcom_simulate('7 days', 'nobody');
