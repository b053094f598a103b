-- Every captured delivery goes in, exactly as it was sent and with the signature recorded for it, without an error.
\set ECHO none
\set subject fixtures
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all

-- Each into an account of its own, so that none depends on another.
create table delivery as
  select f ->> 'file' as file, f ->> 'hmac_sha256' as signature, format('account-%s', n) as account
    from jsonb_array_elements(convert_from(fixture('manifest.json'), 'UTF8')::jsonb -> 'fixtures') with ordinality e(f, n);
select count(calcom_account_add(account)) > 50 as many from delivery;
select count(*) > 50 as many from delivery, calcom_set_secret(account, 'webhook', 'whsec_test');
create table receipt as
  select d.file, d.account, r.* from delivery d, calcom_ingest(fixture(d.file), d.signature, d.account) r;
select file, outcome, detail from receipt order by file;

-- Each is in the log once, with the exact bytes, and what could be merged is a booking.
select file from receipt r where calcom_event_body(r.event_id, r.account) is distinct from fixture(r.file);
select file from receipt r
 where (r.outcome = 'applied') <> exists (select from bookings b where b.account = r.account and b.uid = r.booking_uid);

-- All into one account, twice over: the second time nothing but duplicates.
select count(*) - count(distinct fixture(file)) as equal_files from delivery;
select outcome, count(*) > 0 as some from delivery d, calcom_ingest(fixture(d.file), d.signature) r
 where outcome in ('deferred') group by outcome;
select distinct outcome from delivery d, calcom_ingest(fixture(d.file), d.signature) r;

-- What a body means can be asked without storing it.
select calcom_parse_payload(fixture('BOOKING_CANCELLED-chain4.json')) - 'details' - 'warnings' as parsed \gx
select key, value from jsonb_each(calcom_extract_booking(fixture('BOOKING_CREATED-overlap-a.json'))) order by key;
select file from delivery where calcom_parse_payload(fixture(file)) is null or calcom_extract_booking(fixture(file)) is null;
