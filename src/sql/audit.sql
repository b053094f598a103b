-- Audit of operators: who did what by a function of calcom, by psql or by the operator page. The functions that act
-- write the row in the transaction that acts: an act that fails leaves no row.
create function calcom_internal.note_act(action text, account text default null, target text default null,
  detail jsonb default null) returns void
language c security definer set search_path = pg_catalog, pg_temp as 'MODULE_PATHNAME', 'calcom_note_act';
comment on function calcom_internal.note_act(text, text, text, jsonb) is
  'Internal: adds a row to calcom_audit for the calling role. account null: all accounts or none. target and detail '
  'must not contain secrets or personal data.';

create function @extschema@.calcom_person_mark(email text) returns text
language sql stable strict parallel safe set search_path = pg_catalog, pg_temp
as $$ select 'person ' || left(encode(sha256(convert_to(lower(trim(email) collate "C"), 'UTF8')), 'hex'), 16) $$;
comment on function @extschema@.calcom_person_mark(text) is
  'Hash by which calcom_audit identifies a person without showing the address.';
