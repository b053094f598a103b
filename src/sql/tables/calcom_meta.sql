-- What calcom_setup() has done in this database.
create function calcom_internal.table_calcom_meta() returns void
language plpgsql security definer set search_path = pg_catalog, pg_temp
as $setup$
begin
  create table @extschema@.calcom_meta (
    key text primary key,
    value text not null
  );

  comment on table @extschema@.calcom_meta is 'State of calcom_setup() in this database.';
  comment on column @extschema@.calcom_meta.key is 'schema_version: the version of the data tables';
  comment on column @extschema@.calcom_meta.value is 'value of the key';

  alter table @extschema@.calcom_meta enable row level security;
  revoke all on @extschema@.calcom_meta from public;
end
$setup$;
comment on function calcom_internal.table_calcom_meta() is
  'Step of calcom_setup(): creates calcom_meta and all that belongs to it.';
