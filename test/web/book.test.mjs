// The booking page before the unmodified embed: every state, what it costs, and who is believed.
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { overflow, screenshot } from './browser.mjs';
import { startAll } from './book_setup.mjs';
import { deliver, endAll, fixture, freshUid, root, until } from './harness.mjs';

let calcom, database, proxy, open, judge;

before(async () => {
  ({ calcom, database, proxy, open, judge } = await startAll());
});
after(endAll);
beforeEach(() => (calcom.mode = 'ok'));

const arrive = (uid) => deliver(proxy, database.secret, fixture('BOOKING_CREATED-chain1.json', { uid }));
const booked = (uid, more = {}) => ({ uid, title: 'Intro', startTime: '2096-11-24T10:00:00Z', endTime: '2096-11-24T10:30:00Z', status: 'ACCEPTED', paymentRequired: false, isRecurring: false, ...more });

test('it is small', () => {
  for (const [name, limit] of [['book.css', 16_000], ['book.js', 8_000], ['book.html', 5_000]]) {
    const bytes = readFileSync(`${root}web/dist/${name}`);
    console.log(`# ${name}: ${bytes.length} bytes, ${gzipSync(bytes).length} gzipped`);
    assert.ok(bytes.length < limit, name);
  }
});

test('the calendar appears: origin, link and theme reach the embed', async () => {
  const page = await open();
  const { pathname, searchParams } = new URL(page.calendar().url());
  assert.equal(pathname, '/zoe/intro/embed');
  assert.equal(searchParams.get('theme'), 'auto');
  assert.equal(await page.isHidden('#skeleton'), true);
  assert.equal(await page.isVisible('iframe'), true);
  assert.equal(await page.getAttribute('#frame', 'aria-busy'), 'false');
  await until('the embed sent its layout to the frame', () => page.calendar().evaluate(() => window.heard.some((one) => one.method === 'ui' && one.arg.layout === 'month_view')));
  await judge(page);
  await page.discard();
});

test('while it loads, a skeleton and a link', async () => {
  calcom.mode = 'hang';
  for (const colorScheme of ['light', 'dark']) {
    const page = await open({ until: 'loading', colorScheme });
    assert.equal(await page.isVisible('#skeleton'), true);
    assert.equal(await page.getAttribute('#frame', 'aria-busy'), 'true');
    await judge(page, colorScheme);
    await page.discard();
  }
});

test('end to end: waiting until the signed delivery has arrived, then confirmed', async () => {
  const uid = freshUid();
  const page = await open();
  await page.fire('bookingSuccessfulV2', booked(uid));
  await page.state('waiting');
  await until('it has asked', () => page.seen.requests.some((url) => url.endsWith(`/book/default/seen/${uid}`)));
  assert.equal(await page.heading(), 'One moment, please');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'status-title');
  assert.equal((await arrive(uid)).body.outcome, 'applied');
  await page.state('confirmed');
  assert.equal(await page.heading(), 'Your booking is confirmed');
  assert.equal(await page.isVisible('#status-next'), true);
  assert.deepEqual(page.states, ['ready', 'waiting', 'confirmed']);
  await judge(page);
  await page.discard();
});

// What is fired, and where it ends when the booking has arrived before.
const outcomes = [
  ['bookingSuccessfulV2', {}, 'confirmed', 'Your booking is confirmed'],
  ['bookingSuccessfulV2', { status: 'PENDING' }, 'pending', 'Your request has been sent'],
  ['bookingSuccessfulV2', { isRecurring: true, allBookings: [{}, {}, {}] }, 'series', 'Your series is confirmed'],
  ['bookingSuccessfulV2', { paymentRequired: true, status: 'PENDING' }, 'payment', 'Payment is still required'],
  ['bookingSuccessfulV2', { uid: undefined }, 'reported', 'Cal.com reports your booking'],
  ['bookingSuccessfulV2', { uid: '../../admin' }, 'reported', 'Cal.com reports your booking'],
  ['rescheduleBookingSuccessfulV2', {}, 'moved', 'Your booking has been moved'],
  ['bookingCancelled', {}, 'cancelled', 'Cal.com reports that your booking is cancelled'],
];
for (const [type, more, state, heading] of outcomes) {
  test(`${type} ${JSON.stringify(more)} ends as ${state}, light and dark`, async () => {
    const uid = freshUid();
    await arrive(uid);
    for (const colorScheme of ['light', 'dark']) {
      const page = await open({ colorScheme });
      await page.fire(type, booked(uid, more));
      await page.state(state);
      assert.equal(await page.heading(), heading);
      await judge(page, `${state} ${colorScheme}`);
      await page.discard();
    }
  });
}

test('the deprecated events of old servers do the same, and do not count twice beside new ones', async () => {
  const uid = freshUid();
  await arrive(uid);
  let page = await open();
  await page.fire('bookingSuccessful', { booking: { uid }, confirmed: true, date: 'x', duration: 30 });
  await page.state('confirmed');
  await page.discard();
  page = await open();
  await page.fire('bookingSuccessful', { booking: { uid }, confirmed: false });
  await page.state('pending');
  await page.discard();
  page = await open();
  await page.fire('rescheduleBookingSuccessful', { booking: { uid }, confirmed: true });
  await page.state('moved');
  await page.discard();
  page = await open();
  await page.fire('bookingSuccessfulV2', booked(uid));
  await page.state('confirmed');
  await page.fire('bookingSuccessful', { booking: {}, confirmed: true });
  await page.fire('bookingCancelled', {});
  await page.state('cancelled');
  assert.ok(!page.states.includes('reported'));
  await page.discard();
});

test('dry runs are no bookings', async () => {
  const page = await open();
  await page.fire('dryRunBookingSuccessfulV2', booked(undefined));
  await page.fire('dryRunRescheduleBookingSuccessfulV2', booked(undefined));
  await page.fire('bookingCancelled', {});
  await page.state('cancelled');
  assert.deepEqual(page.states, ['ready', 'cancelled']);
  await page.discard();
});

test('texts are text: markup is shown, not run', async () => {
  await database.sql(`select calcom_account_add('agency', cal_link => '${calcom.origin}/agency/visit');
    select calcom_page_set('agency', title => '<img src=x onerror=alert(1)>', intro => '"><script>alert(1)</script>{{link}}', benefits => array['<b>bold</b>', repeat('long', 50)], theme => 'dark')`);
  const page = await open({ path: '/book/agency', width: 320 });
  assert.equal(await page.textContent('h1'), '<img src=x onerror=alert(1)>');
  assert.equal(await page.textContent('.intro'), '"><script>alert(1)</script>{{link}}');
  assert.equal(new URL(page.calendar().url()).pathname, '/agency/visit/embed');
  assert.equal(new URL(page.calendar().url()).searchParams.get('theme'), 'dark');
  await judge(page);
  await page.discard();
});

// The default account of these tests has English texts; this one has none.
test('it speaks the language of the visitor, or one that the link names', async () => {
  await database.sql(`select calcom_account_add('many', cal_link => '${calcom.origin}/zoe/intro')`);
  const uid = freshUid();
  await deliver(proxy, database.secret, fixture('BOOKING_CREATED-chain1.json', { uid }));
  const expected = { de: ['de-AT', 'Termin buchen', 'Ihr Termin ist bestätigt'], es: ['es', 'Reservar una cita', 'Su cita está confirmada'], fr: ['fr-CA', 'Prendre rendez-vous', 'Votre rendez-vous est confirmé'] };
  for (const [language, [locale, title, confirmed]] of Object.entries(expected)) {
    const page = await open({ path: '/book/many', locale, width: 320 });
    assert.equal(await page.getAttribute('html', 'lang'), language);
    assert.equal(await page.textContent('h1'), title);
    await judge(page, `${language} ready`);
    await page.fire('linkFailed', {});
    await page.state('failed');
    await judge(page, `${language} failed`);
    await page.discard();
    const link = await open({ path: `/book/many?lang=${language}`, width: 320 });
    assert.equal(await link.textContent('h1'), title);
    // What is booked in one account has not arrived in another.
    await link.fire('bookingSuccessfulV2', booked(uid));
    await link.state('waiting');
    await link.discard();
    await database.sql(`select calcom_page_set('default', locale => '${language}', title => '${title}')`);
    const own = await until('the page is new', async () => {
      const page = await open({ path: `/book?lang=${language}`, width: 320 });
      if ((await page.textContent('h1')) === title) return page;
      await page.discard();
      return null;
    });
    await own.fire('bookingSuccessfulV2', booked(uid));
    await own.state('confirmed');
    assert.equal(await own.heading(), confirmed);
    await judge(own, `${language} confirmed`);
    await own.discard();
  }
  const other = await open({ locale: 'nl' });
  assert.equal(await other.textContent('h1'), 'Meet Zoë');
  await other.discard();
});

test('every word of the page is the account\'s to choose', async () => {
  const names = Object.keys(JSON.parse(readFileSync(new URL('../../web/src/words/en.json', import.meta.url), 'utf8')))
    .filter((name) => !['title', 'intro', 'benefits'].includes(name) && !name.startsWith('notice_'));
  await database.sql(`select calcom_account_add('words', cal_link => '${calcom.origin}/zoe/intro', locale => 'ar');
    select calcom_page_set('words', title => 'TITLE', intro => 'INTRO', benefits => array['BENEFIT'],
      words => '${JSON.stringify(Object.fromEntries(names.map((name) => [name, `W_${name}_{count}`])))}')`);
  const page = await open({ path: '/book/words' });
  assert.deepEqual(await page.evaluate(() => [document.documentElement.lang, document.dir]), ['ar', 'rtl']);
  const uid = freshUid();
  await deliver(proxy, database.secret, fixture('BOOKING_CREATED-chain1.json', { uid }), 'words');
  await page.fire('bookingSuccessfulV2', booked(undefined, { isRecurring: true, allBookings: [{}, {}] }));
  await page.state('reported');
  assert.equal(await page.heading(), 'W_reported_title_1');
  // Not the calendar's: all that is read or seen, with what is hidden until it is needed.
  const words = await page.evaluate(() => {
    const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    const found = [];
    while (nodes.nextNode()) {
      const node = nodes.currentNode;
      if (node.nodeType === Node.TEXT_NODE) found.push(node.parentElement.localName === 'style' ? '' : node.data);
      else for (const name of ['aria-label', 'title', 'alt', 'placeholder']) found.push(node.getAttribute(name) ?? '');
    }
    return found.map((text) => text.trim()).filter((text) => text !== '');
  });
  // Without script <noscript> is a text to the parser; its own words are the last ones.
  const strange = words.flatMap((text) => text.replace(/<[^>]*>/g, '\n').split('\n')).map((text) => text.trim())
    .filter((text) => text !== '' && !/^W_[a-z_]+(_(\{count\}|\d+))?$/.test(text) && !['BENEFIT', 'TITLE', 'INTRO'].includes(text));
  assert.deepEqual(strange, []);
  await judge(page);
  await page.discard();
});

test('no width makes it scroll sideways, at any state', async () => {
  const uid = freshUid();
  await arrive(uid);
  for (const width of [320, 375, 768, 1280, 1920]) {
    const page = await open({ width });
    assert.ok((await overflow(page)) <= 0, `${width} ready`);
    await page.fire('bookingSuccessfulV2', booked(uid));
    await page.state('confirmed');
    await judge(page, `${width} confirmed`);
    await page.discard();
  }
});

test('the keyboard gets everywhere, motion is optional', async () => {
  const uid = freshUid();
  await arrive(uid);
  const page = await open({ reducedMotion: 'no-preference' });
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  assert.ok(await page.evaluate(() => document.activeElement.getBoundingClientRect().top >= 0), 'the skip link comes into view');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'booking');
  await page.fire('bookingSuccessfulV2', booked(uid));
  await page.state('confirmed');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'status-next');
  const animation = () => page.evaluate(() => getComputedStyle(document.querySelector('#skeleton i')).animationName);
  assert.equal(await animation(), 'breathe');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  assert.equal(await animation(), 'none');
  await page.discard();
});

test('on paper stands what was booked, and no act', async () => {
  const uid = freshUid();
  await arrive(uid);
  const page = await open();
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.isVisible('#frame'), false);
  await page.fire('bookingSuccessfulV2', booked(uid));
  await page.state('confirmed');
  assert.equal(await page.isVisible('iframe'), true);
  assert.equal(await page.isVisible('#status-next'), false);
  await page.discard();
});

test('pictures for the docs', async () => {
  const uid = freshUid();
  await arrive(uid);
  const shots = [['book-light', { width: 1280, height: 860 }], ['book-dark', { width: 1280, height: 860, colorScheme: 'dark' }], ['book-375', { width: 375, height: 1180 }]];
  for (const [name, options] of shots) {
    const page = await open(options);
    await screenshot(page, name);
    await page.fire('bookingSuccessfulV2', booked(uid));
    await page.state('confirmed');
    await page.evaluate(() => window.scrollTo(0, 0));
    if (name !== 'book-dark') await screenshot(page, `${name.replace('book', 'book-confirmed')}`);
    await page.discard();
  }
});
