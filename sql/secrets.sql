-- Secrets: set, made, changed with grace, read from files; and shown nowhere.
\set ECHO none
\set subject secrets
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all

-- What is no secret: refused, and the value is in none of the texts.
create table attempt (n int, label text, statement text);
insert into attempt values
  (1, 'empty', $$select calcom_set_secret('default', 'webhook', '')$$),
  (2, 'with a blank', $$select calcom_set_secret('default', 'webhook', 'top secret-value')$$),
  (3, 'with a line end', E'select calcom_set_secret(''default'', ''webhook'', E''secret-value\n'')'),
  (4, 'too long', format('select calcom_set_secret(''default'', ''webhook'', %L)', repeat('secret-value', 400))),
  (5, 'null where none is made', $$select calcom_set_secret('default', 'resend_api_key')$$),
  (6, 'unknown kind', $$select calcom_set_secret('default', 'password', 'secret-value')$$),
  (7, 'unknown account', $$select calcom_set_secret('nobody', 'webhook', 'secret-value')$$),
  (8, 'null account', $$select calcom_set_secret(null, 'webhook', 'secret-value')$$),
  (9, 'null kind', $$select calcom_set_secret('default', null, 'secret-value')$$),
  (10, 'null grace', $$select calcom_set_secret('default', 'webhook', 'secret-value', null)$$),
  (11, 'a file, no directory set', $$select calcom_set_secret('default', 'resend_api_key', 'file:resend')$$);
select label, r.* from attempt, refusal(statement) r order by n;
select label as reveals from attempt, refusal(statement) r where concat_ws(' ', r.message, r.detail, r.hint) like '%secret-value%';
select kind, value = 'whsec_test' as unchanged from calcom_secrets;

-- Nothing given: a random one is made, shown once and used at once. Another call makes another.
select calcom_account_add('made');
create table made as select calcom_set_secret('made', 'webhook') as first;
alter table made add second text;
update made set second = calcom_set_secret('made', 'webhook');
select first ~ '^[0-9a-f]{64}$' as hex, first <> second as another from made;

-- Changed: the former is accepted for the grace, no longer.
create function accepted(secret text, body text) returns text language sql as
$$ select state from refusal(format('select calcom_ingest(%L::text, %L, %L)', body, calcom_sign(body, secret), 'made')) $$;
select accepted(second, '{"triggerEvent":"PING","n":1}') as new, accepted(first, '{"triggerEvent":"PING","n":2}') as former from made;
update calcom_secrets set previous_until = now() - interval '1 second' where account = 'made';
select accepted(second, '{"triggerEvent":"PING","n":3}') as new, accepted(first, '{"triggerEvent":"PING","n":4}') as former from made;
select calcom_set_secret('made', 'webhook', 'third', grace => interval '0');
select accepted('third', '{"triggerEvent":"PING","n":5}') as new, accepted(second, '{"triggerEvent":"PING","n":6}') as former from made;
-- Setting the same again keeps the running grace; a key has none.
select calcom_set_secret('made', 'webhook', 'fourth');
select calcom_set_secret('made', 'webhook', 'fourth');
select accepted('fourth', '{"triggerEvent":"PING","n":7}') as new, accepted('third', '{"triggerEvent":"PING","n":8}') as former;
select calcom_set_secret('made', 'resend_api_key', 're_one'), calcom_set_secret('made', 'resend_api_key', 're_two');
select value, previous from calcom_secrets where account = 'made' and kind = 'resend_api_key';

-- From a file: read at each use, from the one directory, never through a link.
\getenv builddir PG_ABS_BUILDDIR
\set secrets :builddir '/secrets'
\setenv SECRETS :secrets
\! rm -rf "$SECRETS" && mkdir -m 755 "$SECRETS" && cd "$SECRETS" && printf 'from-a-file\n' > good && printf 'windows\r\n' > crlf && : > empty && head -c 5000 /dev/zero | tr '\0' x > large && ln -s good link && mkdir directory && mkfifo fifo && chmod 644 good crlf empty large
set calcom.secret_directory = :'secrets';
select name, r.state, r.detail from unnest(array['good', 'crlf', 'empty', 'large', 'link', 'directory', 'fifo', 'absent', '', '../secrets', '/etc/passwd', '.', '..']) with ordinality f(name, n),
  refusal(format('select calcom_set_secret(%L, %L, %L)', 'made', 'webhook', 'file:' || name)) r order by n;
select calcom_set_secret('made', 'webhook', 'file:good', grace => '0');
select accepted('from-a-file', '{"triggerEvent":"PING","n":9}') as content, accepted('file:good', '{"triggerEvent":"PING","n":10}') as name;
\! printf 'changed' > "$SECRETS/good"
select accepted('changed', '{"triggerEvent":"PING","n":11}') as new, accepted('from-a-file', '{"triggerEvent":"PING","n":12}') as former;
\! rm -rf "$SECRETS"
select (refusal(format('select calcom_ingest(%L::text, %L, %L)', '{}', repeat('0', 64), 'made'))).* \gx
reset calcom.secret_directory;

-- Nobody but a superuser says where files are read from, and nobody reads the table: not even those who set secrets.
create role regress_calcom_setter in role calcom_operator, calcom_reader;
set role regress_calcom_setter;
set calcom.secret_directory = '/etc';
show calcom.secret_directory;
select value from calcom_secrets;
select count(*) from calcom_secrets;
select calcom_set_secret('default', 'webhook', 'set-by-an-operator');
reset role;
drop role regress_calcom_setter;
select value from calcom_secrets where account = 'default' and kind = 'webhook';

-- Who watches the server sees the call without its value.
do $$
begin
  perform calcom_set_secret('default', 'resend_api_key', 're_watch_me');
  if exists (select from pg_stat_activity where pid = pg_backend_pid() and query like '%re_watch_me%') then
    raise 'the key is shown';
  end if;
end $$;
