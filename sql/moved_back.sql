-- A booking that returns to an earlier time: recipients who were mailed another time since get one more mail; and
-- what was composed for one time never leaves for another.
\set ECHO none
\set subject moved_back
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
create function moved(booking text, day integer) returns void language sql
as $$ select calcom_update_booking(booking, start_time => timestamptz '2096-03-01 10:00Z' + day * interval '1 day') $$;
create function leaves() returns table (kind text, day integer, recipient text) language sql
as $$
  update email_outbox o set state = 'sent', attempts = 1, first_attempt_at = now(), settled_at = now()
   where o.state = 'queued' and o.id in (select s.email_id from calcom_simulate('0') s where s.state = 'captured')
  returning o.kind, o.start_time::date - date '2096-03-01', o.recipient
$$;
select calcom_account_set('default', mail_host => true);
select calcom_create_booking('Fitting', '2096-03-02 10:00Z', '2096-03-02 11:00Z', 'ana@example.com', organizer_email => 'zoe@studio.example') as uid \gset
select * from leaves() order by recipient;

-- There and back, and there again.
select moved(:'uid', 2);
select * from leaves() order by recipient;
select moved(:'uid', 1);
select * from leaves() order by recipient;
select moved(:'uid', 2);
select * from leaves() order by recipient;
select moved(:'uid', 1);
select * from leaves() order by recipient;
select count(*), count(distinct obligation_key) from email_outbox;

-- Before any mail is sent, only the last time counts, once.
select moved(:'uid', day) from unnest('{2, 3, 2, 3, 1, 3}'::integer[]) day;
select * from leaves() order by recipient;
-- A skipped mail has informed no one.
update email_outbox set state = 'skipped' where state = 'queued';
select moved(:'uid', 2);
update email_outbox set state = 'skipped' where state = 'queued';
select moved(:'uid', 4);
select * from leaves() order by recipient;
select moved(:'uid', 2);
select * from leaves() order by recipient;

-- What is not news owes nothing.
select calcom_update_booking(:'uid', title => 'Second fitting');
select count(*) from calcom_rebuild(:'uid');
select * from leaves() order by recipient;

-- Composed for a time, refused for a while, and moved meanwhile: composed again, under another key.
select outcome, booking_uid as seen from deliver(upcoming('BOOKING_CREATED-chain1.json')) \gset
update email_outbox set request = '{}', subject = 'of then', mail_mode = 'live', idempotency_key = id::text where booking_uid = :'seen';
select outcome from deliver(regexp_replace(replace(convert_from(upcoming('BOOKING_CREATED-chain1.json'), 'UTF8'), '"createdAt":"2026-11-22T06', '"createdAt":"2026-11-22T07'),
  '"startTime":"2096-\d\d-\d\d', '"startTime":"2096-02-03', 'g'));
select kind, o.start_time = b.start_time as of_now, request, subject, o.mail_mode, idempotency_key <> o.id::text as another_key
  from email_outbox o join bookings b on b.uid = booking_uid where booking_uid = :'seen' order by recipient;


-- Another end alone is news, too, each time.
create function lasts(booking text, minutes integer) returns void language sql
as $$ select calcom_update_booking(booking, end_time => timestamptz '2096-03-02 10:00Z' + minutes * interval '1 minute') $$;
create function leaves_with_end() returns table (kind text, minutes integer, request text, recipient text) language sql
as $$
  update email_outbox o set state = 'sent', attempts = 1, first_attempt_at = now(), settled_at = now()
   where o.state = 'queued' and o.id in (select s.email_id from calcom_simulate('0') s where s.state = 'captured')
  returning o.kind, (extract(epoch from o.end_time - o.start_time) / 60)::integer, o.request, o.recipient
$$;
update email_outbox set state = 'skipped' where state = 'queued';
select calcom_create_booking('Fitting', '2096-03-02 10:00Z', '2096-03-02 11:00Z', 'ana@example.com') as uid \gset
select * from leaves_with_end();
select lasts(:'uid', 90);
select * from leaves_with_end();
select lasts(:'uid', 120);
select * from leaves_with_end();
select lasts(:'uid', 90);
select * from leaves_with_end();

-- A composed mail that was not sent is composed again; one that may have been sent is followed by another.
select lasts(:'uid', 30);
update email_outbox set request = '{}', idempotency_key = id::text where state = 'queued';
select lasts(:'uid', 45);
select * from leaves_with_end();
select lasts(:'uid', 50);
update email_outbox set request = '{}', state = 'sending', first_attempt_at = now() where state = 'queued';
select lasts(:'uid', 55);
select * from leaves_with_end();
select calcom_update_booking(:'uid', title => 'Second fitting', end_time => '2096-03-02 10:55Z');
select * from leaves_with_end();

-- A rescheduled mail names the time that its reader knows, or else the one before the move.
create function former_day(booking text, recipient text) returns text language sql
as $$ select substring((calcom_preview_email(booking, 'rescheduled', recipient))."text" from 'Formerly:\s*([^\n]*)') $$;
select calcom_create_booking('Fitting', '2096-03-02 10:00Z', '2096-03-02 11:00Z', 'ana@example.com', organizer_email => 'zoe@studio.example') as uid \gset
select * from leaves() order by recipient;
select moved(:'uid', 2);
select former_day(:'uid', 'ana@example.com');
select moved(:'uid', 3);
select former_day(:'uid', 'ana@example.com');
select * from leaves() order by recipient;
select former_day(:'uid', 'ana@example.com');
select calcom_update_booking(:'uid', end_time => '2096-03-04 12:00Z');
select former_day(:'uid', 'ana@example.com');
update email_outbox set state = 'skipped' where booking_uid = :'uid';
select former_day(:'uid', 'ana@example.com');
