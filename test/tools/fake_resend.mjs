// A scripted Resend on loopback, for tests that must see what no real provider shows on demand: a hang, a reset after
// the mail was taken, a limit, a bad key. It keeps Resend's rules of idempotency, so that a test can count how many
// mails a recipient would really have got. No dependencies; Node 20.
//
//   node fake_resend.mjs [--ratelimit=10]     prints "listening PORT"; ends on SIGTERM or when its stdin closes, so
//                                             start it with a pipe, not with /dev/null
//
//   POST /emails          answers by the script's next step, {"do":"ok"} once the script is used up
//   POST /__script        [step, …]; replaces the script. A step is {"do": …} and may carry "ms" (wait first) and
//                         "repeat": true (stays for all requests to come):
//                           ok                 take the mail
//                           422 500 bad_key    refuse it; also html_403 (the edge) and empty_200 (200 without a body)
//                           429                refuse it; "retry_after" (default 1), "name" (default rate_limit_exceeded)
//                           unverified         refuse mail from "domain", take any other
//                           delay              take the mail after "ms"
//                           hang               never answer; the key stays in flight until the client goes away
//                           reset_after_read   reset without taking the mail
//                           ok_then_reset      take the mail, then reset without answering
//                           ok_then_hang       take the mail and never answer
//   GET  /__mails         the distinct mails taken: id, at, idempotency_key, headers, body
//   GET  /__requests      every POST /emails: at, headers, body, what was done, whether it was a replay
//   GET  /__wait?mails=N&requests=M&timeout_ms=T    answers like /__mails once both are reached, else 408
//   POST /__reset         forgets everything and cuts what hangs
//
// libcurl repeats a request by itself when a kept connection is reset: two requests of one attempt may be seen then.
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";

const option = (name, fallback) =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
const rateLimit = Number(option("ratelimit", "10"));

let script, mails, requests, answered, inFlight, hanging;
const waiting = new Set();

function forget() {
  script = [];
  mails = [];
  requests = [];
  answered = new Map(); // idempotency key → { text, id }
  inFlight = new Set();
  for (const response of hanging ?? []) response.socket?.resetAndDestroy();
  hanging = new Set();
}
forget();

// ---- answers ----

function send(response, status, body, headers = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/html; charset=UTF-8" : "application/json; charset=utf-8";
  response.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(text), ...headers });
  response.end(text);
}

const limits = (remaining) => ({
  "ratelimit-limit": String(rateLimit),
  "ratelimit-remaining": String(remaining),
  "ratelimit-reset": "1",
  "ratelimit-policy": `${rateLimit};w=1`,
});

const refuse = (response, status, name, message, headers = {}) =>
  send(response, status, { statusCode: status, name, message }, { ...limits(rateLimit - 1), ...headers });

const blockAtEdge = (response) => send(response, 403, "<!DOCTYPE html><title>Access denied</title>error code: 1010");

const refuseKey = (response) => refuse(response, 400, "validation_error", "API key is invalid");

// ---- the API's own checks, in the order in which it makes them ----

function refusedForm(request, text, response) {
  const headers = request.headers;
  if (!headers["user-agent"]) return blockAtEdge(response), true;
  if (!headers.authorization) return refuse(response, 401, "missing_api_key", "Missing API Key"), true;
  if (!/^Bearer re_/.test(headers.authorization)) return refuseKey(response), true;
  const key = headers["idempotency-key"];
  if (key !== undefined && (key.length < 1 || key.length > 256))
    return refuse(response, 400, "invalid_idempotency_key", "The key must be between 1 and 256 characters."), true;
  const problem = problemOf(text);
  if (problem) return refuse(response, ...problem), true;
  return false;
}

function problemOf(text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    return [400, "validation_error", "Request body must be valid JSON."];
  }
  const missing = (field) => [422, "missing_required_field", `Missing \`${field}\` field.`];
  const address = /^([^<>]*<)?[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+>?$/;
  const recipients = [body.to ?? []].flat();
  if (recipients.length === 0) return missing("to");
  if (!recipients.every((to) => typeof to === "string" && address.test(to)))
    return [422, "validation_error", "Invalid `to` field."];
  if (!body.html && !body.text) return [422, "validation_error", "Missing `html` or `text` field."];
  if (typeof body.subject !== "string") return missing("subject");
  if (!address.test(body.from ?? "")) return missing("from");
  const plain = /^[A-Za-z0-9_-]{1,256}$/;
  if (!(body.tags ?? []).every((tag) => plain.test(tag.name) && plain.test(tag.value)))
    return [422, "validation_error", "Tags should only contain ASCII letters, numbers, underscores, or dashes."];
  return undefined;
}

// ---- taking mail ----

function take(key, text, headers) {
  const mail = {
    id: randomUUID(),
    at: new Date().toISOString(),
    idempotency_key: key ?? null,
    headers,
    body: JSON.parse(text),
  };
  mails.push(mail);
  if (key !== undefined) answered.set(key, { text, id: mail.id });
  announce();
  return mail.id;
}

function perform(step, request, response, text, entry) {
  const key = request.headers["idempotency-key"];
  const accept = () => send(response, 200, { id: take(key, text, request.headers) }, limits(rateLimit - 1));
  switch (step.do) {
    case "ok":
    case "delay":
      return accept();
    case "422":
      return refuse(response, 422, "validation_error", "Invalid `to` field.");
    case "429":
      return refuse(response, 429, step.name ?? "rate_limit_exceeded", "Too many requests.", {
        ...limits(0),
        "retry-after": String(step.retry_after ?? 1),
      });
    case "unverified":
      if (!JSON.parse(text).from.replace(/>$/, "").endsWith(`@${step.domain}`)) return accept();
      return refuse(response, 403, "validation_error",
        `The ${step.domain} domain is not verified. Please, add and verify your domain on https://resend.com/domains`);
    case "500":
      return refuse(response, 500, "application_error", "An unexpected error occurred.");
    case "bad_key":
      return refuseKey(response);
    case "html_403":
      return blockAtEdge(response);
    case "empty_200":
      return send(response, 200, "");
    case "reset_after_read":
      return request.socket.resetAndDestroy();
    case "ok_then_reset":
      take(key, text, request.headers);
      return request.socket.resetAndDestroy();
    case "ok_then_hang":
      take(key, text, request.headers);
      hanging.add(response);
      return response.once("close", () => hanging.delete(response));
    case "hang":
      hanging.add(response);
      if (key !== undefined) inFlight.add(key);
      return response.once("close", () => (hanging.delete(response), inFlight.delete(key)));
    default:
      entry.done = "unknown step";
      return send(response, 500, `unknown step ${JSON.stringify(step)}`);
  }
}

const nextStep = () => (script[0]?.repeat ? script[0] : script.shift()) ?? { do: "ok" };

function replay(key, text, entry, response) {
  const before = answered.get(key);
  if (before && before.text !== text) {
    entry.done = "409 invalid_idempotent_request";
    refuse(response, 409, "invalid_idempotent_request", "This idempotency key has been used with another body.");
    return true;
  }
  if (inFlight.has(key)) {
    entry.done = "409 concurrent_idempotent_requests";
    refuse(response, 409, "concurrent_idempotent_requests", "Another request with this key is in progress.");
    return true;
  }
  entry.replay = before !== undefined;
  return false;
}

async function emails(request, response, text) {
  const key = request.headers["idempotency-key"];
  const entry = { at: new Date().toISOString(), headers: request.headers, body: text, done: "refused", replay: false };
  requests.push(entry);
  announce();
  if (refusedForm(request, text, response)) return;
  if (key !== undefined && replay(key, text, entry, response)) return;
  const step = nextStep();
  entry.done = step.do;
  if (step.ms > 0) {
    if (key !== undefined) inFlight.add(key);
    await new Promise((resolve) => setTimeout(resolve, step.ms));
    if (key !== undefined) inFlight.delete(key);
  }
  // A key that was answered before gets that answer again, unless the step refuses or cuts the line.
  const known = key === undefined ? undefined : answered.get(key);
  if (known && (step.do === "ok" || step.do === "delay"))
    return send(response, 200, { id: known.id }, limits(rateLimit - 1));
  if (known && step.do === "ok_then_reset") return request.socket.resetAndDestroy();
  perform(step, request, response, text, entry);
}

// ---- control ----

function announce() {
  for (const check of [...waiting]) check();
}

function waitFor(url, response) {
  const number = (name, fallback) => Number(url.searchParams.get(name) ?? fallback);
  const wanted = { mails: number("mails", 0), requests: number("requests", 0) };
  const finish = (status) => {
    waiting.delete(check);
    clearTimeout(timer);
    send(response, status, mails);
  };
  const check = () => mails.length >= wanted.mails && requests.length >= wanted.requests && finish(200);
  const timer = setTimeout(() => finish(408), number("timeout_ms", 10_000));
  waiting.add(check);
  response.once("close", () => (waiting.delete(check), clearTimeout(timer)));
  check();
}

function setScript(text, response) {
  let steps;
  try {
    steps = JSON.parse(text);
  } catch {
    steps = undefined;
  }
  if (!Array.isArray(steps) || !steps.every((step) => typeof step?.do === "string"))
    return send(response, 400, { error: "the script is an array of steps with a \"do\"" });
  script = steps;
  return send(response, 200, { steps: steps.length });
}

function route(request, response, text) {
  const url = new URL(request.url, "http://127.0.0.1");
  switch (`${request.method} ${url.pathname}`) {
    case "POST /emails":
      return emails(request, response, text);
    case "POST /__script":
      return setScript(text, response);
    case "POST /__reset":
      forget();
      return send(response, 200, {});
    case "GET /__mails":
      return send(response, 200, mails);
    case "GET /__requests":
      return send(response, 200, requests);
    case "GET /__wait":
      return waitFor(url, response);
    default:
      return refuse(response, 404, "not_found", "The requested endpoint does not exist");
  }
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("error", () => {});
  request.on("end", () => route(request, response, Buffer.concat(chunks).toString("utf8")));
});

server.listen(0, "127.0.0.1", () => console.log(`listening ${server.address().port}`));
process.on("SIGTERM", () => process.exit(0));
process.stdin.on("end", () => process.exit(0)).resume();
