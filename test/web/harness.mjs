// What the browser tests stand on: a private PostgreSQL with calcom preloaded, calcom-proxy before it, signed
// deliveries. Loopback only, free ports, every process stopped by its own handle. browser.mjs has the browser.
import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chownSync, chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const patience = 30_000;

// PostgreSQL refuses to run as root: then its user is `postgres`, as everywhere in tools/.
const asRoot = process.getuid() === 0;
const idOf = (flag) => Number(execFileSync('id', [flag, process.env.CALCOM_SERVER_USER ?? 'postgres']).toString());
const credentials = asRoot ? { uid: idOf('-u'), gid: idOf('-g') } : {};
const own = (path) => asRoot && chownSync(path, credentials.uid, credentials.gid);

// Servers get no secret and no setting of the developer's.
const cleanEnvironment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(PG(?!_CONFIG$)|CALCOM_(?!SERVER_USER$)|RESEND_|DATABASE_URL)/.test(name)),
);

// until('what', () => condition): its first true value; an error when it does not come true in time.
export async function until(what, condition) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((go) => setTimeout(go, 25)); // poll interval
  }
}

// Runs as the server's user unless `user` names another.
async function run(program, args, input, user = credentials) {
  const child = spawn(program, args, { cwd: '/', env: { ...cleanEnvironment, HOME: tmpdir() }, ...user });
  let out = '';
  let error = '';
  child.stdout.on('data', (part) => (out += part));
  child.stderr.on('data', (part) => (error += part));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${error || out}`);
  return out;
}

// What was started, ended in reverse by endAll(), whatever became of the tests: `after(endAll)`.
const endings = [];
export const atEnd = (ending) => endings.push(ending);
export async function endAll() {
  for (const ending of endings.splice(0).reverse()) await Promise.resolve(ending()).catch((error) => console.error(error));
}

// A cluster with a database `calcom`, set up: account `default` with the webhook secret `secret`, a login of the proxy
// (calcom_proxy, an ingester) and one of an operator (calcom_admin).
export async function startDatabase() {
  const bin = execFileSync(process.env.PG_CONFIG ?? 'pg_config', ['--bindir']).toString().trim();
  const directory = mkdtempSync(`${tmpdir()}/calcom-web-`);
  own(directory);
  const secret = randomBytes(24).toString('hex');
  const psql = (database, text) =>
    run(`${bin}/psql`, ['-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', directory, '-U', 'postgres', '-d', database, '-f', '-'], text);
  const cluster = (...args) => run(`${root}tools/cluster.sh`, args, '', {});
  const start = () => cluster('start', directory);
  const stop = (mode = 'fast') => cluster('stop', directory, mode);

  atEnd(async () => {
    await stop('immediate').catch(() => {}); // stopped already
    rmSync(directory, { recursive: true, force: true });
  });
  await start();
  await psql('postgres', 'create database calcom');
  await psql(
    'calcom',
    `set client_min_messages = warning;
     create extension calcom;
     create role calcom_proxy login in role calcom_ingester;
     create role calcom_admin login in role calcom_operator;
     select from calcom_setup();
     select from calcom_set_secret('default', 'webhook', '${secret}');`,
  );
  const sql = async (text) => (await psql('calcom', text)).replace(/\n$/, '');
  return {
    directory,
    secret,
    sql,
    // Rows of a query as objects.
    rows: async (query) => JSON.parse(await sql(`select coalesce(json_agg(r), '[]') from (${query}) r`)),
    connection: (user) => `host=${directory} dbname=calcom user=${user}`,
    stop: () => stop('immediate'),
    start,
  };
}

// A proxy on a free port, ready to store deliveries unless `wait` is false. environment: settings besides DATABASE_URL.
export async function startProxy(database, { flags = [], environment = {}, wait = true } = {}) {
  // A copy, since the server's user may not enter the tree.
  const program = `${database.directory}/calcom-proxy`;
  if (!existsSync(program)) copyFileSync(process.env.CALCOM_PROXY ?? `${root}build/cmake/calcom-proxy`, program);
  chmodSync(program, 0o755);
  const child = spawn(program, ['--listen', '127.0.0.1:0', ...flags], {
    cwd: '/',
    env: { ...cleanEnvironment, DATABASE_URL: database.connection('calcom_proxy'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...credentials,
  });
  let out = '';
  let log = '';
  child.stdout.on('data', (part) => (out += part));
  child.stderr.on('data', (part) => (log += part));
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  atEnd(stop);
  const url = await until('the proxy listens', () => {
    if (child.exitCode !== null) throw new Error(`the proxy ended: ${log}`);
    return /^listening on (http:\S+)$/m.exec(out)?.[1];
  });
  if (wait) await until('the proxy is healthy', async () => (await fetch(`${url}/healthz`)).ok);
  return {
    url,
    port: Number(new URL(url).port),
    log: () => out + log,
    stop,
  };
}

// A uid of the shape of Cal.com's.
export function freshUid() {
  const letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  return [...randomBytes(22)].map((byte) => letters[byte % letters.length]).join('');
}

// A recorded body of test/fixtures/calcom, made today's: its booking gets this uid and a start in `hours` from now.
export function fixture(name, { uid, hours = 25, minutes = 30 } = {}) {
  let body = readFileSync(`${root}test/fixtures/calcom/${name}`, 'utf8');
  const start = Math.floor(Date.now() / 3_600_000 + hours) * 3_600_000;
  const iso = (time) => new Date(time).toISOString().replace('.000', '');
  const former = /"uid":"([^"]+)"/.exec(body)?.[1];
  if (uid && former) body = body.replaceAll(former, uid);
  body = body.replace(/"startTime":"[^"]*"/, `"startTime":"${iso(start)}"`);
  body = body.replace(/"endTime":"[^"]*"/, `"endTime":"${iso(start + minutes * 60_000)}"`);
  return body.replace(/"createdAt":"[^"]*"/, `"createdAt":"${new Date().toISOString()}"`);
}

// Posts a body to the webhook as Cal.com does, signed.
export async function deliver(proxy, secret, body, account) {
  const response = await fetch(`${proxy.url}/api/webhooks/calcom${account ? `/${account}` : ''}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'X-Cal-Signature-256': createHmac('sha256', secret).update(body).digest('hex'),
    },
    body,
  });
  return { status: response.status, body: await response.json() };
}
