-- Accounts: one for each Cal.com account; what is written there is checked when it is written.
\set ECHO none
\set subject accounts
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
select account, sender, mail_mode, locale, paused from calcom_accounts;
select calcom_account_add('studio-2.b_c', sender => 'Zoë''s Studio <hello@studio.example>', reply_to => 'zoe@studio.example',
                          cal_link => 'https://cal.com/zoe', booker_url => 'https://app.cal.com', locale => 'de');
select account, sender, reply_to, cal_link, booker_url, locale, mail_mode, redirect_to, paused from calcom_accounts where account <> 'default' \gx

-- Refused, with what to write instead.
create table attempt (n int, statement text);
insert into attempt (n, statement) values
  (1, $$select calcom_account_add('studio-2.b_c')$$), (2, $$select calcom_account_add('')$$), (3, $$select calcom_account_add(null)$$),
  (4, $$select calcom_account_add('a/b')$$), (5, $$select calcom_account_add('../x')$$), (6, $$select calcom_account_add(repeat('x', 64))$$),
  (7, $$select calcom_account_add('a', sender => 'no address')$$), (8, $$select calcom_account_add('a', sender => E'x@example.com\r\nBcc: y@example.com')$$),
  (9, $$select calcom_account_add('a', sender => 'A <a@example.com>, B <b@example.com>')$$), (10, $$select calcom_account_add('a', reply_to => 'a@b')$$),
  (11, $$select calcom_account_add('a', cal_link => 'javascript:alert(1)')$$), (12, $$select calcom_account_add('a', booker_url => 'https://user:pass@cal.com')$$),
  (13, $$select calcom_account_set('nobody', sender => 'a@example.com')$$), (14, $$select calcom_account_set('default', mail_mode => 'live')$$),
  (15, $$select calcom_account_set('default', mail_mode => 'loud')$$), (16, $$select calcom_account_set('default', mail_mode => 'redirect')$$),
  (17, $$select calcom_account_set('default', redirect_to => 'nowhere')$$), (18, $$select calcom_account_set('default', sender => '')$$),
  (19, $$select calcom_account_set('default', sender => 'A <a@example.com')$$), (20, $$select calcom_account_set('default', sender => 'a@example.com>')$$),
  (21, $$select calcom_account_set('default', sender => 'Acme, Inc. <a@example.com>')$$), (22, $$select calcom_account_set('default', sender => 'Acme (Berlin) <a@example.com>')$$),
  (23, $$select calcom_account_set('default', sender => '"Acme <a@example.com>')$$), (24, $$select calcom_account_set('default', sender => '"A" B" <a@example.com>')$$),
  (25, $$select calcom_account_set('default', sender => 'a,b@example.com')$$), (26, $$select calcom_account_set('default', sender => '"a"@example.com')$$),
  (27, $$select calcom_account_set('default', locale => 'deutsch')$$), (28, $$select calcom_account_add('a', locale => '')$$);
select n, r.state, r.message, r.hint from attempt, refusal(statement) r order by n;
select count(*) from calcom_accounts;

-- Names as people write them, quoted where they must be.
select s as sender, calcom_account_set('default', sender => s)
  from unnest(array['"Acme, Inc." <a@example.com>', '"The \"A\" Team: (Berlin)" <a@example.com>', 'Dr. Zoë O''Neil & Co <a@example.com>', '<a@example.com>', 'Zoe<a@example.com>']) s;

-- Changed one by one; null leaves a value as it is.
select calcom_account_set('default', sender => 'hello@studio.example');
select calcom_account_set('default', mail_mode => 'redirect', redirect_to => 'me@studio.example');
select calcom_account_set('default', paused => true);
select calcom_account_set('default');
select sender, mail_mode, redirect_to, paused from calcom_accounts where account = 'default';
select calcom_account_set('default', mail_mode => 'test', paused => false);
select sender, mail_mode, redirect_to, paused from calcom_accounts where account = 'default';
