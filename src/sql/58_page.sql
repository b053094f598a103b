-- The booking page: what an account shows, and whether a booking has arrived. Called by the proxy as a member of
-- calcom_ingester, for visitors who are nobody: an answer holds nothing but what the account publishes.
-- Origin, script and path end up in a Content-Security-Policy and in HTML, so a link is taken apart strictly.
create function @extschema@.calcom_page_address(cal_link text, out origin text, out script text, out path text)
language plpgsql immutable parallel safe set search_path = pg_catalog, pg_temp
as $address$
declare
  part text[] := regexp_match(cal_link,
    '^(https?)://([a-z0-9]([a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*)(:[0-9]{1,5})?((?:/[a-z0-9_~+.-]+)+)/?$', 'i');
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
comment on function @extschema@.calcom_page_address(text) is
  'Internal: what Cal.com''s embed needs to know of a cal_link: origin of the frame, address of embed.js, path. All null '
  'unless it is https://HOST/NAME[/EVENT] without a query (http for 127.0.0.1 and localhost only).';

create function @extschema@.calcom_page(account text default 'default', out cal_link text, out origin text,
  out script text, out path text, out title text, out intro text, out benefits text[], out theme text, out locale text)
returns setof record
language sql stable security definer set search_path = pg_catalog, pg_temp
as $page$
  select case when d.origin is not null then a.cal_link end, d.origin, d.script, d.path,
         coalesce(a.page ->> 'title', 'Book a time'),
         coalesce(a.page ->> 'intro', 'Choose a day and a time that suits you.'),
         coalesce(array(select b.value from jsonb_array_elements_text(a.page -> 'benefits') with ordinality b(value, place)
                         where a.page ? 'benefits' order by b.place),
                  '{}') ||
         case when a.page ? 'benefits' then '{}'::text[]
              else array['Times are shown in your own time zone.',
                         'Plans change: you can reschedule or cancel by the link that you get.',
                         'No account needed.'] end,
         coalesce(a.page ->> 'theme', 'auto'), a.locale
    from @extschema@.calcom_accounts a, @extschema@.calcom_page_address(a.cal_link) d
   where a.account = $1 and a.disabled_at is null
$page$;
comment on function @extschema@.calcom_page(text) is
  'What the booking page of an account shows: cal_link, origin, script and path for Cal.com''s embed (null while the '
  'account has no cal_link that can be embedded), texts, theme (auto, light, dark), language of the texts. No row: unknown '
  'or disabled account.';

create function @extschema@.calcom_seen(account text, uid text) returns boolean
language sql stable security definer set search_path = pg_catalog, pg_temp
as $seen$
  select exists (select from @extschema@.bookings b
                  where b.account = $1 and b.uid = $2 and b.status <> 'placeholder')
$seen$;
comment on function @extschema@.calcom_seen(text, text) is
  'True when a booking with this uid has arrived in the account. Tells nothing else about it; one index look-up, '
  'whatever the answer.';

create function @extschema@.calcom_check_page_text(value text, what text, longest integer) returns void
language plpgsql immutable set search_path = pg_catalog, pg_temp
as $text$
begin
  if length(value) > longest or value ~ '[[:cntrl:]]' then
    raise exception using errcode = 'invalid_parameter_value', message = what || ' is not valid',
      detail = format('It is plain text of up to %s characters on one line; markup is shown as it is written.', longest);
  end if;
end
$text$;
comment on function @extschema@.calcom_check_page_text(text, text, integer) is
  'Internal: raises 22023 unless the text may stand on a booking page.';

create function @extschema@.calcom_page_set(account text, title text default null, intro text default null,
  benefits text[] default null, theme text default null) returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $set$
declare
  benefit text;
  given jsonb;
begin
  perform @extschema@.calcom_check_page_text(title, 'title', 120);
  perform @extschema@.calcom_check_page_text(intro, 'intro', 600);
  foreach benefit in array coalesce(benefits, '{}') loop
    perform @extschema@.calcom_check_page_text(benefit, 'a benefit', 200);
    if coalesce(benefit, '') = '' then
      raise exception using errcode = 'invalid_parameter_value', message = 'a benefit is empty',
        hint = 'Leave it out; ''{}'' shows none.';
    end if;
  end loop;
  if cardinality(benefits) > 8 then
    raise exception using errcode = 'invalid_parameter_value', message = 'there are more than 8 benefits';
  elsif theme not in ('auto', 'light', 'dark') then
    raise exception using errcode = 'invalid_parameter_value', message = 'theme is not valid',
      hint = 'It is auto (as the visitor''s system is set), light or dark.';
  end if;
  given := jsonb_strip_nulls(jsonb_build_object('title', title, 'intro', intro, 'benefits', to_jsonb(benefits), 'theme', theme));
  update @extschema@.calcom_accounts a
     set page = (a.page || given) - array(select t.key from jsonb_each_text(given) t where t.value = '')
   where a.account = $1;
  if not found then
    raise exception using errcode = 'KC404', message = 'unknown account', hint = 'Add it with calcom_account_add().';
  end if;
  perform @extschema@.calcom_note_act('page_set', $1, null, jsonb_build_object('set',
    (select jsonb_agg(k order by k) from jsonb_object_keys(given) k)));
end
$set$;
comment on function @extschema@.calcom_page_set(text, text, text, text[], text) is
  'Texts and theme of an account''s booking page, plain text. null leaves a value as it is, '''' brings the default back, '
  'benefits ''{}'' shows none. What is booked there is cal_link: calcom_account_set().';
