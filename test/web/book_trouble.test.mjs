// The booking page when things go wrong: blocked, silent, slow, lied to, without script, without a database.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { newPage, screenshot } from './browser.mjs';
import { startAll } from './book_setup.mjs';
import { deliver, endAll, fixture, freshUid, startProxy, until } from './harness.mjs';

let browser, calcom, database, proxy, open, judge;

before(async () => {
  ({ browser, calcom, database, proxy, open, judge } = await startAll());
});
after(endAll);
beforeEach(() => (calcom.mode = 'ok'));

const arrive = (uid) => deliver(proxy, database.secret, fixture('BOOKING_CREATED-chain1.json', { uid }));
const link = () => `${calcom.origin}/zoe/intro`;

async function offersTheLink(page, heading) {
  assert.equal(await page.heading(), heading);
  assert.equal(await page.isVisible('#status-link'), true);
  assert.equal(await page.getAttribute('#status-link', 'href'), link());
}

test('without script there is a link', async () => {
  for (const width of [320, 1280]) {
    const page = await newPage(browser, { javaScriptEnabled: false, width });
    await page.goto(`${proxy.url}/book`);
    const plain = page.locator('noscript a');
    assert.equal(await plain.isVisible(), true);
    assert.equal(await plain.getAttribute('href'), link());
    assert.equal(await page.isVisible('#skeleton'), false, 'nothing pretends to load');
    assert.equal(page.seen.requests.filter((url) => url.startsWith(calcom.origin)).length, 0);
    if (width === 320) await screenshot(page, 'book-noscript-320');
    await page.discard();
  }
});

test('a script that a blocker stops, or that is not there', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open({ colorScheme, until: 'blocked', before: (fresh) => fresh.route('**/embed/embed.js', (route) => route.abort('blockedbyclient')) });
    await offersTheLink(page, 'The calendar could not be loaded');
    assert.equal(await page.isVisible('.plain'), false, 'one link is enough');
    await judge(page, colorScheme);
    if (colorScheme === 'light') await screenshot(page, 'book-blocked');
    await page.discard();
  }
  calcom.mode = 'gone';
  const page = await open({ until: 'blocked', width: 320 });
  await judge(page);
  await page.discard();
});

test('an origin that never answers, a frame that never speaks', async () => {
  for (const mode of ['hang', 'silent']) {
    calcom.mode = mode;
    for (const colorScheme of ['light', 'dark']) {
      const page = await open({ clock: true, until: 'loading', colorScheme });
      await page.clock.fastForward(5_000);
      assert.equal(await page.getAttribute('#booking', 'data-state'), 'loading');
      await page.clock.fastForward(11_000);
      await page.state('silent');
      await offersTheLink(page, 'The calendar is taking a while');
      await judge(page, `${mode} ${colorScheme}`);
      // Late is not never: when it does speak, it is shown.
      if (mode === 'silent') {
        await until('the frame is there', () => page.calendar());
        await page.fire('__iframeReady', { isPrerendering: false });
        await page.state('ready');
        assert.equal(await page.isVisible('#status'), false);
      }
      await page.discard();
    }
  }
});

test('a link that Cal.com does not know', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open({ colorScheme });
    await page.fire('linkFailed', { code: '404', msg: 'Problem loading the link', data: { url: '<b>x</b>' } });
    await page.state('failed');
    await offersTheLink(page, 'The calendar cannot be shown');
    await judge(page, colorScheme);
    await page.discard();
  }
});

const spoof = { originator: 'CAL', type: 'bookingSuccessfulV2', namespace: '', fullType: 'CAL::bookingSuccessfulV2', data: { uid: 'SPOOFED', status: 'ACCEPTED' } };

test('only the calendar itself is heard: not the page, not another frame, not another window', async () => {
  const page = await open();
  await page.evaluate((lie) => {
    window.postMessage(lie, '*');
    window.postMessage(null, '*');
    window.dispatchEvent(new MessageEvent('message', { data: lie }));
  }, spoof);
  const other = page.waitForEvent('frameattached');
  await page.evaluate((src) => {
    const frame = document.createElement('iframe');
    frame.title = 'other';
    frame.src = src;
    document.body.append(frame);
  }, `${calcom.origin}/spoof`);
  await (await other).waitForLoadState();
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.evaluate((url) => void window.open(url), `${calcom.origin}/spoof`)]);
  await popup.waitForLoadState();
  assert.equal(await popup.evaluate(() => window.opener !== null), true, 'the other window could post');
  // Messages arrive in order: once this one has been heard, so had been the others.
  await page.evaluate(() => new Promise((heard) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = heard;
    channel.port2.postMessage(0);
  }));
  await page.fire('bookingCancelled', {});
  await page.state('cancelled');
  assert.deepEqual(page.states, ['ready', 'cancelled']);
  assert.equal(page.seen.requests.some((url) => url.includes('SPOOFED')), false);
  await page.discard();
});

test('shapes that no Cal.com sends break nothing and confirm nothing', async () => {
  const page = await open();
  const shapes = [null, undefined, 'x', 7, [], { uid: 7 }, { uid: {} }, { uid: ['a'] }, { uid: '' }, { uid: 'a'.repeat(129) }, { uid: 'a/b' }, { uid: 'ü' },
    { uid: null, isRecurring: true, allBookings: 'many' }, { uid: null, isRecurring: true, allBookings: { length: 9 } }, { booking: 'x' }, { booking: [] }];
  for (const type of ['bookingSuccessfulV2', 'rescheduleBookingSuccessfulV2', 'bookingSuccessful', 'rescheduleBookingSuccessful', 'linkReady', 'noSuchEvent']) {
    for (const shape of shapes) await page.fire(type, shape);
  }
  await page.state('reported');
  await page.fire('linkFailed', 'x');
  await page.fire('bookingCancelled', null);
  await page.state('cancelled');
  assert.deepEqual([...new Set(page.states)], ['ready', 'reported', 'cancelled']);
  assert.equal(page.seen.requests.some((url) => url.includes('/seen/')), false);
  await judge(page);
  await page.discard();
});

test('the embed itself would have believed them', async () => {
  const page = await newPage(browser, { bypassCSP: true });
  await page.goto(`${calcom.origin}/spoof`);
  await page.evaluate(() => {
    window.Cal = Object.assign((...call) => window.Cal.q.push(call), { q: [], ns: {}, loaded: true });
    window.believed = [];
    window.Cal('init', { origin: location.origin });
    window.Cal('on', { action: 'bookingSuccessfulV2', callback: (event) => window.believed.push(event.detail.data.uid) });
  });
  await page.addScriptTag({ url: `${calcom.origin}/embed/embed.js` });
  await page.evaluate((lie) => window.postMessage(lie, '*'), spoof);
  await page.waitForFunction(() => window.believed.includes('SPOOFED'));
  await page.discard();
});

test('a uid that never arrives is never confirmed: waiting, slow, late', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open({ clock: true, colorScheme });
    const asked = () => page.seen.requests.filter((url) => url.endsWith('/seen/SPOOFED')).length;
    await page.fire('bookingSuccessfulV2', spoof.data);
    await page.state('waiting');
    await judge(page, `waiting ${colorScheme}`);
    await until('it has asked once', () => asked() > 0);
    await page.clock.fastForward(21_000);
    await page.state('slow');
    assert.equal(await page.heading(), 'Still waiting for your booking');
    await judge(page, `slow ${colorScheme}`);
    if (colorScheme === 'light') await screenshot(page, 'book-slow');
    await page.clock.fastForward(15 * 60_000);
    await page.state('late');
    await judge(page, `late ${colorScheme}`);
    const before = asked();
    await page.click('#status-again');
    await page.state('waiting');
    await until('it asks again', () => asked() > before);
    assert.ok(!page.states.includes('confirmed'));
    await page.discard();
  }
});

test('pauses between questions grow', async () => {
  const page = await open({ clock: true });
  const asked = () => page.seen.requests.filter((url) => url.endsWith('/seen/Patience')).length;
  await page.fire('bookingSuccessfulV2', { uid: 'Patience', status: 'ACCEPTED' });
  for (let minute = 0; minute < 20; minute++) await page.clock.runFor(15_000);
  await until('it has asked for a while', () => asked() >= 5);
  console.log(`# ${asked()} questions in five minutes`);
  assert.ok(asked() <= 20);
  await page.discard();
});

test('while the database is away the page stands and keeps asking; when it is back, it confirms', async () => {
  const uid = freshUid();
  await arrive(uid);
  const page = await open();
  await database.stop();
  try {
    await until('the proxy has noticed', async () => (await fetch(`${proxy.url}/book/default/seen/${uid}`)).status === 503);
    assert.equal((await fetch(`${proxy.url}/book`)).status, 200, 'a page that was known is shown');
    const unknown = await fetch(`${proxy.url}/book/never-asked`);
    assert.equal(unknown.status, 503);
    assert.match(unknown.headers.get('content-type'), /^text\/html/);
    assert.equal(unknown.headers.get('retry-after'), '5');
    await page.fire('bookingSuccessfulV2', { uid, status: 'ACCEPTED' });
    await page.state('waiting');
    await until('it got 503', () => page.seen.console.some((line) => line.includes('503')));
  } finally {
    await database.start();
  }
  await page.state('confirmed');
  await page.discard();
});

test('pages that are not: unknown and disabled accounts, accounts without a link', async () => {
  await database.sql(`select calcom_account_add('closed', cal_link => 'https://cal.com/closed'); select calcom_account_disable('closed');
    select calcom_account_add('bare')`);
  const words = { nobody: 'There is no booking page here', closed: 'There is no booking page here', bare: 'Nothing can be booked here yet' };
  for (const [account, heading] of Object.entries(words)) {
    const page = await newPage(browser, { width: 320 });
    const response = await page.goto(`${proxy.url}/book/${account}`);
    assert.equal(response.status(), 404);
    assert.equal(await page.textContent('h1'), heading);
    await judge(page, account);
    await page.discard();
  }
});

test('its headers are strict, and a site may be let in by a flag', async () => {
  const policy = async (url) => (await fetch(`${url}/book`)).headers.get('content-security-policy');
  const answer = await fetch(`${proxy.url}/book`, { method: 'HEAD' });
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(answer.headers.get('cross-origin-opener-policy'), 'same-origin-allow-popups');
  assert.equal(answer.headers.get('cache-control'), 'no-store');
  assert.match(await policy(proxy.url), /frame-ancestors 'none'$/);
  assert.equal((await fetch(`${proxy.url}/book`, { method: 'POST' })).status, 405);
  const open = await startProxy(database, { flags: ['--book-frame-ancestors', 'https://studio.example https://*.studio.example'] });
  assert.match(await policy(open.url), /frame-ancestors https:\/\/studio\.example https:\/\/\*\.studio\.example$/);
  await open.stop();
});

test('only a site that was let in can show it in a frame', async () => {
  const open = await startProxy(database, { flags: ['--book-frame-ancestors', calcom.origin] });
  for (const [shown, allowed] of [[proxy, false], [open, true]]) {
    const page = await newPage(browser);
    await page.goto(`${calcom.origin}/site?show=${shown.url}/book`);
    const frame = page.frames()[1];
    const headings = await frame.locator('h1').allTextContents();
    assert.equal(headings.includes('Meet Zoë'), allowed);
    await page.discard();
  }
  await open.stop();
});

test('questions have a bound', async () => {
  const answers = await Promise.all(Array.from({ length: 400 }, (_one, n) => fetch(`${proxy.url}/book/default/seen/guess${n}`)));
  const refused = answers.filter((answer) => answer.status === 429);
  assert.ok(refused.length > 0 && refused.length < 400);
  assert.equal(refused[0].headers.get('retry-after'), '2');
  assert.ok(!proxy.log().includes('guess'), 'nothing that a visitor typed is logged');
});
