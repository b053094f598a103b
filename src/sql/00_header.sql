-- calcom: Cal.com webhooks verified and kept as bookings with history, mail sent by a background worker.
\echo Use "CREATE EXTENSION calcom" to load this file. \quit

-- Members of the extension are functions and the secrets table. Data tables are ordinary tables created by
-- calcom_setup(), so that a dump contains them completely and DROP EXTENSION keeps them (docs/decisions/0001).
