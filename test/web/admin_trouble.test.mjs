// The operator page in bad company and bad weather: foreign pages, a database that stops, a session that ends.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { book, closeClean, mailState, startAdmin } from './admin_setup.mjs';
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
  const told = await page.evaluate(
    async ([url, body]) => {
      const send = (type, mode) => fetch(`${url}/admin/api/acts/pause`, { method: 'POST', mode, credentials: 'include', headers: { 'Content-Type': type }, body });
      const read = fetch(`${url}/admin/api/overview`, { credentials: 'include' });
      const results = await Promise.allSettled([send('text/plain', 'no-cors'), send('application/json', 'cors'), read]);
      return results.map((result) => (result.status === 'fulfilled' ? result.value.type : 'refused'));
    },
    [admin.proxy.url, kAct],
  );
  assert.deepEqual(told, ['refused', 'refused', 'refused']);
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

test('nothing is asked while nobody looks', async () => {
  const page = await open('/admin/audit');
  await page.clock.install();
  await page.goto(`${admin.proxy.url}/admin`);
  await page.locator('.verdict').waitFor();
  // Chromium without a window never hides a page: the page is told so.
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
