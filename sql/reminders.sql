-- Reminders by a clock of the test's own: what is due when, and what is not any more.
\set ECHO none
\set subject reminders
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all

-- Delivers a booking of half an hour. `said` is when Cal.com sent it.
create function say(trigger text, uid text, said timestamptz, starts timestamptz, people text[], more jsonb default '{}',
  account text default 'default') returns text language sql as $$
  select d.outcome from helper.deliver(jsonb_build_object('triggerEvent', trigger,
    'createdAt', to_char(said at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    'payload', jsonb_build_object('uid', uid, 'title', 'Consultation', 'type', 'consultation',
      'status', case trigger when 'BOOKING_REQUESTED' then 'PENDING' when 'BOOKING_REJECTED' then 'REJECTED'
                             when 'BOOKING_CANCELLED' then 'CANCELLED' else 'ACCEPTED' end,
      'startTime', to_char(starts at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'endTime', to_char((starts + interval '30 minutes') at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
      'organizer', jsonb_build_object('name', 'Zoe', 'email', 'zoe@studio.example', 'timeZone', 'Europe/Berlin'),
      'attendees', (select jsonb_agg(jsonb_build_object('name', p, 'email', p || '@example.com', 'timeZone', 'Europe/Berlin'))
                      from unnest(people) p)) || more)::text, account) d
$$;
create view reminder as
  select account, booking_uid, rule, recipient, start_time,
         state, priority from email_outbox where kind = 'reminder' order by start_time, rule, recipient;
-- As if every rule had been there since 2020.
create procedure since_2020() language sql as $$
  update reminder_rules set enabled_at = '2020-01-01', horizon = '2020-01-01', settled = '2020-01-01', marked = '2020-01-01'
$$;

-- Every account has two rules from the start.
select calcom_account_add('other');
select account, rule, before, enabled, horizon - enabled_at as looked_at from reminder_rules order by account, before;
call since_2020();

-- Due at its time, once, and not before. Its key names rule, start and recipient.
select say('BOOKING_CREATED', 'plain', '2025-03-01', '2025-03-10 10:00', '{ada,ben}');
select * from calcom_internal.queue_reminders('2025-03-09 09:59:59');
select * from calcom_internal.queue_reminders('2025-03-09 10:00');
select * from calcom_internal.queue_reminders('2025-03-09 10:00');
select * from calcom_internal.queue_reminders('2025-03-10 09:00');
select * from reminder;
select obligation_key from email_outbox where kind = 'reminder' order by 1 limit 1;

-- A repeat of old news owes nothing again.
select say('BOOKING_CREATED', 'plain', '2025-03-02', '2025-03-10 10:00', '{ada,ben}');
select * from calcom_internal.queue_reminders('2025-03-10 09:30');

-- Moved: the old time is forgotten, the new one is reminded of, under a new uid or under its own.
select say('BOOKING_CREATED', 'moved', '2025-03-11', '2025-03-20 10:00', '{ada}');
select say('BOOKING_RESCHEDULED', 'moved-2', '2025-03-12', '2025-03-22 10:00', '{ada}', '{"rescheduleUid": "moved"}');
select say('BOOKING_CREATED', 'in-place', '2025-03-11', '2025-03-20 11:00', '{ada}');
select say('BOOKING_RESCHEDULED', 'in-place', '2025-03-12', '2025-03-22 11:00', '{ada}', '{"rescheduleUid": "in-place"}');
select * from calcom_internal.queue_reminders('2025-03-20 10:30');
select * from calcom_internal.queue_reminders('2025-03-21 12:00');
select booking_uid, rule, start_time from reminder where booking_uid ~ 'moved|in-place';

-- Moved after a reminder of the old time had gone: reminded of the new one, too.
select say('BOOKING_RESCHEDULED', 'in-place', '2025-03-21 13:00', '2025-03-24 11:00', '{ada}', '{"rescheduleUid": "in-place"}');
select queued from calcom_internal.queue_reminders('2025-03-23 12:00');
select rule, start_time from reminder where booking_uid = 'in-place';

-- Cancelled, rejected, never accepted.
select say('BOOKING_CREATED', 'off', '2025-04-01', '2025-04-10 10:00', '{ada}');
select say('BOOKING_CANCELLED', 'off', '2025-04-02', '2025-04-10 10:00', '{ada}');
select say('BOOKING_REQUESTED', 'refused', '2025-04-01', '2025-04-10 10:00', '{ada}');
select say('BOOKING_REJECTED', 'refused', '2025-04-02', '2025-04-10 10:00', '{ada}');
select say('BOOKING_REQUESTED', 'open', '2025-04-01', '2025-04-10 10:00', '{ada}');
select * from calcom_internal.queue_reminders('2025-04-10 09:30');

-- A seat that was given back.
select say('BOOKING_CREATED', 'class', '2025-05-01', '2025-05-10 10:00', '{ada}', '{"seatsPerTimeSlot": 9, "attendeeSeatId": "s1"}');
select say('BOOKING_CREATED', 'class', '2025-05-02', '2025-05-10 10:00', '{ben}', '{"seatsPerTimeSlot": 9, "attendeeSeatId": "s2"}');
select say('BOOKING_CANCELLED', 'class', '2025-05-03', '2025-05-10 10:00', '{ada}', '{"seatsPerTimeSlot": 9, "attendeeSeatId": "s1"}');
select queued from calcom_internal.queue_reminders('2025-05-09 10:00');
select rule, recipient from reminder where booking_uid = 'class';

-- Booked, accepted or moved inside the time: too late for that rule, in time for the shorter one.
select say('BOOKING_CREATED', 'late', '2025-06-09 11:00', '2025-06-10 10:00', '{ada}');
select say('BOOKING_REQUESTED', 'late-yes', '2025-06-01', '2025-06-10 10:00', '{ada}');
select say('BOOKING_CREATED', 'late-yes', '2025-06-09 12:00', '2025-06-10 10:00', '{ada}');
select say('BOOKING_CREATED', 'late-move', '2025-06-01', '2025-06-30 10:00', '{ada}');
select say('BOOKING_RESCHEDULED', 'late-move', '2025-06-09 13:00', '2025-06-10 10:00', '{ada}', '{"rescheduleUid": "late-move"}');
select queued from calcom_internal.queue_reminders('2025-06-10 08:00');
select queued from calcom_internal.queue_reminders('2025-06-10 09:00');
select booking_uid, rule from reminder where booking_uid ~ 'late' order by 1;

-- Nobody looked for two days: caught up with, but never after the start.
select say('BOOKING_CREATED', 'down-1', '2025-07-01', '2025-07-10 10:00', '{ada}');
select say('BOOKING_CREATED', 'down-2', '2025-07-01', '2025-07-10 14:00', '{ada}');
select queued from calcom_internal.queue_reminders('2025-07-10 10:00');
select booking_uid, rule from reminder where booking_uid ~ 'down';

-- A clock that was a year ahead leaves no hole behind it.
select say('BOOKING_CREATED', 'before-jump', '2025-08-01', '2025-08-20 10:00', '{ada}');
select * from calcom_internal.queue_reminders('2026-08-01');
update reminder_rules set horizon = '2026-08-20', settled = '2026-08-20', marked = '2026-08-20';
select say('BOOKING_CREATED', 'after-jump', '2025-08-02', '2025-08-21 10:00', '{ada}');
select * from calcom_internal.queue_reminders('2025-08-02');
select queued from calcom_internal.queue_reminders('2025-08-20 12:00');
select booking_uid, rule from reminder where booking_uid ~ 'jump';

-- Many at one time, and more than one look takes.
select count(say('BOOKING_CREATED', 'many-' || n, '2025-08-25', timestamptz '2025-09-10 10:00' + n / 100 * interval '1 minute', '{ada}'))
  from generate_series(0, 1299) n;
select * from calcom_internal.queue_reminders('2025-09-10 09:30');
select * from calcom_internal.queue_reminders('2025-09-10 09:30');

-- Every account by its own rules.
select calcom_set_secret('other', 'webhook', 'whsec_test');
select say('BOOKING_CREATED', 'plain', '2025-03-01', '2025-10-10 10:00', '{cleo}', '{}', 'other');
select calcom_reminder_rule_drop('other', '1h');
select queued from calcom_internal.queue_reminders('2025-10-10 09:30');
select account, rule, recipient from reminder where account = 'other';

-- By the true clock: news that comes when the reminder is due already. Booked three hours ago, or ten minutes ago.
select say('BOOKING_CREATED', 'news', now() - interval '3 hours', now() + interval '30 minutes', '{ada}');
select say('BOOKING_CREATED', 'fresh', now() - interval '10 minutes', now() + interval '30 minutes', '{ada}');
select booking_uid, rule, priority from reminder where booking_uid in ('news', 'fresh');
select queued from calcom_internal.queue_reminders();

-- A new rule reminds of what becomes due from now on; so does one whose length was changed, and one enabled again.
select say('BOOKING_CREATED', 'soon', now() - interval '3 days', now() + interval '90 minutes', '{ada}');
select say('BOOKING_CREATED', 'later', now() - interval '3 days', now() + interval '150 minutes', '{ada}');
select queued from calcom_internal.queue_reminders();
select calcom_reminder_rule_set('default', '2h', '2 hours');
select queued, round(extract(epoch from next_due - now()) / 60) as minutes_to_next from calcom_internal.queue_reminders();
select queued from calcom_internal.queue_reminders(now() + interval '31 minutes');
select booking_uid, rule from reminder where booking_uid in ('soon', 'later') order by 1, 2;
select calcom_reminder_rule_set('default', '2h', '1 day 2 hours');
select rule, before, horizon = enabled_at + before as from_now_on from reminder_rules where rule = '2h';
select queued from calcom_internal.queue_reminders();
select calcom_reminder_rule_set('default', '2h', enabled => false);
select state, reason, count(*) from email_outbox where obligation_key like 'reminder/later/2h@%' group by 1, 2;
select queued from calcom_internal.queue_reminders();
select calcom_reminder_rule_set('default', '2h', enabled => true);
select rule, before, enabled, horizon = enabled_at + before as from_now_on from reminder_rules where rule = '2h';
select queued from calcom_internal.queue_reminders();

-- What a rule is not.
select * from refusal($$select calcom_reminder_rule_set('default', 'a rule', '1 hour')$$);
select * from refusal($$select calcom_reminder_rule_set('default', 'x', '1 month')$$);
select * from refusal($$select calcom_reminder_rule_set('default', 'x', '-1 hour')$$);
select * from refusal($$select calcom_reminder_rule_set('default', 'x')$$);
select * from refusal($$select calcom_reminder_rule_set('nobody', 'x', '1 hour')$$);
select * from refusal($$select calcom_reminder_rule_drop('default', 'x')$$);

-- A year with two changes of the clocks: a booking a day at ten o'clock in Berlin, each reminded of exactly when due.
delete from reminder_rules where account = 'other' or rule = '2h';
delete from email_outbox;
delete from bookings;
call since_2020();
select count(say('BOOKING_CREATED', 'day-' || d, '2023-12-01', (timestamp '2024-01-01 10:00' + d * interval '1 day') at time zone 'Europe/Berlin', '{ada}'))
  from generate_series(0, 365) d;
create table run (at timestamptz, key text primary key);
do $$
declare
  at timestamptz := '2023-12-30';
  due timestamptz;
  found bigint;
begin
  loop
    select r.queued, r.next_due into found, due from calcom_internal.queue_reminders(at) r;
    insert into run select at, obligation_key from email_outbox where kind = 'reminder' on conflict do nothing;
    exit when due is null;
    at := due;
  end loop;
end $$;
select rule, count(*), count(distinct at) as looks, count(distinct booking_uid) as bookings,
       bool_and(at = o.start_time - case rule when '24h' then interval '24 hours' else interval '1 hour' end) as on_time
  from run join email_outbox o on o.obligation_key = key
 group by rule order by rule;
select at at time zone 'Europe/Berlin' as at, start_time at time zone 'Europe/Berlin' as start
  from run join email_outbox on obligation_key = key
 where obligation_key like 'reminder/%/24h@%' and start_time::date in ('2024-03-30', '2024-03-31', '2024-04-01', '2024-10-26', '2024-10-27', '2024-10-28')
 order by 1;

-- Not for everybody.
select has_function_privilege('calcom_reader', 'calcom_reminder_rule_set(text, text, interval, boolean)', 'execute') as reader,
       has_function_privilege('calcom_operator', 'calcom_reminder_rule_set(text, text, interval, boolean)', 'execute') as operator,
       has_function_privilege('calcom_operator', 'calcom_internal.queue_reminders(timestamptz)', 'execute') as operator_looks;
