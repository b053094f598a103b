-- A booking's life as Cal.com tells it, in order and out of order: the rows people see end the same.
\set ECHO none
\set subject lifecycle
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all

create view story as
  select uid, status, start_time, attendee_email, rescheduled_from_uid as from_uid, rescheduled_to_uid as to_uid, root_uid
    from bookings where account = 'default' order by start_time;
create view change as
  select booking_uid, action, old_values - 'created_at' as old, new_values - 'created_at' as new
    from booking_history where account = 'default' order by id;

-- Booked, moved, moved again, cancelled.
select outcome, booking_uid, detail from deliver(upcoming('BOOKING_CREATED-chain1.json'));
select * from story;
select outcome, booking_uid, detail from deliver(upcoming('BOOKING_RESCHEDULED-chain2.json'));
select * from story;
select outcome, booking_uid, detail from deliver(upcoming('BOOKING_RESCHEDULED-chain3.json'));
select * from story;
select outcome, booking_uid, detail from deliver(upcoming('BOOKING_CANCELLED-chain4.json'));
select * from story;
select uid, cancellation_reason, cancelled_by from bookings where status = 'cancelled';

-- Who changed, from what to what.
select booking_uid, action, old ->> 'status' as was, new ->> 'status' as status, new ->> 'rescheduled_to_uid' as moved_to
  from change where action not like 'attendee%';
-- History holds what changed and nothing else: neither clock columns nor the keys.
select distinct k from booking_history, jsonb_object_keys(coalesce(new_values, '{}') || coalesce(old_values, '{}')) k
 where k in ('updated_at', 'account', 'uid', 'booking_uid');
select old, new from change where action = 'cancelled';

-- One obligation for each person and step, and none for the step that was passed over.
select kind, recipient, booking_uid, start_time from email_outbox order by booking_uid = 'rYebyg2Ux8HrNRFtE8YYCi' desc, start_time, kind desc, recipient;

-- The same four the other way round end in the same rows; nobody is owed a mail that was never true.
select calcom_account_add('reverse');
select calcom_set_secret('reverse', 'webhook', 'whsec_test');
select outcome, booking_uid, detail from deliver(upcoming('BOOKING_CANCELLED-chain4.json'), 'reverse');
select outcome, booking_uid, detail from deliver(upcoming('BOOKING_RESCHEDULED-chain3.json'), 'reverse');
select uid, status, root_uid from bookings where account = 'reverse' order by uid;
select outcome, booking_uid, detail from deliver(upcoming('BOOKING_RESCHEDULED-chain2.json'), 'reverse');
select outcome, booking_uid, detail from deliver(upcoming('BOOKING_CREATED-chain1.json'), 'reverse');
create function people_see(wanted text) returns setof jsonb language sql as $$
  select to_jsonb(b) - 'account' - 'updated_at' from bookings b where account = wanted
  union all select to_jsonb(a) - 'account' from booking_attendees a where account = wanted
  union all select to_jsonb(f) - 'account' from booking_facts f where account = wanted
$$;
select count(*) as rows from people_see('reverse');
select * from people_see('default') except select * from people_see('reverse');
select * from people_see('reverse') except select * from people_see('default');
select kind, recipient from email_outbox where account = 'reverse' order by kind, recipient;

-- Every other order of the four, too. Prints orders that end differently.
create function deliver_in_order(target text, names text[]) returns void language plpgsql as $$
declare name text;
begin
  perform calcom_account_add(target);
  perform calcom_set_secret(target, 'webhook', 'whsec_test');
  foreach name in array names loop perform deliver(upcoming(name), target); end loop;
end $$;
create table step as select * from unnest(array['BOOKING_CREATED-chain1.json', 'BOOKING_RESCHEDULED-chain2.json',
  'BOOKING_RESCHEDULED-chain3.json', 'BOOKING_CANCELLED-chain4.json']) with ordinality s(name, place);
create table permutation as
  select format('order-%s%s%s%s', a.place, b.place, c.place, d.place) as account, array[a.name, b.name, c.name, d.name] as names
    from step a, step b, step c, step d
   where a.place not in (b.place, c.place, d.place) and b.place not in (c.place, d.place) and c.place <> d.place;
select count(deliver_in_order(account, names)) from permutation;
select account from permutation p
 where exists (select * from people_see('default') except select * from people_see(p.account))
    or exists (select * from people_see(p.account) except select * from people_see('default'));

-- Seats: each delivery names one person; all are there, and one leaves without the others.
select outcome, booking_uid from deliver(upcoming('BOOKING_CREATED-seats1.json'));
select outcome, booking_uid from deliver(upcoming('BOOKING_CREATED-seats2.json'));
select outcome, booking_uid from deliver(upcoming('BOOKING_CREATED-seats3.json'));
create view seats as
  select b.uid, b.status, b.seated, a.email, a.removed_at is not null as left_it
    from bookings b join booking_attendees a on (a.account, a.booking_uid) = (b.account, b.uid)
   where b.account = 'default' and b.seated order by b.start_time, a.email;
select * from seats;
select outcome, booking_uid from deliver(upcoming('BOOKING_CANCELLED-seats4-one-seat.json'));
select * from seats;
-- One moves to another slot: the others stay.
select outcome, booking_uid from deliver(upcoming('BOOKING_RESCHEDULED-seats5-attendee-to-empty-slot.json'));
select * from seats;
select action, new_values ->> 'email' as who from booking_history
 where booking_uid = '8V1BBzR6JSpDgJbo8NoKNg' and action like 'attendee%' order by id;
select kind, recipient from email_outbox where booking_uid in (select uid from seats) order by kind, recipient;
-- All seats gone: cancelled.
select outcome, booking_uid from deliver(upcoming('BOOKING_CANCELLED-seats9-all.json'));
select uid, status from bookings where uid = '1DFmjyywynMwH7JDvuWewa';

-- "Please choose another time": a cancelled booking that is booked again is rescheduled, not cancelled.
select outcome, booking_uid from deliver(upcoming('BOOKING_CREATED-reqresched1.json'));
select outcome, booking_uid from deliver(upcoming('BOOKING_CANCELLED-reqresched2.json'));
select uid, status from bookings where uid = '1S9cCyeJCzAFZnMjRQPcSx';
select outcome, booking_uid from deliver(upcoming('BOOKING_RESCHEDULED-reqresched3.json'));
select uid, status, rescheduled_to_uid from bookings where uid = '1S9cCyeJCzAFZnMjRQPcSx';

-- A booking that is over owes nothing; nor does somebody who gave a phone number only.
select outcome, booking_uid from deliver(replace(convert_from(fixture('BOOKING_CREATED-split-name.json'), 'UTF8'), '2026-11-23', '2021-11-23'));
select outcome, booking_uid from deliver(upcoming('BOOKING_CREATED-phone-only.json'));
select uid, status, attendee_email, attendee_name from bookings
 where uid in ('2LnZwnXbX3zUXKHHCeor6k', '85RHC56YCGaPuRYYZjBz8x') order by uid;
select count(*) as mails from email_outbox where booking_uid in ('2LnZwnXbX3zUXKHHCeor6k', '85RHC56YCGaPuRYYZjBz8x');
