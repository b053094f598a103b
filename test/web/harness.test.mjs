// The harness must itself see what the other tests rely on: breaches of a policy, foreign requests, bad contrast.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { axe, newPage, overflow, startBrowser } from './browser.mjs';
import { atEnd, deliver, endAll, fixture, freshUid, startDatabase, startProxy, until } from './harness.mjs';

let browser, database, proxy, server, url;

before(async () => {
  server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader('Content-Security-Policy', "default-src 'none'");
    response.end('<!doctype html><html><body style="margin:0"><img src="/x.png"><div style="width:200vw">a</div></body></html>');
  });
  atEnd(() => server.close());
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${server.address().port}/`;
  [browser, database] = await Promise.all([startBrowser(), startDatabase()]);
  proxy = await startProxy(database);
});

after(endAll);

test('a breach of the policy, an inaccessible page and a request are seen', async () => {
  const page = await newPage(browser);
  await page.goto(url);
  await until('the breach is heard', () => page.seen.breaches.some((one) => one.startsWith('img-src')));
  assert.ok((await axe(page)).some((line) => line.startsWith('image-alt')));
  assert.ok(page.seen.requests.includes(url));
  await page.discard();
});

test('sideways scrolling is seen', async () => {
  const page = await newPage(browser, { bypassCSP: true });
  await page.goto(url);
  assert.ok((await overflow(page)) > 0);
  await page.discard();
});

test('a signed delivery arrives, a forged one does not', async () => {
  const uid = freshUid();
  const body = fixture('BOOKING_CREATED-chain1.json', { uid });
  assert.equal((await deliver(proxy, 'wrong', body)).status, 401);
  assert.equal((await deliver(proxy, database.secret, body)).body.outcome, 'applied');
  assert.deepEqual(await database.rows(`select uid, status::text from bookings where uid = '${uid}'`), [{ uid, status: 'accepted' }]);
});
