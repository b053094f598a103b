-- The booking page: its data, who may set it, and that it reveals nothing about a booking.
\set ECHO none
\set subject page
\getenv abs_srcdir PG_ABS_SRCDIR
\set include :abs_srcdir '/sql/include/fresh_database.sql'
\i :include
\set ECHO all
-- The embed's parameters of a link; null if it must not be used in a policy or a page.
select left(link, 40) as link, a.* from unnest(array['https://cal.com/zoe/intro', 'https://app.cal.com/zoe/intro/', 'https://CAL.com/team/a-b/c_d', 'https://acme.cal.com/zoe',
  'https://cal.example.org/zoe/intro', 'https://cal.example.org:8443/zoe', 'http://127.0.0.1:3000/zoe/intro', 'http://localhost/zoe',
  'http://cal.example.org/zoe', 'https://cal.com', 'https://cal.com/', 'https://cal.com/zoe?x=1', 'https://cal.com/zoe#x', 'https://cal.com/../zoe',
  'https://cal.com/zoe/./intro', 'https://cal.com/z;script-src *', 'https://cal.com/z"onload', 'https://cal.com''/zoe', 'https://evil@cal.com/zoe',
  'https://[::1]/zoe', 'https://cal..com/zoe', 'https://-cal.com/zoe', E'https://cal.com/zoe\nx', 'https://cal.com/%2e%2e/zoe', 'ftp://cal.com/zoe',
  'https://notcal.com/zoe', 'https://cal.com.evil.example/zoe', 'https://cal.com/' || repeat('a', 500), null]) with ordinality t(link, n), calcom_internal.page_address(link) a order by n;

-- An account without texts of its own: one row for each language that the proxy has words for; its own language first.
select cal_link, theme, locale, title, intro, benefits, words from calcom_page();
select calcom_account_set('default', cal_link => 'https://cal.com/zoe/intro');
select calcom_page_set('default', title => 'Meet Zoë', intro => '<b>Hello</b> & welcome', benefits => array['One', 'Two "quoted"'], theme => 'dark');
select p.cal_link, origin, script, path, title, intro, benefits, theme, locale, words from calcom_page('default') p \gx
select calcom_page_set('default', intro => '', benefits => '{}', theme => 'auto');
select title, intro, benefits, theme from calcom_page('default');
select calcom_account_set('default', cal_link => 'http://plain.example/zoe');
select cal_link, origin, script, path from calcom_page('default');

-- Another language: texts that the account has not set are null. No benefits means none in all languages.
create function offered(account text default 'default') returns table (locale text, title text, intro text, benefits text[], next text, confirmed text)
language sql as $$ select p.locale, p.title, p.intro, p.benefits, p.words ->> 'next', p.words ->> 'confirmed_title' from calcom_page(account) p $$;
select calcom_page_set('default', locale => 'de', title => 'Zoë treffen'), calcom_page_set('default', locale => 'NL', intro => 'Kies een dag');
select * from offered();
select calcom_page_set('default', locale => 'nl', words => '{"next": "Nog een", "confirmed_title": "Bevestigd"}'),
       calcom_page_set('default', words => '{"next": "Once more, {host}", "confirmed_title": ""}', theme => 'dark', benefits => array['One']);
select * from offered();
-- '' takes back; a language without texts is not offered, and the account's own may be named.
select calcom_page_set('default', locale => 'de', title => ''), calcom_page_set('default', locale => 'nl', intro => '', words => '{"next": "", "confirmed_title": ""}'),
       calcom_page_set('default', locale => 'en', words => '{"next": ""}', title => '');
select page from calcom_accounts where account = 'default';
select calcom_account_set('default', locale => 'pt-BR');
select * from offered();
select calcom_account_set('default', locale => 'en');

-- Unknown and disabled accounts look the same.
select calcom_account_add('agency', cal_link => 'https://cal.example.org/agency');
select count(*) from calcom_page('agency');
select calcom_account_disable('agency');
select count(*) from calcom_page('agency');
select count(*) from calcom_page('nobody');

create table attempt (n int, statement text);
insert into attempt (n, statement) values
  (1, $$select calcom_page_set('nobody', title => 'x')$$), (2, $$select calcom_page_set('default', title => repeat('x', 121))$$),
  (3, $$select calcom_page_set('default', intro => E'two\nlines')$$), (4, $$select calcom_page_set('default', benefits => array['a', ''])$$),
  (5, $$select calcom_page_set('default', benefits => array['a', null])$$), (6, $$select calcom_page_set('default', benefits => array_fill('a'::text, array[9]))$$),
  (7, $$select calcom_page_set('default', theme => 'blue')$$), (8, $$select calcom_page_set('default', benefits => array[repeat('x', 201)])$$),
  (9, $$select calcom_page_set('default', words => '[]')$$), (10, $$select calcom_page_set('default', words => '{"nxt": "x"}')$$),
  (11, $$select calcom_page_set('default', words => '{"next": 1}')$$), (12, $$select calcom_page_set('default', words => '{"next": "a\nb"}')$$),
  (13, $$select calcom_page_set('default', words => jsonb_build_object('next', repeat('x', 401)))$$), (14, $$select calcom_page_set('default', title => 'x', locale => '"><b>')$$),
  (15, $$select calcom_page_set('default', title => 'x', locale => l) from unnest(array(select 'a' || chr(a) || chr(b) from generate_series(97, 101) a, generate_series(97, 101) b)) l$$),
  (16, $$select calcom_page_set('default', title => 'x', locale => '')$$);
select n, r.state, r.message, r.detail, r.hint from attempt, refusal(statement) r order by n;

-- Seen: known in this account; by its own delivery, or as one that was moved.
select outcome from deliver(upcoming('BOOKING_RESCHEDULED-chain2.json'));
select uid <> 'x' as has_uid, status, calcom_seen('default', uid) as seen, calcom_seen('agency', uid) as elsewhere from bookings order by status;
select calcom_seen('default', 'SPOOFED'), calcom_seen('default', ''), calcom_seen(null, null), calcom_seen('nobody', 'x');

-- The proxy may ask, and see nothing else.
create role regress_calcom_page in role calcom_ingester;
set role regress_calcom_page;
select calcom.calcom_seen('default', 'SPOOFED'), count(*) from calcom.calcom_page('default');
select calcom.calcom_page_set('default', title => 'mine');
select page from calcom.calcom_accounts;
reset role;
drop role regress_calcom_page;
