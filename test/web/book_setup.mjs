// What the files of the booking page's tests share: a proxy before a database, a Cal.com that is played, a browser.
import assert from 'node:assert/strict';
import { axe, newPage, overflow, startBrowser } from './browser.mjs';
import { startCalcom } from './fake_calcom.mjs';
import { startDatabase, startProxy } from './harness.mjs';

export async function startAll() {
  const calcom = await startCalcom();
  const [browser, database] = await Promise.all([startBrowser(), startDatabase()]);
  await database.sql(`select calcom_account_set('default', cal_link => '${calcom.origin}/zoe/intro');
    select calcom_page_set('default', title => 'Meet Zoë', intro => 'Thirty minutes to find out whether we should work together. No preparation needed.',
      benefits => array['Times are shown in your own time zone.', 'A reminder arrives a day and an hour before.', 'Reschedule or cancel with one click, at any time.'])`);
  const proxy = await startProxy(database);
  const all = { calcom, browser, database, proxy };

  // The page, with every state that it shows remembered in order. options: those of newPage; clock: a clock of the test's;
  // before: what is done with the page before it is opened.
  all.open = async ({ path = '/book', clock = false, before, until = 'ready', ...options } = {}) => {
    const page = await newPage(browser, options);
    page.states = [];
    if (clock) await page.clock.install();
    await page.exposeBinding('calcomState', (_source, state) => page.states.push(state));
    await page.addInitScript(() => {
      if (window.parent !== window) return;
      document.addEventListener('DOMContentLoaded', () => {
        const booking = document.getElementById('booking');
        new MutationObserver(() => window.calcomState(booking.dataset.state)).observe(booking, { attributeFilter: ['data-state'] });
      });
    });
    await before?.(page);
    await page.goto(proxy.url + path, { waitUntil: 'domcontentloaded' });
    page.state = (state) => page.waitForSelector(`#booking[data-state="${state}"]`, { state: 'attached' });
    page.calendar = () => page.frames().find((frame) => frame.url().startsWith(`${calcom.origin}/`) && frame.url().includes('/embed?'));
    page.fire = (type, data) => page.calendar().evaluate(([name, detail]) => window.fire(name, detail), [type, data]);
    page.heading = () => page.textContent('#status-title');
    if (until) await page.state(until);
    return page;
  };

  // Nothing that must never be: a breach of the policy, an error, a request to anybody but us and Cal.com, a violation
  // of accessibility, sideways scrolling.
  all.judge = async (page, what = '') => {
    assert.deepEqual(page.seen.breaches, [], `breaches of the policy ${what}`);
    assert.deepEqual(page.seen.errors, [], `errors ${what}`);
    const foreign = page.seen.requests.filter((url) => ![proxy.url, calcom.origin].includes(new URL(url).origin) && !url.startsWith('data:'));
    assert.deepEqual(foreign, [], `foreign requests ${what}`);
    assert.deepEqual(await axe(page), [], `axe ${what}`);
    assert.ok((await overflow(page)) <= 0, `no sideways scrolling ${what}`);
  };
  return all;
}
