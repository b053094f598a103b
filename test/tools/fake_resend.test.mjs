// The fake must keep Resend's promises, or the tests that lean on it prove nothing.
import { after, before, beforeEach, test } from "node:test";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("fake_resend.mjs", import.meta.url));
let child, base;

before(async () => {
  child = spawn(process.execPath, [program, "--ratelimit=20"], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  base = `http://127.0.0.1:${/^listening (\d+)\n$/.exec(line)[1]}`;
});

after(async () => {
  child.stdin.end(); // closing stdin ends it
  const [code] = await once(child, "exit");
  assert.equal(code, 0);
});

beforeEach(() => fetch(`${base}/__reset`, { method: "POST" }));

const mail = { from: "Zoë <zoe@studio.example>", to: ["ana@example.com"], subject: "s", text: "t" };
const post = (body = mail, headers = {}) =>
  fetch(`${base}/emails`, {
    method: "POST",
    headers: { authorization: "Bearer re_1", "user-agent": "test", "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const keyed = (key, body) => post(body, { "idempotency-key": key });
const script = (...steps) => fetch(`${base}/__script`, { method: "POST", body: JSON.stringify(steps) });
const get = async (path) => (await fetch(base + path)).json();

test("takes a mail and remembers it", async () => {
  const response = await keyed("k1");
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("ratelimit-limit"), "20");
  const { id } = await response.json();
  const mails = await get("/__mails");
  assert.equal(mails.length, 1);
  assert.equal(mails[0].id, id);
  assert.equal(mails[0].idempotency_key, "k1");
  assert.equal(mails[0].headers["user-agent"], "test");
  assert.deepEqual(mails[0].body, mail);
});

test("an unverified domain is refused, others are not", async () => {
  await script({ do: "unverified", domain: "studio.example", repeat: true });
  const refused = await post();
  assert.equal(refused.status, 403);
  assert.match((await refused.json()).message, /^The studio\.example domain is not verified/);
  assert.equal((await post({ ...mail, from: "zoe@other.example" })).status, 200);
  assert.equal((await get("/__mails")).length, 1);
});

test("the same key and body is one mail, another body a conflict", async () => {
  const first = await (await keyed("k")).json();
  const second = await (await keyed("k")).json();
  assert.equal(first.id, second.id);
  const other = await keyed("k", { ...mail, subject: "other" });
  assert.equal(other.status, 409);
  assert.equal((await other.json()).name, "invalid_idempotent_request");
  assert.equal((await get("/__mails")).length, 1);
  assert.deepEqual((await get("/__requests")).map((one) => one.replay), [false, true, false]);
});

test("without a key every request is a mail", async () => {
  await post();
  await post();
  assert.equal((await get("/__mails")).length, 2);
});

test("a key in flight is refused until its client goes away", async () => {
  await script({ do: "hang" });
  const leave = new AbortController();
  const hung = fetch(`${base}/emails`, {
    method: "POST",
    headers: { authorization: "Bearer re_1", "user-agent": "test", "idempotency-key": "k" },
    body: JSON.stringify(mail),
    signal: leave.signal,
  });
  await fetch(`${base}/__wait?requests=1`);
  const concurrent = await keyed("k");
  assert.equal(concurrent.status, 409);
  assert.equal((await concurrent.json()).name, "concurrent_idempotent_requests");
  leave.abort();
  await assert.rejects(hung);
  assert.equal((await get("/__mails")).length, 0);
});

test("steps are used up in order, then all is well", async () => {
  await script({ do: "422" }, { do: "429", retry_after: 3 }, { do: "500" }, { do: "bad_key" }, { do: "html_403" }, { do: "empty_200" });
  const seen = [];
  for (let i = 0; i < 7; ++i) seen.push(await keyed(`k${i}`));
  assert.deepEqual(seen.map((response) => response.status), [422, 429, 500, 400, 403, 200, 200]);
  assert.equal(seen[1].headers.get("retry-after"), "3");
  assert.equal(seen[1].headers.get("ratelimit-remaining"), "0");
  assert.equal((await seen[3].json()).message, "API key is invalid");
  assert.match(await seen[4].text(), /1010/);
  assert.equal(await seen[5].text(), "");
  assert.equal((await get("/__mails")).length, 1);
});

test("a repeating step stays", async () => {
  await script({ do: "ok" }, { do: "500", repeat: true });
  const statuses = [];
  for (let i = 0; i < 4; ++i) statuses.push((await keyed(`k${i}`)).status);
  assert.deepEqual(statuses, [200, 500, 500, 500]);
});

test("resets tell nothing, and the key tells whether the mail was taken", async () => {
  await script({ do: "reset_after_read" }, { do: "ok_then_reset" });
  await assert.rejects(keyed("lost"));
  assert.equal((await get("/__mails")).length, 0);
  await assert.rejects(keyed("taken"));
  const [taken] = await get("/__mails");
  assert.equal((await (await keyed("taken")).json()).id, taken.id);
  assert.equal((await get("/__mails")).length, 1);
});

test("a delayed mail is taken once", async () => {
  await script({ do: "delay", ms: 50 });
  assert.equal((await keyed("k")).status, 200);
  assert.equal((await get("/__mails")).length, 1);
});

test("refuses what Resend refuses", async () => {
  assert.equal((await post("{")).status, 400);
  assert.equal((await post({ ...mail, to: [] })).status, 422);
  assert.equal((await post({ ...mail, to: ["nobody"] })).status, 422);
  assert.equal((await post({ ...mail, text: undefined })).status, 422);
  assert.equal((await post({ ...mail, subject: undefined })).status, 422);
  assert.equal((await post({ ...mail, tags: [{ name: "a.b", value: "x" }] })).status, 422);
  assert.equal((await keyed("k".repeat(257))).status, 400);
  assert.equal((await post(mail, { authorization: "Basic x" })).status, 400);
  assert.equal((await get("/__mails")).length, 0);
});

// fetch always sends a User-Agent, so the plain client is used.
function bare(headers) {
  return new Promise((resolve, reject) => {
    const request = httpRequest(`${base}/emails`, { method: "POST", headers }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
    request.on("error", reject).end(JSON.stringify(mail));
  });
}

test("no User-Agent is stopped at the edge, no key is 401", async () => {
  assert.equal(await bare({ authorization: "Bearer re_1" }), 403);
  assert.equal(await bare({ "user-agent": "test" }), 401);
});

test("waiting ends with the mail, or says that it did not come", async () => {
  const wait = fetch(`${base}/__wait?mails=1&timeout_ms=5000`);
  await keyed("k");
  const response = await wait;
  assert.equal(response.status, 200);
  assert.equal((await response.json()).length, 1);
  assert.equal((await fetch(`${base}/__wait?mails=2&timeout_ms=20`)).status, 408);
});

test("an invalid script is refused", async () => {
  assert.equal((await fetch(`${base}/__script`, { method: "POST", body: "{}" })).status, 400);
  assert.equal((await fetch(`${base}/__script`, { method: "POST", body: "x" })).status, 400);
});
