// What the tests of the operator page share: database, scripted Resend, proxy with a token, a signed-in browser.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { chownSync, statSync, writeFileSync } from 'node:fs';
import { newPage, startBrowser } from './browser.mjs';
import { atEnd, deliver, fixture, freshUid, root, startDatabase, startProxy, until } from './harness.mjs';

export const token = randomBytes(24).toString('hex');

// A scripted Resend (test/tools/fake_resend.mjs); script(step, …) says what it does with the next mails.
export async function startResend() {
  const child = spawn(process.execPath, [`${root}test/tools/fake_resend.mjs`], { stdio: ['pipe', 'pipe', 'inherit'] });
  atEnd(async () => {
    const ended = once(child, 'exit');
    child.stdin.end();
    await ended;
  });
  let out = '';
  child.stdout.on('data', (part) => (out += part));
  const port = await until('the scripted Resend listens', () => /listening (\d+)/.exec(out)?.[1]);
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    script: (...steps) => fetch(`${url}/__script`, { method: 'POST', body: JSON.stringify(steps) }),
    mails: async () => (await fetch(`${url}/__mails`)).json(),
  };
}

// The server's user, whom the proxy runs as.
function asOwner(database) {
  const { uid, gid } = statSync(database.directory);
  return process.getuid() === 0 ? { uid, gid, cwd: '/' } : {};
}

// The token's file is the proxy's alone, as the proxy demands.
export function writeToken(database) {
  const path = `${database.directory}/admin-token`;
  writeFileSync(path, `${token}\n`, { mode: 0o600 });
  const { uid, gid } = asOwner(database);
  if (uid !== undefined) chownSync(path, uid, gid);
  return path;
}

export const adminOptions = (database, file) => ({
  flags: ['--admin-token-file', file],
  environment: { ADMIN_DATABASE_URL: database.connection('calcom_admin') },
});

export async function signIn(page, proxy) {
  await page.goto(`${proxy.url}/admin`);
  await page.getByLabel('Operator token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
}

// Everything, with one session for all pages: signing in is limited.
export async function startAdmin() {
  const [browser, database, resend] = await Promise.all([startBrowser(), startDatabase(), startResend()]);
  const file = writeToken(database);
  const proxy = await startProxy(database, adminOptions(database, file));
  const first = await newPage(browser);
  await signIn(first, proxy);
  const storageState = await first.context().storageState();
  await first.discard();
  const open = async (path, options = {}) => {
    const page = await newPage(browser, { storageState, ...options });
    await page.goto(proxy.url + path);
    return page;
  };
  return { browser, database, resend, proxy, file, open, storageState };
}

// No breach of the policy, no error of a script, nothing asked of anybody else.
export async function closeClean(page, proxy) {
  assert.deepEqual(page.seen.breaches, []);
  assert.deepEqual(page.seen.errors, []);
  assert.deepEqual(page.seen.requests.filter((url) => !url.startsWith(`${proxy.url}/`) && !url.startsWith('data:')), []);
  await page.discard();
}

// A booking of one attendee by a signed delivery; change: a function on the parsed body.
export async function book({ proxy, database }, change = () => {}, options = {}) {
  const uid = options.uid ?? freshUid();
  const body = JSON.parse(fixture('BOOKING_CREATED-meeting1.json', { uid, ...options }));
  change(body.payload);
  const answer = await deliver(proxy, database.secret, JSON.stringify(body), options.account);
  assert.equal(answer.status, 200);
  return { uid, outcome: answer.body.outcome };
}

// The account sends: sender, key, address of the scripted Resend.
export async function goLive({ database, resend }) {
  await database.sql(`alter system set calcom.resend_url = '${resend.url}'; `);
  await database.sql(`select pg_reload_conf();
    select calcom_account_set('default', sender => 'Studio <mail@studio.example>', max_mails_per_hour => 0);
    select calcom_set_secret('default', 'resend_api_key', 're_test_4f9c1e');
    select calcom_go_live('default');`);
}

export const adminLink = ({ proxy, database }, file) =>
  execFileSync(`${database.directory}/calcom-proxy`, ['admin-link', '--admin-token-file', file, '--url', proxy.url], asOwner(database)).toString().trim();

export const mailState = ({ database }, uid, state) =>
  until(`the mail of ${uid} is ${state}`, async () => {
    const rows = await database.rows(`select id, state from email_outbox where booking_uid = '${uid}'`);
    return rows.length > 0 && rows.every((row) => row.state === state) && rows;
  });
