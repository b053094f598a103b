-- Who may speak to us: the signature is the hexadecimal HMAC-SHA256 of the exact bytes, and nothing else passes.
\set ECHO none
\set subject signature
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all

-- Every captured delivery: our signature is the one recorded with it, and it verifies. Prints violations only.
create view manifest as
  select f ->> 'file' as file, f ->> 'hmac_sha256' as hmac, m ->> 'secret' as secret
    from (select convert_from(fixture('manifest.json'), 'UTF8')::jsonb) as one(m), jsonb_array_elements(m -> 'fixtures') f;
select count(*) > 50 as many from manifest;
select file from manifest
 where calcom_sign(fixture(file), secret) <> hmac
    or not calcom_verify_signature(fixture(file), hmac, secret)
    or not calcom_verify_signature(fixture(file), upper(hmac), secret)
    or calcom_verify_signature(fixture(file), hmac, secret || ' ')
    or calcom_verify_signature(fixture(file) || '\x0a'::bytea, hmac, secret);

-- A known answer (RFC 4231, case 2), and the text twin signs the UTF-8 bytes.
select calcom_sign('what do ya want for nothing?'::bytea, 'Jefe');
select calcom_sign('żółć 😀', 's') = calcom_sign(convert_to('żółć 😀', 'UTF8'), 's') as same;
select calcom_verify_signature('żółć 😀'::text, calcom_sign('żółć 😀'::text, 's'), 's');

-- Hostile headers: false, never an error.
create table header (label text, value text);
insert into header
select v.* from (select calcom_sign('body'::text, 'secret')) as one(good),
  lateral (values
    ('as sent', good), ('upper case', upper(good)), ('blanks around', ' ' || good || E'\t'),
    ('empty', ''), ('blank', '   '), ('no secret at Cal.com', 'no-secret-provided'),
    ('too short', left(good, 63)), ('too long', good || '0'), ('prefix sha256=', 'sha256=' || good),
    ('not hex', 'g' || substr(good, 2)), ('twice', good || ',' || good), ('twice, first wrong', repeat('0', 64) || ', ' || good),
    ('newline inside', left(good, 32) || E'\n' || substr(good, 33)), ('zeros', repeat('0', 64)),
    ('one digit differs', case left(good, 1) when '0' then '1' else '0' end || substr(good, 2)),
    ('last digit differs', left(good, 63) || case right(good, 1) when '0' then '1' else '0' end),
    ('full-width digits', repeat('０', 64)), ('a megabyte', repeat('a', 1048576)), ('percent-encoded', '%30' || substr(good, 2)),
    ('base64', encode(decode(good, 'hex'), 'base64'))) as v(label, value);
select label, calcom_verify_signature('body'::text, value, 'secret') as valid from header order by valid desc, label;

-- An empty secret verifies nothing, not even what it signed; a null argument gives null, which is not true.
select calcom_verify_signature('body'::text, calcom_sign('body'::text, ''), '') as empty_secret,
       calcom_verify_signature('body'::text, null, 'secret') as no_header,
       calcom_verify_signature(null::text, 'x', 'secret') as no_body;

-- Long keys, NUL bytes, an empty body.
select calcom_sign('body'::bytea, repeat('k', 200)) = calcom_sign('body'::bytea, repeat('k', 201)) as same_key,
       calcom_sign('\x6100'::bytea, 's') = calcom_sign('\x61'::bytea, 's') as cut_at_nul,
       calcom_verify_signature(''::bytea, calcom_sign(''::bytea, 's'), 's') as empty_body;

-- At the door each has its own refusal, which tells neither the secret nor how far the comparison came.
select h.label, r.state, r.message, r.detail
  from header h, refusal(format('select calcom_ingest(%L::text, %L)', 'body', h.value)) r
 where h.label not in ('as sent', 'upper case', 'blanks around') order by r.state, h.label;
select (refusal('select calcom_ingest(''body''::text, null)')).*;
select count(*) as stored from calcom_events;
