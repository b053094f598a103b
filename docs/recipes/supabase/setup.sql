-- calcom in a self-hosted Supabase, in a schema of its own that is not exposed; its two webhooks in public, which is.
-- Run as supabase_admin.
CREATE SCHEMA calcom;
CREATE EXTENSION calcom SCHEMA calcom;
SELECT * FROM calcom.calcom_setup();
SELECT calcom.calcom_expose_webhook(schema => 'public', role => 'anon');
SELECT calcom.calcom_expose_webhook(schema => 'public', role => 'anon', provider => 'resend');
