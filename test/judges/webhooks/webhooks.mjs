// svix and standardwebhooks sign events; resend_ingest must take them, and refuse them once they are changed. What we
// sign, they accept, and so does Resend's own client. Reads the SQL connection from PG*; prints one line a test.
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { Resend } from "resend";
import { Webhook as StandardWebhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";

const secret = "whsec_" + randomBytes(32).toString("base64");
let number = 0;
let failed = 0;

function sql(text) {
  return execFileSync("psql", ["-XqAt", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=sqlstate"], {
    input: text,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "pipe"],
  }).trim();
}

const literal = (text) => `convert_from('\\x${Buffer.from(text).toString("hex")}', 'UTF8')`;

function ingest(body, id, timestamp, signature) {
  const bytes = `'\\x${Buffer.from(body).toString("hex")}'::bytea`;
  try {
    return sql(`select outcome from resend_ingest(${bytes}, ${literal(id)}, '${timestamp}', ${literal(signature)})`);
  } catch (error) {
    return /KC\d{3}/.exec(error.stderr)?.[0] ?? error.stderr;
  }
}

function is(got, expected, what) {
  number += 1;
  if (got !== expected) failed += 1;
  console.log(`${got === expected ? "ok" : "not ok"} ${number} - ${what}${got === expected ? "" : `: ${got}`}`);
}

sql(`select calcom_set_secret('default', 'resend_webhook', '${secret}')`);
const bodies = {
  plain: '{"type":"email.delivered","created_at":"2026-11-22T10:00:00Z","data":{"email_id":"1","to":["a@example.com"]}}',
  "UTF-8 and blanks": '{ "type" : "email.sent",\r\n"data":{"subject":"Réunion ☕ 予約 🎉","email_id":"2"}}\n',
  "a suppression": '{"type":"suppression.added","created_at":"2026-11-22T10:00:00Z","data":{"email":"b@example.com"}}',
};
const outcomes = { plain: "unmatched", "UTF-8 and blanks": "unmatched", "a suppression": "applied" };
for (const [library, Webhook] of Object.entries({ svix: SvixWebhook, standardwebhooks: StandardWebhook })) {
  const webhook = new Webhook(secret);
  for (const [name, body] of Object.entries(bodies)) {
    const now = new Date();
    const id = `msg_${library}_${number}`;
    const stamp = String(Math.floor(now.getTime() / 1000));
    const signature = webhook.sign(id, now, body);
    const expected = name === "a suppression" && library !== "svix" ? "stale" : outcomes[name];
    is(ingest(`${body} `, id, stamp, signature), "KC401", `${library}, ${name}: other bytes are refused`);
    is(ingest(body, `${id}x`, stamp, signature), "KC401", `${library}, ${name}: another id is refused`);
    is(ingest(body, id, stamp, `v1,${"A".repeat(43)}= ${signature}`), expected, `${library}, ${name}: taken`);
    is(ingest(body, id, stamp, signature), "duplicate", `${library}, ${name}: once`);
  }
  const early = new Date(Date.now() - 302_000);
  const old = webhook.sign("msg_old", early, "{}");
  is(ingest("{}", "msg_old", Math.floor(early / 1000), old), "KC401", `${library}: more than five minutes old is refused`);
  // And the other way round: what we sign, they accept.
  const stamp = String(Math.floor(Date.now() / 1000));
  const ours = sql(`select resend_sign('{"a":1}'::bytea, 'msg_ours', '${stamp}', '${secret}')`);
  const headers = { "webhook-id": "msg_ours", "webhook-timestamp": stamp, "webhook-signature": ours };
  is(JSON.stringify(webhook.verify('{"a":1}', headers)), '{"a":1}', `${library} accepts our signature`);
}
const id = "msg_client";
const timestamp = String(Math.floor(Date.now() / 1000));
for (const [name, body] of Object.entries(bodies)) {
  const signature = sql(`select resend_sign('\\x${Buffer.from(body).toString("hex")}'::bytea, '${id}', '${timestamp}', '${secret}')`);
  const verified = (payload) => {
    try {
      const event = new Resend("re_judge").webhooks.verify({ payload, headers: { id, timestamp, signature }, webhookSecret: secret });
      return JSON.stringify(event);
    } catch (error) {
      return error.message;
    }
  };
  is(verified(body), JSON.stringify(JSON.parse(body)), `resend accepts our signature, ${name}`);
  is(verified(`${body} `), "No matching signature found", `resend refuses it for other bytes, ${name}`);
}
process.exit(failed === 0 ? 0 : 1);
