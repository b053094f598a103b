-- Accounts: deliveries of one never touch another's rows, secrets rotate without a loss, a disabled account is closed.
\set ECHO none
\set subject account_isolation
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
select calcom_account_add('other');
select calcom_set_secret('other', 'webhook', 'whsec_test');
create function picture(of text) returns text language sql as $$
  select md5(concat((select jsonb_agg(to_jsonb(b) order by uid) from bookings b where account = of),
    (select jsonb_agg(to_jsonb(a) order by booking_uid, email) from booking_attendees a where account = of),
    (select jsonb_agg(to_jsonb(f) order by uid) from booking_facts f where account = of),
    (select jsonb_agg(to_jsonb(h) order by id) from booking_history h where account = of),
    (select jsonb_agg(to_jsonb(o) order by id) from email_outbox o where account = of),
    (select jsonb_agg(to_jsonb(e) order by id) from calcom_events e where account = of))) $$;

-- Equal uids, equal bytes, one secret: two bookings.
select outcome from deliver(upcoming('BOOKING_CREATED-chain1.json'), 'default');
select outcome from deliver(upcoming('BOOKING_CREATED-chain1.json'), 'other');
select outcome from deliver(upcoming('BOOKING_CREATED-chain1.json'), 'other');
select account, count(*), min(status) as status from bookings group by account order by account;

-- A whole life in one account, seats and chain and own changes, and not one row of the other differs.
create table before as select picture('default') as picture;
select name, d.outcome from unnest(array['BOOKING_RESCHEDULED-chain2.json', 'BOOKING_RESCHEDULED-chain3.json', 'BOOKING_CANCELLED-chain4.json',
  'BOOKING_CREATED-seats1.json', 'BOOKING_CREATED-seats2.json', 'BOOKING_CANCELLED-seats4-one-seat.json']) with ordinality f(name, n), deliver(upcoming(name), 'other') d order by n;
select calcom_create_booking('Own', now() + interval '1 day', now() + interval '25 hours', 'ana@example.com', account => 'other') as own \gset
select calcom_update_booking(:'own', title => 'Renamed', account => 'other');
select calcom_cancel_booking(:'own', account => 'other');
select picture('default') = picture as untouched from before;
select account, status, count(*) from bookings group by 1, 2 order by 1, 2;
select (refusal(format('select calcom_cancel_booking(%L)', :'own'))).state as not_from_the_other_account;

-- One batch for both: each item to its own.
select item, r.outcome from calcom_ingest_batch(array[upcoming('BOOKING_CANCELLED-chain4.json'), upcoming('BOOKING_CREATED-paid3.json')],
  array[calcom_sign(upcoming('BOOKING_CANCELLED-chain4.json'), 'whsec_test'), calcom_sign(upcoming('BOOKING_CREATED-paid3.json'), 'whsec_test')],
  array['default', 'other']) r order by item;
select account, count(*) filter (where status = 'cancelled') as cancelled from bookings group by account order by account;

-- Two secrets while both are valid: nothing is lost. A signature of one account opens no other.
create function taken(secret text, n int, account text default 'other') returns text language sql as $$
  select state from refusal(format('select calcom_ingest(%L::text, %L, %L)', format('{"triggerEvent":"PING","n":%s}', n),
                                   calcom_sign(format('{"triggerEvent":"PING","n":%s}', n), secret), account)) $$;
select calcom_set_secret('other', 'webhook', 'second', grace => '1 hour');
select taken(case when n % 2 = 0 then 'whsec_test' else 'second' end, n) as state, count(*) from generate_series(1, 20) n group by 1;
select taken('second', 21, 'default') as not_in_default;
update calcom_secrets set previous_until = now() where account = 'other';
select taken('whsec_test', 22) as former_after_its_end, taken('second', 23) as current;

-- Revoked: the former at once, or all of them.
select calcom_set_secret('other', 'webhook', 'third', grace => '1 hour');
select taken('second', 24) as former;
select calcom_revoke_secret('other', 'webhook') as revoked, calcom_revoke_secret('other', 'webhook') as again;
select taken('second', 25) as former, taken('third', 26) as current;
select calcom_revoke_secret('other', 'webhook', 'all') as revoked;
select taken('third', 27) as none_left;
select taken('whsec_test', 28, 'default') as other_account;
select r.state, r.message from unnest(array[$$select calcom_revoke_secret('nobody', 'webhook')$$, $$select calcom_revoke_secret('other', 'password')$$,
  $$select calcom_revoke_secret('other', 'webhook', 'some')$$, $$select calcom_revoke_secret(null, 'webhook')$$]) with ordinality a(s, n), refusal(s) r order by n;

-- Disabled: refused to who holds the secret, unknown to who does not; all of it stays.
select calcom_set_secret('other', 'webhook', 'whsec_test');
select calcom_account_disable('other');
select calcom_account_disable('other');
select taken('whsec_test', 29) as disabled, taken('wrong', 30) as wrong, taken('whsec_test', 31, 'default') as other_account;
select (refusal(format('select calcom_ingest(%L::text, %L, %L)', '{}', calcom_sign('{}'::text, 'whsec_test'), 'other'))).*;
select sqlstate, outcome from calcom_ingest_batch(array['{}'::bytea], array[calcom_sign('{}'::bytea, 'whsec_test')], array['other']);
select state, finding from calcom_doctor() where check_name = 'mail mode of other';
select calcom_account_enable('other');
select taken('whsec_test', 32) as enabled;
select (refusal($$select calcom_account_disable('nobody')$$)).state as unknown, (refusal($$select calcom_account_enable('nobody')$$)).state as unknown;
