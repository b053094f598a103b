-- Authentic but hostile bodies: each is stored with its outcome, and the server continues.
\set ECHO none
\set subject bad_input
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
select pg_backend_pid() as pid, pg_postmaster_start_time() as started \gset

-- Not JSON, nearly JSON, JSON that is no delivery.
create table odd (n int, label text, body bytea);
insert into odd values
    (1, 'nothing', ''::bytea), (2, 'blanks', '   '), (3, 'text', 'hello'), (4, 'cut off', '{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"x'),
    (5, 'two documents', '{"triggerEvent":"PING"}{"triggerEvent":"PING"}'), (6, 'null', 'null'), (7, 'number', '1e999'), (8, 'list', '[]'),
    (9, 'empty object', '{}'), (10, 'trigger is a number', '{"triggerEvent":1}'), (11, 'trigger is empty', '{"triggerEvent":""}'),
    (12, 'no payload', '{"triggerEvent":"BOOKING_CREATED"}'), (13, 'payload is text', '{"triggerEvent":"BOOKING_CREATED","payload":"x"}'),
    (14, 'payload is null', '{"triggerEvent":"BOOKING_CREATED","payload":null}'), (15, 'no uid', '{"triggerEvent":"BOOKING_CREATED","payload":{}}'),
    (16, 'uid is null', '{"triggerEvent":"BOOKING_CREATED","payload":{"uid":null}}'), (17, 'uid is a number', '{"triggerEvent":"BOOKING_CREATED","payload":{"uid":7}}'),
    (18, 'uid is empty', '{"triggerEvent":"BOOKING_CREATED","payload":{"uid":""}}'),
    (19, 'NUL byte', '\x7b00227d'), (20, 'invalid UTF-8', '\x7b22747269676765724576656e74223a22fffe227d'),
    (21, 'UTF-16', '\xfeff007b007d'), (22, 'NaN', '{"triggerEvent":"PING","x":NaN}'), (23, 'comment', '/* hi */{"triggerEvent":"PING"}');
select label, outcome, detail from odd, deliver(body) order by n;
select label as not_exact from odd where not exists (select from calcom_events where calcom_event_body(id) = odd.body);

-- Depth, size and number.
create table big (n int, label text, body bytea);
insert into big values
  (1, '3,000 levels of lists', convert_to('{"triggerEvent":"BOOKING_CREATED","payload":' || repeat('[', 3000) || repeat(']', 3000) || '}', 'UTF8')),
  (2, '3,000 levels of objects', convert_to('{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"deep","startTime":"2096-01-01T10:00:00Z","metadata":' || repeat('{"a":', 3000) || '1' || repeat('}', 3000) || '}}', 'UTF8')),
  (3, '500,000 levels, never closed', convert_to(repeat('[', 500000), 'UTF8')),
  (4, '10,000 attendees', (select convert_to(format('{"triggerEvent":"BOOKING_CREATED","createdAt":"2026-11-01T00:00:00Z","payload":{"uid":"crowd","startTime":"2021-01-01T10:00:00Z","status":"ACCEPTED","attendees":[%s]}}',
      string_agg(format('{"email":"p%s@example.com","name":"P","timeZone":"UTC"}', i), ',')), 'UTF8') from generate_series(1, 10000) i)),
  (5, 'a uid of 100,000 letters', convert_to(format('{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"%s","startTime":"2096-01-01T10:00:00Z"}}', repeat('u', 100000)), 'UTF8')),
  (6, 'notes of 900,000 letters', convert_to(format('{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"notes","startTime":"2096-01-01T10:00:00Z","status":"ACCEPTED","additionalNotes":"%s"}}', repeat('n', 900000)), 'UTF8')),
  (7, 'a number of 100,000 digits', convert_to(format('{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"number","startTime":"2096-01-01T10:00:00Z","status":"ACCEPTED","price":%s}}', repeat('9', 100000)), 'UTF8'));
select label, outcome, left(booking_uid, 10) as uid, detail from big, deliver(body) order by n;
select count(*) as crowd from booking_attendees where booking_uid = 'crowd';
select length(additional_notes) as notes from bookings where uid = 'notes';
select count(*) as not_exact from big where not exists (select from calcom_events where calcom_event_body(id) = big.body);

-- Every field of a real delivery, in turn of every wrong type: stored with an outcome, never an error, never a crash.
create function with_wrong(body jsonb, path text[], wrong jsonb) returns text language sql as
$$ select jsonb_set(body, path, wrong)::text $$;
create table field as
  with recursive walk(path, value) as (
    select array[]::text[], convert_from(upcoming('BOOKING_CREATED-chain1.json'), 'UTF8')::jsonb
    union all
    select w.path || e.key, e.value
      from walk w, lateral (
        select key, value from jsonb_each(case jsonb_typeof(w.value) when 'object' then w.value else '{}' end)
        union all
        select (n - 1)::text, value
          from jsonb_array_elements(case jsonb_typeof(w.value) when 'array' then w.value else '[]' end) with ordinality a(value, n)
      ) e)
  select path from walk where cardinality(path) > 0;
select count(*) > 100 as many from field;
create table wrong_delivery as
  select f.path, w.wrong, d.outcome, d.detail
    from field f,
         (values ('null'::jsonb), ('true'), ('-1'), ('1e300'), ('""'), ('"text"'), ('[]'), ('[1,"a",null,{}]'), ('{}'), ('{"a":{"b":[]}}'),
                 ('"<b>&\r\nBcc: x@example.com"'), ('"2026-02-30T25:61:61Z"'), ('"\u0001\u2028\ud83d\ude00"')) as w(wrong),
         deliver(with_wrong(convert_from(upcoming('BOOKING_CREATED-chain1.json'), 'UTF8')::jsonb, f.path, w.wrong)) d;
select outcome from wrong_delivery group by outcome order by outcome;
-- Dead: only where the trigger, the payload or the uid is not what it must be.
select distinct path, detail from wrong_delivery where outcome = 'dead' order by path, detail;
select path, wrong, detail from wrong_delivery where outcome = 'deferred';

-- Times that no calendar has.
create table odd_time as
  select v.* from (values ('0000-01-01T00:00:00Z'), ('0001-01-01T00:00:00Z'), ('9999-12-31T23:59:59Z'), ('10000-01-01T00:00:00Z'),
    ('2096-02-30T10:00:00Z'), ('2096-02-29T10:00:00Z'), ('2096-01-01T10:00:00+14:00'), ('2096-01-01T10:00:00+99:99'), ('2096-01-01'),
    ('tomorrow'), ('infinity'), ('-infinity'), ('2096-01-01T24:00:00Z'), ('2096-12-31T23:59:60Z')) as v(time);
select time, outcome from odd_time, deliver(format(
  '{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"%1$s","status":"ACCEPTED","startTime":"%1$s","endTime":"%1$s"}}', time)) d;
select time, start_time from odd_time left join bookings on uid = time order by start_time, time;

-- Keys twice: one meaning, and no error.
select outcome, booking_uid from deliver('{"triggerEvent":"PING","triggerEvent":"BOOKING_CREATED","payload":{"uid":"twice-a","uid":"twice-b","status":"ACCEPTED","startTime":"2096-01-01T10:00:00Z","startTime":"2096-01-02T10:00:00Z"}}');
select uid, start_time from bookings where uid like 'twice%';

-- Names and addresses are data: nothing is cut, expanded or run; what cannot be an address gets no mail.
select outcome from deliver('{"triggerEvent":"BOOKING_CREATED","payload":{"uid":"names","status":"ACCEPTED","title":"<script>alert(1)</script>","startTime":"2096-01-01T10:00:00Z","attendees":[
  {"email":"html@example.com","name":"<img src=x onerror=alert(1)>"},{"email":"crlf@example.com","name":"A\r\nBcc: victim@example.com"},
  {"email":"sql@example.com","name":"''); drop table bookings; --"},{"email":"inject@example.com\r\nBcc: v@example.com","name":"I"},
  {"email":"Bobby <bobby@example.com>","name":"B"},{"email":"no address","name":"N"},{"email":"two@@example.com","name":"T"},{"email":"a@example.com,b@example.com","name":"L"}]}}');
select title from bookings where uid = 'names';
select to_jsonb(email) as email, to_jsonb(name) as name from booking_attendees where booking_uid = 'names' order by booking_attendees.email;
select recipient from email_outbox where booking_uid = 'names' order by recipient;

select pg_backend_pid() = :pid as same_backend, pg_postmaster_start_time() = :'started' as same_server;
