// PostgREST's way of calling a function, without PostgREST, which has no package here: POST /rpc/NAME with the SQL,
// settings, checks of the body and mapping of SQLSTATEs to statuses that its source has (src/library/PostgREST of
// 2026-08: Query/PreQuery.hs, Query/QueryBuilder.hs, ApiRequest/Payload.hs, Error.hs). It stands for that route and for
// nothing else of PostgREST: no tables, no JWT, no schema cache (functions are looked up at each call).
//
//   node mini_postgrest.mjs --directory=SOCKETS --port=5432 --database=postgres [--login=authenticator] [--anon=anon]
//     [--schema=api] [--key=KEY]     prints "listening PORT"; ends on SIGTERM or when its stdin closes
//
// --key plays the gateway of Supabase in front: /rest/v1 before the path, and 401 without the header apikey: KEY.
import { createServer } from "node:http";
import { Connection, ServerError } from "./mini_postgres_client.mjs";

const option = (name, fallback) =>
  process.argv.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
const server = { directory: option("directory"), port: option("port"), user: option("login", "authenticator"), database: option("database", "postgres") };
const anon = option("anon", "anon");
const schema = option("schema", "api");
const key = option("key", "");
const identifier = (name) => `"${name.replaceAll('"', '""')}"`;

class Refused extends Error {
  constructor(status, code, message) {
    super(message);
    Object.assign(this, { status, code, detail: null, hint: null });
  }
}

// ---- a pool: connections are kept and used again, so that settings of one request would be seen by the next ---------
const idle = [];
let waiting = [];
let open = 0;
async function withConnection(work) {
  if (idle.length === 0 && open >= 4) await new Promise((resolve) => waiting.push(resolve));
  const connection = idle.pop() ?? (++open, await Connection.open(server));
  try {
    const result = await work(connection);
    idle.push(connection);
    return result;
  } catch (error) {
    await connection.query("rollback").then(() => idle.push(connection), () => { --open; });
    throw error;
  } finally {
    waiting.shift()?.();
  }
}

// ---- the request ------------------------------------------------------------------------------------------------------
async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

// What goes in as $1: the raw bytes for an object, [] for anything that is neither object nor array.
function payloadOf(body, contentType) {
  const type = contentType.split(";")[0].trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") throw new Refused(404, "PGRST202", "Could not find the function in the schema cache");
  if (type !== "" && type !== "application/json") throw new Refused(404, "PGRST202", "Could not find the function in the schema cache");
  if (body.length === 0) return Buffer.from("{}");
  let json;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body));
  } catch {
    throw new Refused(400, "PGRST102", "Empty or invalid json");
  }
  if (Array.isArray(json)) {
    const keys = (item) => (item !== null && typeof item === "object" && !Array.isArray(item) ? Object.keys(item).sort().join("\0") : null);
    if (json.some((item) => keys(item) === null || keys(item) !== keys(json[0]))) throw new Refused(400, "PGRST102", "All object keys must match");
    return json.length === 0 ? Buffer.from("[]") : body;
  }
  return json !== null && typeof json === "object" ? body : Buffer.from("[]");
}

function headersOf(request) {
  const headers = {};
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i].toLowerCase();
    if (name !== "cookie") headers[name] = request.rawHeaders[i + 1];
  }
  return headers;
}

const checkQuery = (query) => {
  for (const [name, value] of query) {
    if (name === "select" || name === "order" || name === "limit" || name === "offset" || name === "columns") continue;
    if (!/^(not\.)?[a-z]+\./.test(value)) throw new Refused(400, "PGRST100", `"failed to parse filter (${value})"`);
  }
};

async function call(connection, request, url, name, body) {
  const found = await connection.query(
    `select 1 from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname = $1::text and p.proname = $2::text and p.proargnames is null and p.pronargs = 1
        and p.proargtypes[0] in ('json'::regtype, 'jsonb'::regtype)`, [schema, name]);
  if (found.length === 0) throw new Refused(404, "PGRST202", "Could not find the function in the schema cache");
  if (found.length > 1) throw new Refused(300, "PGRST203", "Could not choose the best candidate function");
  await connection.query("begin isolation level read committed read write");
  await connection.query(
    `select set_config('search_path', $1, true), set_config('role', $2, true), set_config('request.jwt.claims', $3, true),
            set_config('request.method', $4, true), set_config('request.path', $5, true), set_config('request.headers', $6, true),
            set_config('request.cookies', $7, true)`,
    [`${identifier(schema)}, "public"`, anon, JSON.stringify({ role: anon }), request.method, url.pathname, JSON.stringify(headersOf(request)), "{}"]);
  const [[, , answer, headers, status]] = await connection.query(
    `WITH pgrst_source AS (SELECT pgrst_call.pgrst_scalar FROM (SELECT ${identifier(schema)}.${identifier(name)}($1::json) pgrst_scalar) pgrst_call)
     SELECT null::bigint AS total_result_set, 1 AS page_total, coalesce(json_agg(_postgrest_t.pgrst_scalar)->0, 'null') AS body,
            nullif(current_setting('response.headers', true), '') AS response_headers,
            nullif(current_setting('response.status', true), '') AS response_status, '' AS response_inserted
       FROM (SELECT ${identifier(name)}.pgrst_scalar FROM pgrst_source AS ${identifier(name)}) _postgrest_t`, [body]);
  await connection.query("commit");
  return { status: Number(status ?? 200), headers: Object.assign({}, ...JSON.parse(headers ?? "[]")), answer };
}

// ---- SQLSTATE to status, Error.hs: mapSQLtoHTTP ----------------------------------------------------------------------
const byState = { 23503: 409, 23505: 409, 25006: 405, 21000: 500, 22023: 400, 53400: 500, "57P01": 503, P0001: 400, 42883: 404, "42P01": 404, "42P17": 500, 42501: 401 };
const byClass = { "08": 503, "09": 500, "0L": 403, "0P": 403, 25: 500, 28: 403, "2D": 500, 38: 500, 39: 500, "3B": 500, 40: 500, 53: 503, 54: 500, 55: 500, 57: 500, 58: 500, F0: 500, HV: 500, P0: 500, XX: 500 };
function statusOf(error) {
  if (!(error instanceof ServerError)) return error.status ?? 503;
  if (error.code.startsWith("PT")) return Number(error.code.slice(2)) || 500;
  return byState[error.code] ?? byClass[error.code.slice(0, 2)] ?? 400;
}

async function handle(request, response) {
  const url = new URL(request.url, "http://localhost");
  const reply = (status, headers, text) => {
    response.writeHead(status, { "Content-Type": "application/json; charset=utf-8", ...headers });
    response.end(text);
  };
  try {
    const body = await bodyOf(request);
    if (key !== "" && request.headers.apikey !== key) throw new Refused(401, "", "No API key found in request");
    const path = key === "" ? url.pathname : url.pathname.replace(/^\/rest\/v1(?=\/)/, "");
    const name = /^\/rpc\/([^/]+)$/.exec(path)?.[1];
    if (name === undefined) throw new Refused(404, "PGRST125", "Invalid path specified in request URL");
    if (request.method !== "POST") throw new Refused(405, "PGRST101", "Cannot use this method on RPC");
    checkQuery(url.searchParams);
    const payload = payloadOf(body, request.headers["content-type"] ?? "");
    const { status, headers, answer } = await withConnection((connection) => call(connection, request, url, decodeURIComponent(name), payload));
    reply(status, headers, answer);
  } catch (error) {
    const status = statusOf(error);
    reply(status, status === 401 ? { "WWW-Authenticate": "Bearer" } : {},
      JSON.stringify({ code: error.code ?? null, message: error.message, details: error.detail ?? null, hint: error.hint ?? null }));
  }
}

const http = createServer(handle);
http.listen(0, "127.0.0.1", () => process.stdout.write(`listening ${http.address().port}\n`));
const stop = () => process.exit(0);
process.on("SIGTERM", stop);
process.stdin.on("end", stop).resume();
