-- calcom: Cal.com webhooks verified and kept as bookings with history, mail sent by a background worker.
\echo Use "CREATE EXTENSION calcom" to load this file. \quit

-- Members of the extension are functions and the secrets table. Data tables are ordinary tables made by
-- calcom_setup(), so that a dump keeps them whole and DROP EXTENSION leaves them alone (docs/decisions/0001).
