-- The booking page: what an account shows, and whether a booking has arrived. The proxy calls it as a member of
-- calcom_ingester for anonymous visitors: an answer contains only what the account publishes.
-- Origin, script and path are used in a Content-Security-Policy and in HTML, so a link is parsed strictly.
create function calcom_internal.page_address(cal_link text, out origin text, out script text, out path text)
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp
as $address$
declare
  part text[] := regexp_match(cal_link,
    '^(https?)://([a-z0-9]([a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)(:[0-9]{1,5})?'
    '((?:/[a-z0-9_~+.-]+)+)/?$', 'i');
  host text := lower(part[2]);
begin
  if part is null or length(cal_link) > 500 or part[6] ~ '/\.\.?(/|$)' then
    return;
  elsif lower(part[1]) = 'http' and host not in ('127.0.0.1', 'localhost') then
    return;  -- a browser sends it in the clear, and does not show it in a page that came by HTTPS
  end if;
  path := substr(part[6], 2);
  if host in ('cal.com', 'www.cal.com', 'app.cal.com') then
    origin := 'https://app.cal.com';
  else
    origin := lower(part[1]) || '://' || host || coalesce(part[5], '');
  end if;
  script := case when host ~ '(^|\.)cal\.com$' then 'https://app.cal.com' else origin end || '/embed/embed.js';
end
$address$;
comment on function calcom_internal.page_address(text) is
  'Internal: parameters of Cal.com''s embed for a cal_link: origin of the frame, address of embed.js, path. All null '
  'unless it is https://HOST/NAME[/EVENT] without a query (http for 127.0.0.1 and localhost only).';

-- Page: calcom_accounts.page. Texts in the account's own language are at the top level, others in "in". No benefits
-- in the account's language means none in all languages.
create function @extschema@.calcom_page(account text default 'default', out cal_link text, out origin text,
  out script text, out path text, out title text, out intro text, out benefits text[], out theme text, out locale text,
  out words jsonb)
returns setof record
language sql stable security definer set search_path = pg_catalog, pg_temp
as $page$
  select case when d.origin is not null then a.cal_link end, d.origin, d.script, d.path,
         g.given ->> 'title', g.given ->> 'intro',
         case when b.benefits is not null then
           array(select e.value from jsonb_array_elements_text(b.benefits) with ordinality e (value, place)
                  order by e.place)
         end,
         coalesce(a.page ->> 'theme', 'auto'), l.locale, coalesce(g.given -> 'words', '{}')
    from @extschema@.calcom_accounts a, calcom_internal.page_address(a.cal_link) d,
         lateral (select o.locale, o.place
                    from (values (lower(a.locale), 0), ('en', 1), ('de', 1), ('es', 1), ('fr', 1)) o (locale, place)
                   where o.place = 0 or not a.page ?| array['title', 'intro', 'benefits', 'words']
                  union
                  select k.locale, 1 from jsonb_object_keys(a.page -> 'in') k (locale)) l,
         lateral (select case when l.place = 0 then a.page else coalesce(a.page -> 'in' -> l.locale, '{}') end)
           g (given),
         lateral (select coalesce(g.given -> 'benefits', case when a.page -> 'benefits' = '[]' then '[]'::jsonb end))
           b (benefits)
   where a.account = $1 and a.disabled_at is null and (l.place = 0 or l.locale <> lower(a.locale))
   order by l.place, l.locale
$page$;
comment on function @extschema@.calcom_page(text) is
  'Data of an account''s booking page, one row for each language in which it is available, the account''s own language '
  'first: cal_link; origin, script and path for Cal.com''s embed (null if cal_link cannot be embedded); title, intro, '
  'benefits and words that the account has set (null or {} where the built-in texts of the proxy apply); theme (auto, '
  'light, dark); locale. No row for an unknown or disabled account.';

create function @extschema@.calcom_seen(account text, uid text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
as $seen$
  select exists (select from @extschema@.bookings b
                  where b.account = $1 and b.uid = $2 and b.status <> 'placeholder')
$seen$;
comment on function @extschema@.calcom_seen(text, text) is
  'True if a booking with this uid has arrived in the account. Reveals nothing else; one index lookup, whatever the '
  'answer.';

create function calcom_internal.check_page_text(value text, what text, longest integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $text$
begin
  if length(value) > longest or value ~ '[[:cntrl:]]' then
    raise exception using errcode = 'invalid_parameter_value', message = what || ' is not valid',
      detail = format('It is plain text of up to %s characters on one line; markup is shown as it is written.',
        longest);
  end if;
end
$text$;
comment on function calcom_internal.check_page_text(text, text, integer) is
  'Internal: raises 22023 unless the text is valid for a booking page.';

create function calcom_internal.check_page_words(words jsonb) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $words$
declare
  -- The names in web/src/words/en.json.
  known constant text[] := array[
    'again', 'blocked_text', 'blocked_title', 'booking', 'cancelled_text', 'cancelled_title', 'confirmed_text',
    'confirmed_title', 'failed_text', 'failed_title', 'good_to_know', 'late_text', 'late_title', 'link', 'loading',
    'moved_text', 'moved_title', 'next', 'noscript_text', 'noscript_title', 'payment_text', 'payment_title',
    'pending_text', 'pending_title', 'plain', 'reported_text', 'reported_title', 'series_text', 'series_title',
    'silent_text', 'silent_title', 'skip', 'slow_text', 'slow_title', 'waiting_text', 'waiting_title'];
  word record;
begin
  if jsonb_typeof(words) <> 'object' then
    raise exception using errcode = 'invalid_parameter_value', message = 'words is not a JSON object',
      hint = 'Such as ''{"next": "Book again"}''.';
  end if;
  for word in select e.key, e.value, e.value #>> '{}' as text from jsonb_each(words) e loop
    if word.key <> all (known) then
      raise exception using errcode = 'invalid_parameter_value', message = 'there is no such word on a booking page',
        detail = format('Given is %L.', left(word.key, 60)),
        hint = 'The names are: ' || array_to_string(known, ', ') || '.';
    elsif jsonb_typeof(word.value) <> 'string' then
      raise exception using errcode = 'invalid_parameter_value', message = format('%s is not a string', word.key);
    end if;
    perform calcom_internal.check_page_text(word.text, word.key, 400);
  end loop;
end
$words$;
comment on function calcom_internal.check_page_words(jsonb) is
  'Internal: raises 22023 unless the names are those of words of a booking page.';

create function calcom_internal.check_page_benefits(benefits text[]) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $benefits$
declare
  benefit text;
begin
  foreach benefit in array coalesce(benefits, '{}') loop
    perform calcom_internal.check_page_text(benefit, 'a benefit', 200);
    if coalesce(benefit, '') = '' then
      raise exception using errcode = 'invalid_parameter_value', message = 'a benefit is empty',
        hint = 'Leave it out; ''{}'' shows none.';
    end if;
  end loop;
  if cardinality(benefits) > 8 then
    raise exception using errcode = 'invalid_parameter_value', message = 'there are more than 8 benefits';
  end if;
end
$benefits$;
comment on function calcom_internal.check_page_benefits(text[]) is
  'Internal: raises 22023 unless the benefits are valid for a booking page.';

-- '' restores the default of a text. A language without texts is no longer offered.
create function calcom_internal.page_changed(former jsonb, given jsonb) returns jsonb
language sql immutable parallel safe set search_path = pg_catalog, pg_temp
as $merged$
  select jsonb_strip_nulls(jsonb_build_object('words', nullif(w.words, '{}'))) ||
         ((m.merged - 'words') - array(select t.key from jsonb_each_text(m.merged - 'words') t where t.value = ''))
    from (select coalesce($1, '{}') || $2 as merged,
                 coalesce($1 -> 'words', '{}') || coalesce($2 -> 'words', '{}') as words) m,
         lateral (select m.words - array(select t.key from jsonb_each_text(m.words) t where t.value = '') as words) w
$merged$;
comment on function calcom_internal.page_changed(jsonb, jsonb) is
  'Internal part of calcom_page_set(): the texts of one language after a change.';

create function @extschema@.calcom_page_set(account text, title text default null, intro text default null,
  benefits text[] default null, theme text default null, words jsonb default null, locale text default null)
    returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $set$
declare
  language constant text := lower(locale);
  given jsonb;
  own text;
  former jsonb;
  others jsonb;
begin
  perform calcom_internal.check_page_text(title, 'title', 120);
  perform calcom_internal.check_page_text(intro, 'intro', 600);
  perform calcom_internal.check_page_benefits(benefits);
  perform calcom_internal.check_page_words(words);
  if theme not in ('auto', 'light', 'dark') then
    raise exception using errcode = 'invalid_parameter_value', message = 'theme is not valid',
      hint = 'It is auto (as the visitor''s system is set), light or dark.';
  elsif language !~ '^[a-z]{2,3}(-[a-z0-9]{1,8})*$' or length(language) > 35 then
    raise exception using errcode = 'invalid_parameter_value', message = 'locale is not valid',
      hint = 'It is a language tag such as de or pt-BR.';
  end if;
  select lower(a.locale), a.page into own, former from @extschema@.calcom_accounts a where a.account = $1
    for no key update;
  if not found then
    perform calcom_internal.raise_error('unknown_account');
  end if;
  given := jsonb_strip_nulls(jsonb_build_object('title', title, 'intro', intro, 'benefits', to_jsonb(benefits),
    'words', words));
  if language is null or language = own then
    former := calcom_internal.page_changed(former, given);
  else
    others := jsonb_build_object(language, calcom_internal.page_changed(former -> 'in' -> language, given));
    others := coalesce(former -> 'in', '{}') || others;
    others := others - array(select k.key from jsonb_each(others) k where k.value = '{}');
    former := (former - 'in') || jsonb_strip_nulls(jsonb_build_object('in', nullif(others, '{}')));
  end if;
  if (select count(*) from jsonb_object_keys(others)) > 20 then
    raise exception using errcode = 'invalid_parameter_value',
      message = 'there are more than 20 languages besides the account''s own';
  end if;
  given := given || jsonb_strip_nulls(jsonb_build_object('theme', theme));
  update @extschema@.calcom_accounts a set page = former || (given - array['title', 'intro', 'benefits', 'words'])
   where a.account = $1;
  perform calcom_internal.note_act('page_set', $1, null, jsonb_strip_nulls(jsonb_build_object(
    'set', (select jsonb_agg(k order by k) from jsonb_object_keys(given) k), 'locale', language)));
end
$set$;
comment on function @extschema@.calcom_page_set(text, text, text, text[], text, jsonb, text) is
  'Sets texts and theme of an account''s booking page, as plain text. words: further texts by the names in '
  'calcom_page(). locale: language of the given texts, by default the account''s own. Null leaves a value unchanged, '
  ''''' restores the default, benefits ''{}'' shows none. The bookable calendar is cal_link of calcom_account_set().';
