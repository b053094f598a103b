-- Resend's webhooks: the delivery status of sent mail.
create function @extschema@.resend_verify_signature(body bytea, id text, "timestamp" text, signature text,
  secret text, tolerance interval default interval '5 minutes') returns boolean
language c stable strict parallel safe as 'MODULE_PATHNAME', 'resend_verify_signature_bytea';
comment on function @extschema@.resend_verify_signature(bytea, text, text, text, text, interval) is
  'True if signature (header svix-signature, a list of v1 entries) is valid for id, timestamp and the exact body under '
  'the secret (whsec_...), and timestamp differs from now by at most tolerance. Standard Webhooks.';

create function @extschema@.resend_verify_signature(body text, id text, "timestamp" text, signature text,
  secret text, tolerance interval default interval '5 minutes') returns boolean
language c stable strict parallel safe as 'MODULE_PATHNAME', 'resend_verify_signature_text';
comment on function @extschema@.resend_verify_signature(text, text, text, text, text, interval) is
  'The same for a body given as text: its UTF-8 bytes are verified.';

create function @extschema@.resend_sign(body bytea, id text, "timestamp" text, secret text) returns text
language c immutable strict parallel safe as 'MODULE_PATHNAME', 'resend_sign';
comment on function @extschema@.resend_sign(bytea, text, text, text) is
  'The signature that Resend would send: v1 and base64. For tests and tools.';

create function @extschema@.resend_ingest(body bytea, id text, "timestamp" text, signature text,
  account text default 'default', out outcome text, out event_id text, out outbox_id uuid, out detail text)
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
  as 'MODULE_PATHNAME', 'resend_ingest_bytea';
comment on function @extschema@.resend_ingest(bytea, text, text, text, text) is
  'Processes one event of Resend''s webhook: verifies and stores it, sets the mail''s delivery status and suppresses '
  'addresses that bounced permanently or complained. Arguments: the exact body and the headers svix-id, svix-timestamp '
  'and svix-signature. outcome: applied, duplicate, stale, unmatched (not a mail of this account), ignored or dead. '
  'Refused events are not stored: KC401 and KC402 signature, KC403 no secret set, KC404 unknown account, KC413 too '
  'large, KC503 not set up.';

create function @extschema@.resend_ingest(body text, id text, "timestamp" text, signature text,
  account text default 'default', out outcome text, out event_id text, out outbox_id uuid, out detail text)
language c security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off
  as 'MODULE_PATHNAME', 'resend_ingest_text';
comment on function @extschema@.resend_ingest(text, text, text, text, text) is
  'The same for a body given as text: its UTF-8 bytes are verified and stored.';
