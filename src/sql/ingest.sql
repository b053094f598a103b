-- Deliveries. Called by the proxy as a member of calcom_ingester; all functions run as calcom_owner. Plans are
-- cached: a plan made while a table is empty must not remain a sequential scan when the table grows, hence
-- enable_seqscan = off.
create function @extschema@.calcom_verify_signature(body bytea, signature text, secret text) returns boolean
language c immutable strict parallel safe as 'MODULE_PATHNAME', 'calcom_verify_signature_bytea';
comment on function @extschema@.calcom_verify_signature(bytea, text, text) is
  'True if signature is the hexadecimal HMAC-SHA256 of the exact body under the secret (header X-Cal-Signature-256). '
  'Constant time. False for a malformed signature, for "no-secret-provided" and for an empty secret.';

create function @extschema@.calcom_verify_signature(body text, signature text, secret text) returns boolean
language c immutable strict parallel safe as 'MODULE_PATHNAME', 'calcom_verify_signature_text';
comment on function @extschema@.calcom_verify_signature(text, text, text) is
  'The same for a body given as text: its UTF-8 bytes are verified.';

create function @extschema@.calcom_sign(body bytea, secret text) returns text
language c immutable strict parallel safe as 'MODULE_PATHNAME', 'calcom_sign_bytea';
comment on function @extschema@.calcom_sign(bytea, text) is
  'The signature that Cal.com would send for this body: 64 lower-case hexadecimal digits. For tests and tools.';

create function @extschema@.calcom_sign(body text, secret text) returns text
language c immutable strict parallel safe as 'MODULE_PATHNAME', 'calcom_sign_text';
comment on function @extschema@.calcom_sign(text, text) is
  'The same for a body given as text: its UTF-8 bytes are signed.';

create function @extschema@.calcom_parse_payload(body bytea) returns jsonb
language c immutable strict parallel safe as 'MODULE_PATHNAME', 'calcom_parse_payload';
comment on function @extschema@.calcom_parse_payload(bytea) is
  'How calcom understands a body: trigger, meaning (merge, ignore, dead), reason, uid, details, people, warnings. '
  'Stores nothing and never fails, whatever the bytes.';

create function @extschema@.calcom_extract_booking(body bytea) returns jsonb
language c immutable strict parallel safe as 'MODULE_PATHNAME', 'calcom_extract_booking';
comment on function @extschema@.calcom_extract_booking(bytea) is
  'The columns of bookings that this body alone would set, as a JSON object. Stores nothing.';

create function @extschema@.calcom_ingest(body bytea, signature text, account text default 'default',
  out outcome text, out event_id uuid, out booking_uid text, out detail text)
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
  as 'MODULE_PATHNAME', 'calcom_ingest_bytea';
comment on function @extschema@.calcom_ingest(bytea, text, text) is
  'Processes one webhook delivery in the caller''s transaction: verifies the signature over the exact bytes, stores '
  'the delivery, merges it into bookings with history, and queues mail. outcome: applied, duplicate, stale, ignored, '
  'deferred (merged later automatically) or dead (see detail). Refused deliveries are not stored: KC401 and KC402 '
  'signature, KC403 no secret set, KC404 unknown account, KC413 too large, KC423 account disabled, KC503 not set up.';

create function @extschema@.calcom_ingest(body text, signature text, account text default 'default',
  out outcome text, out event_id uuid, out booking_uid text, out detail text)
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
  as 'MODULE_PATHNAME', 'calcom_ingest_text';
comment on function @extschema@.calcom_ingest(text, text, text) is
  'The same for a body given as text: its UTF-8 bytes are verified and stored.';

create function @extschema@.calcom_ingest_batch(bodies bytea[], signatures text[], accounts text[],
  out item integer, out outcome text, out event_id uuid, out booking_uid text, out detail text, out sqlstate text)
returns setof record
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
  as 'MODULE_PATHNAME', 'calcom_ingest_batch';
comment on function @extschema@.calcom_ingest_batch(bytea[], text[], text[]) is
  'Processes up to 64 deliveries in one transaction and returns one row for each, in order. A delivery that '
  'calcom_ingest would refuse is a row with outcome refused and its sqlstate, and does not affect the others. Nothing '
  'is stored before the caller commits: answer the senders only then.';

create function @extschema@.calcom_merge_deferred(max_events integer default 100) returns bigint
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
  as 'MODULE_PATHNAME', 'calcom_merge_deferred';
comment on function @extschema@.calcom_merge_deferred(integer) is
  'Merges up to max_events deferred deliveries, oldest first, and returns how many remain. The worker does this '
  'automatically; call it if no worker runs.';

create function @extschema@.calcom_event_body(event_id uuid, account text default 'default') returns bytea
language sql stable security definer set search_path = pg_catalog, pg_temp
as $$
  select coalesce(e.body_bytes, convert_to(e.body, 'UTF8'))
    from @extschema@.calcom_events e where e.account = $2 and e.id = $1
$$;
comment on function @extschema@.calcom_event_body(uuid, text) is
  'The exact bytes of a stored delivery; null if there is none. Contains personal data and one-time links: only for '
  'operators.';
