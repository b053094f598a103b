-- In ANOTHER database, one that has pg_net and pgcrypto and no calcom (a hosted Supabase, say): tells the calcom of
-- elsewhere of a booking that was made there, as Cal.com would. Not for passing on deliveries of Cal.com.
-- pg_net sends the text of the jsonb, so that text is what is signed.
CREATE FUNCTION tell_calcom(url text, secret text, body jsonb) RETURNS bigint
LANGUAGE sql SET search_path = ''
AS $$
  SELECT net.http_post(
    url => url,
    body => body,
    headers => jsonb_build_object(
      'Content-Type', 'application/json',
      'X-Cal-Signature-256', encode(extensions.hmac(convert_to(body::text, 'UTF8'), convert_to(secret, 'UTF8'), 'sha256'), 'hex')),
    timeout_milliseconds => 15000)
$$;
REVOKE ALL ON FUNCTION tell_calcom(text, text, jsonb) FROM PUBLIC;
COMMENT ON FUNCTION tell_calcom(text, text, jsonb) IS
  'Queues a signed booking for calcom-proxy. Nothing is repeated when it fails: net._http_response has the answer for six hours.';
