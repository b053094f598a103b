// The operator page in bad company and bad weather: foreign pages, a database that stops, a session that ends.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { book, closeClean, mailState, startAdmin } from './admin_setup.mjs';
import { axe } from './browser.mjs';
import { atEnd, endAll, until } from './harness.mjs';

let admin, open, foreign;

before(async () => {
  admin = await startAdmin();
  open = admin.open;
  // Another port is another origin and the same site: the strictest cookie still comes along.
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>foreign</title>');
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  atEnd(() => server.close());
  foreign = `http://127.0.0.1:${server.address().port}/`;
});
after(endAll);

const paused = () => admin.database.sql(`select paused from calcom_accounts where account = 'default'`);
const kAct = JSON.stringify({ account: 'default' });

test('a foreign page acts on nothing and reads nothing', async () => {
  const page = await open('/admin');
  await page.locator('.verdict').waitFor();
  await page.goto(foreign);
  const results = await page.evaluate(
    async ([url, body]) => {
      const send = (type, mode) => fetch(`${url}/admin/api/acts/pause`, { method: 'POST', mode, credentials: 'include', headers: { 'Content-Type': type }, body });
      const read = fetch(`${url}/admin/api/overview`, { credentials: 'include' });
      const results = await Promise.allSettled([send('text/plain', 'no-cors'), send('application/json', 'cors'), read]);
      return results.map((result) => (result.status === 'fulfilled' ? result.value.type : 'refused'));
    },
    [admin.proxy.url, kAct],
  );
  assert.deepEqual(results, ['refused', 'refused', 'refused']);
  await page.evaluate((url) => {
    const form = document.body.appendChild(document.createElement('form'));
    form.method = 'post';
    form.action = `${url}/admin/logout`;
    form.submit();
  }, admin.proxy.url);
  await page.waitForURL(`${admin.proxy.url}/**`);
  assert.equal(await paused(), 'f');
  await page.goto(`${admin.proxy.url}/admin`);
  await page.locator('.verdict').waitFor(); // still signed in
  await page.discard();
});

test('the cookie alone does not act', async () => {
  const cookie = admin.storageState.cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  for (const headers of [{}, { Origin: foreign.slice(0, -1) }]) {
    for (const body of [kAct, JSON.stringify({ csrf: '', account: 'default' }), 'account=default']) {
      const answer = await fetch(`${admin.proxy.url}/admin/api/acts/pause`, {
        method: 'POST',
        headers: { Cookie: cookie, 'Content-Type': 'application/json', ...headers },
        body,
      });
      assert.equal(Math.floor(answer.status / 100), 4);
    }
  }
  assert.equal(await paused(), 'f');
  assert.equal((await fetch(`${admin.proxy.url}/admin/api/overview`)).status, 401);
});

test('what is seen stays while the database is away, and is new when it comes back', async () => {
  const page = await open('/admin');
  await page.locator('.verdict').waitFor();
  await page.locator('#search').fill('kept');
  await admin.database.stop();
  await page.getByRole('alert').getByText('Connection lost:').waitFor();
  await page.getByText(/Last seen \d\d:\d\d:\d\d/).waitFor();
  await page.locator('.verdict').waitFor();
  await admin.database.start();
  await button(page, 'Try now').click();
  await page.locator('.lost').waitFor({ state: 'detached' });
  assert.equal(await page.locator('#search').inputValue(), 'kept');
  await closeClean(page, admin.proxy);
});

const button = (page, name) => page.getByRole('button', { name, exact: true });

test('news disturb neither focus nor selection nor scrolling', async () => {
  const { uid } = await book(admin);
  await mailState(admin, uid, 'captured');
  const page = await open(`/admin/booking/default/${uid}`);
  await page.frameLocator('iframe').getByText('Mia Meeting').first().waitFor();
  await page.getByText('Every other column').click();
  const before = await page.evaluate(() => {
    const title = document.querySelector('.booking-title');
    window.kept = { title, frame: document.querySelector('iframe') };
    getSelection().selectAllChildren(title);
    document.querySelector('.facts a, .envelope a').focus();
    scrollTo(0, 120);
    return [getSelection().toString(), scrollY];
  });
  await admin.database.sql(`select calcom_cancel_booking('${uid}')`);
  await page.getByText('cancelled', { exact: true }).first().waitFor();
  const after = await page.evaluate(() => [
    getSelection().toString(), scrollY,
    window.kept.title.isConnected && window.kept.frame.isConnected,
    document.activeElement.tagName,
    [...document.querySelectorAll('details')].some((details) => details.open),
  ]);
  assert.deepEqual(after, [...before, true, 'A', true]);
  await closeClean(page, admin.proxy);
});

test('what was asked is what is done, whatever is learnt while the dialog is open', async () => {
  const { uid } = await book(admin);
  const [{ id }] = await mailState(admin, uid, 'captured');
  const turn = (state) => admin.database.sql(`update email_outbox set state = '${state}', mail_mode = 'test', first_attempt_at = now(), attempts = 1, in_doubt = ${state === 'uncertain'}, settled_at = now() where id = '${id}'`);
  await turn('failed');
  const page = await open(`/admin/mail/default/${id}`);
  await button(page, 'Retry').click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Retry' }).waitFor();
  await turn('uncertain');
  await page.getByText('Uncertain: the answer was lost').waitFor();
  assert.equal(await dialog.getByRole('checkbox').count(), 0, 'no word is put into anybody\'s mouth');
  await dialog.getByRole('button', { name: 'Retry' }).click();
  await page.locator('.note', { hasText: 'KC432' }).waitFor();
  assert.equal(await admin.database.sql(`select state from email_outbox where id = '${id}'`), 'uncertain');
  await button(page, 'Retry').click();
  assert.equal(await dialog.getByRole('checkbox').isChecked(), false);
  await page.keyboard.press('Escape');
  await admin.database.sql(`delete from email_outbox where id = '${id}'`);
  await closeClean(page, admin.proxy);
});

// An answer as the proxy gives it, changed on its way.
const changed = (page, name, change) =>
  page.route(`**/admin/api/${name}`, async (route) => {
    const response = await route.fetch();
    const data = await response.json();
    change(data);
    await route.fulfill({ response, json: data });
  });

test('a chart that takes too long delays nothing else', async () => {
  const page = await open('/admin/audit');
  await page.route('**/admin/api/counts', (route) => route.fulfill({ status: 503, json: { error: { message: 'canceling statement due to statement timeout', sqlstate: '57014' } } }));
  await page.goto(`${admin.proxy.url}/admin`);
  await page.locator('.verdict').waitFor();
  const card = page.getByRole('region', { name: 'Deliveries per hour' });
  await card.getByText('Canceling statement due to statement timeout').waitFor();
  assert.equal(await page.locator('.lost').count(), 0);
  await page.unroute('**/admin/api/counts');
  await changed(page, 'counts', (data) => (data.now = new Date(Date.now() - 45_000).toISOString()));
  await button(page, 'Refresh now. Live').or(page.locator('.seen')).first().click();
  await page.getByText(/^Counted at \d\d:\d\d:\d\d/).waitFor();
  await closeClean(page, admin.proxy);
});

test('many dead letters are counted, and shown by and by', async () => {
  await admin.database.sql(`insert into calcom_events (account, id, source, trigger_event, received_at, stamp, outcome, reason, body)
    select 'default', gen_random_uuid(), 'webhook', 'BOOKING_CREATED', now(), now(), 'dead', 'P0001: no such customer', '{}' from generate_series(1, 130)`);
  const page = await open('/admin/dead');
  await page.getByText('50 of 130 shown').waitFor();
  assert.equal(await page.locator('.dead').count(), 50);
  await button(page, 'Replay all of default').click();
  await page.getByRole('dialog').getByText('130 deliveries, 100 at a time').waitFor();
  await page.keyboard.press('Escape');
  await button(page, 'Show more').click();
  await until('all are shown', async () => (await page.locator('.dead').count()) === 130);
  assert.equal(await button(page, 'Show more').count(), 0);
  await admin.database.sql(`delete from calcom_events where outcome = 'dead'`);
  await page.getByText('Every delivery was understood.').waitFor();
  await closeClean(page, admin.proxy);
});

test('thousands of dead letters take one press, which tells how far it is and can be stopped', async () => {
  const { database } = admin;
  await database.sql(`select calcom_account_add('other');
    insert into calcom_events (account, id, source, trigger_event, received_at, settled_at, stamp, outcome, reason, body)
    select a, gen_random_uuid(), 'webhook', 'BOOKING_CREATED', now(), now(), now(), 'dead', 'P0001: no such customer', '{}'
      from unnest('{default,other}'::text[]) a, generate_series(1, 230)`);
  const rounds = () => database.sql(`select count(*) from calcom_audit where action = 'replay_dead'`).then(Number);
  const before = await rounds();
  const page = await open('/admin/dead');
  const press = async (name) => {
    await button(page, name).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Replay all' }).click();
  };
  const noted = (text) => page.locator('.note', { hasText: text }).waitFor();
  // The second round waits until the test says how it ends.
  const atSecond = async (end) => {
    let round = 0;
    let go;
    const released = new Promise((resolve) => (go = resolve));
    await page.route('**/acts/replay_dead', async (route) => {
      if (++round === 2) await released;
      return round < 2 ? route.continue() : end(route);
    });
    return { reached: () => until('the second round', () => round === 2), go };
  };
  const stop = button(page, 'Stop: Replay all of default');

  const held = await atSecond((route) => route.continue());
  await press('Replay all of default');
  await held.reached();
  await page.getByRole('status').filter({ hasText: '100 of 230 tried' }).waitFor();
  assert.deepEqual(await axe(page), []);
  await stop.click();
  held.go();
  await noted('0 of 200 replayed, 200 failed again. 30 were not tried.');
  assert.equal(await rounds(), before + 2);
  await page.unroute('**/acts/replay_dead');

  const broken = await atSecond((route) => route.fulfill({ status: 503, json: { error: { message: 'the database is not available' } } }));
  await press('Replay all of other');
  await broken.reached();
  broken.go();
  await noted('130 were not tried. Then that did not work any more.');
  await page.unroute('**/acts/replay_dead');

  await press('Replay all accounts');
  await noted('0 of 460 replayed, 460 failed again.');
  assert.equal(await rounds(), before + 3 + 5);

  // Who leaves the page stops it.
  const left = await atSecond((route) => route.continue());
  await press('Replay all of default');
  await left.reached();
  await page.getByRole('link', { name: 'Audit' }).click();
  await page.getByRole('heading', { level: 1, name: 'Audit' }).waitFor();
  left.go();
  await noted('0 of 200 replayed, 200 failed again. 30 were not tried.');
  await page.unroute('**/acts/replay_dead');
  await database.sql(`delete from calcom_events where outcome = 'dead'`);
  await closeClean(page, admin.proxy);
});

test('without the rights of an operator it says what to grant; the zone of its times stands on every view', async () => {
  await admin.database.sql('revoke calcom_operator from calcom_admin');
  const page = await open('/admin', { timezoneId: 'Asia/Kolkata' });
  await page.getByRole('alert').getByText('GRANT calcom_operator TO the login').first().waitFor();
  await page.getByText('Times are those of Asia/Kolkata (UTC+05:30), your browser’s zone.').or(page.getByText('Times are those of Asia/Calcutta (UTC+05:30)')).waitFor();
  await admin.database.sql('grant calcom_operator to calcom_admin');
  await page.locator('.verdict').waitFor();
  await closeClean(page, admin.proxy);
});

test('nothing is asked while nobody looks', async () => {
  const page = await open('/admin/audit');
  await page.clock.install();
  await page.goto(`${admin.proxy.url}/admin`);
  await page.locator('.verdict').waitFor();
  // Chromium without a window never hides a page: the test reports it as hidden.
  const hide = (hidden) =>
    page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
  await page.evaluate(() => {
    window.asked = 0;
    const fetch = window.fetch;
    window.fetch = (...given) => (window.asked++, fetch(...given));
  });
  const asked = () => page.evaluate(() => window.asked);
  await page.clock.fastForward(10_000);
  await until('it asks', async () => (await asked()) > 0);
  await hide(true);
  const before = await asked();
  for (let second = 0; second < 60; second++) await page.clock.runFor(1000);
  assert.equal(await asked(), before);
  await hide(false);
  await until('it is asked at once', async () => (await asked()) > before);
  await closeClean(page, admin.proxy);
});

test('a session that ended leads to the sign-in form', async () => {
  const page = await open('/admin/dead');
  await page.getByText('Every delivery was understood.').waitFor();
  await page.context().clearCookies();
  await page.getByLabel('Operator token').waitFor();
  assert.equal(new URL(page.url()).pathname, '/admin/dead');
  await closeClean(page, admin.proxy);
});
