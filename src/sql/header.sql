-- calcom: Cal.com webhooks verified and kept as bookings with history, mail sent by a background worker.
\echo Use "CREATE EXTENSION calcom" to load this file. \quit

-- No name and no operator of this script can resolve to an object of anybody else: every object of ours is written with
-- its schema, everything else is in pg_catalog.
set local search_path = pg_catalog, pg_temp;

-- Members of the extension are functions and the secrets table. Data tables are ordinary tables that calcom_setup()
-- creates, so that a dump keeps their rows and DROP EXTENSION leaves them alone (docs/decisions/0001).
do $schema$
begin
  if '@extschema@'::regnamespace = to_regnamespace('calcom_internal') then
    raise exception using errcode = 'invalid_schema_name',
      message = 'calcom cannot be installed into schema calcom_internal',
      detail = 'The extension creates that schema for its internal functions.',
      hint = 'Run: CREATE SCHEMA calcom; CREATE EXTENSION calcom SCHEMA calcom;';
  end if;
end
$schema$;
