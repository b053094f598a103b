// Calls the route's POST with what Next.js would hand it, and looks into the database. Argument: the captured bodies.
import { createHmac } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";

const { Client } = createRequire(import.meta.url)("pg");
const host = encodeURIComponent(process.env.PGHOST);
const port = process.env.PGPORT ?? "5432";
process.env.CALCOM_DATABASE_URL = `postgresql://calcom_nextjs@/calcom_nextjs?host=${host}&port=${port}`;
const { POST } = await import("./compiled/route.js");
const database = new Client({ host: process.env.PGHOST, port, database: "calcom_nextjs" });
await database.connect();

let failed = 0;
function is(got, expected, what) {
  if (got === expected) return console.log(`ok nextjs: ${what}`);
  ++failed;
  console.log(`not ok nextjs: ${what}\n#   got ${got}\n#   expected ${expected}`);
}

const sign = (body, secret = "hook-secret") => createHmac("sha256", secret).update(body).digest("hex");
const post = (body, headers) =>
  POST(new Request("https://example.com/api/webhooks/calcom", { method: "POST", body, headers: headers ?? { "X-Cal-Signature-256": sign(body) } }));
const answered = async (response) => `${response.status} ${await response.text()}`;

const wrong = [];
const names = readdirSync(process.argv[2]).filter((name) => !name.includes("manifest"));
for (const name of names) {
  const body = readFileSync(`${process.argv[2]}/${name}`);
  const response = await post(body);
  const { event_id: id } = await response.json();
  const { rows } = await database.query("select calcom_event_body($1) as kept", [id ?? null]);
  if (response.status !== 200 || !rows[0].kept?.equals(body)) wrong.push(`${name} ${response.status}`);
}
is(wrong.join(), "", `${names.length} captured bodies arrive byte for byte`);

const ping = '{"triggerEvent":"PING","payload":{}}';
is((await (await post(ping)).json()).outcome, "ignored", "a ping");
is((await (await post(ping)).json()).outcome, "duplicate", "again");
is(await answered(await post(ping, { "X-Cal-Signature-256": sign(ping, "other") })), '401 {"error":"signature does not match"}', "forged");
is(await answered(await post(ping, {})), '401 {"error":"exactly one set of signature headers is required"}', "unsigned");
const large = `{"x":"${"x".repeat(1024 * 1024)}"}`;
is(await answered(await post(large)), '413 {"error":"body too large"}', "too large without a length");
is(await answered(await post("{}", { "X-Cal-Signature-256": sign("{}"), "Content-Length": "2000000" })), '413 {"error":"body too large"}', "too large by its length");
await database.query("alter role calcom_nextjs nologin");
await database.query("select pg_terminate_backend(pid, 10000) from pg_stat_activity where application_name = 'calcom-nextjs'");
const away = await post('{"triggerEvent":"PING","n":1}');
is(`${away.headers.get("retry-after")} ${await answered(away)}`, '5 503 {"error":"database is not available, try again"}', "no database: 503 with Retry-After");
await database.query("alter role calcom_nextjs login");
is((await (await post('{"triggerEvent":"PING","n":1}')).json()).outcome, "ignored", "and the repetition arrives");
await database.end();
process.exit(failed === 0 ? 0 : 1);
