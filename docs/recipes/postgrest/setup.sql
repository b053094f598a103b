-- PostgREST's two roles and one schema for it, and calcom's webhooks in that schema. Run as superuser after
-- calcom_setup(); leave out what stands already.
CREATE ROLE authenticator NOINHERIT LOGIN;      -- then: \password authenticator
CREATE ROLE anon NOLOGIN;
GRANT anon TO authenticator;
CREATE SCHEMA api;
GRANT USAGE ON SCHEMA api TO anon;
-- A delivery that hangs is cancelled: PostgREST answers 500, and Cal.com repeats it.
ALTER ROLE authenticator SET statement_timeout = '8s';

SELECT calcom_expose_webhook(schema => 'api', role => 'anon');                          -- /rpc/calcom_webhook
SELECT calcom_expose_webhook(schema => 'api', role => 'anon', provider => 'resend');    -- /rpc/resend_webhook
