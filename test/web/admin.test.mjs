// The operator page from signing in to fixing: before a real proxy, database, worker and scripted Resend.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { adminOptions, adminLink, book, closeClean, goLive, mailState, signIn, startAdmin, token } from './admin_setup.mjs';
import { newPage } from './browser.mjs';
import { endAll, freshUid, startProxy, until } from './harness.mjs';

let admin, open;
const close = (page) => closeClean(page, admin.proxy);
const button = (page, name) => page.getByRole('button', { name, exact: true });
const confirm = (page, name) => page.getByRole('dialog').getByRole('button', { name });
const note = (page, text) => page.locator('.note', { hasText: text }).waitFor();

before(async () => {
  admin = await startAdmin();
  open = admin.open;
});
after(endAll);

test('a wrong token is reported and the right one opens the page, also without script', async () => {
  const page = await newPage(admin.browser, { javaScriptEnabled: false });
  const answer = await page.goto(`${admin.proxy.url}/admin`);
  assert.match(answer.headers()['content-security-policy'], /script-src 'self'/);
  await page.getByLabel('Operator token').fill('not the token');
  const [refused] = await Promise.all([page.waitForResponse((r) => r.url().endsWith('/admin/login')), button(page, 'Sign in').click()]);
  assert.equal(refused.status(), 401);
  assert.notEqual(await page.getByRole('alert').textContent(), '');
  await page.getByLabel('Operator token').fill(token);
  await button(page, 'Sign in').click();
  await page.getByRole('heading', { name: 'This page needs JavaScript' }).waitFor();
  await button(page, 'Sign out').click();
  await page.getByLabel('Operator token').waitFor();
  await page.discard();
});

test('a link signs in once', async () => {
  const link = adminLink(admin, admin.file);
  const page = await newPage(admin.browser);
  await page.goto(link);
  await page.getByRole('heading', { level: 1, name: 'Mail' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/admin/mail');
  await button(page, 'Sign out').click();
  await page.getByLabel('Operator token').waitFor();
  assert.equal((await page.goto(link)).status(), 403);
  await page.getByLabel('Operator token').waitFor();
  await close(page);
});

test('too many wrong tokens have to wait', async () => {
  const proxy = await startProxy(admin.database, adminOptions(admin.database, admin.file));
  const page = await newPage(admin.browser);
  await page.goto(`${proxy.url}/admin`);
  const status = await until('it is limited', async () => {
    await page.getByLabel('Operator token').fill('wrong');
    const [answer] = await Promise.all([page.waitForResponse((r) => r.url().endsWith('/admin/login')), button(page, 'Sign in').click()]);
    return answer.status() === 429 && answer;
  });
  assert.ok(Number(status.headers()['retry-after']) > 0);
  await page.getByRole('alert').waitFor();
  await proxy.stop();
  await page.discard();
});

test('what is left to set up stands on the first page, with the command to copy', async () => {
  const page = await open('/admin');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.locator('.verdict').waitFor();
  // Open by itself unless something worse is above it, such as old zone data on this machine.
  await page.locator('details', { hasText: 'to set up' }).evaluate((details) => (details.open = true));
  const need = page.locator('.need', { hasText: 'Mail mode of default' });
  const command = await need.locator('code').textContent();
  assert.match(command, /calcom_go_live\('default'\)/);
  await need.getByRole('button', { name: /^Copy/ }).click();
  await need.getByText('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command);
  await close(page);
});

test('a captured mail appears in the open inbox and is read there', async () => {
  const page = await open('/admin/mail');
  await page.getByText('No mail was made yet').waitFor();
  const { uid } = await book(admin);
  await mailState(admin, uid, 'captured');
  await page.locator('.mail-row').first().click();
  await page.getByText('Captured, not sent: it was written in test mode.').waitFor();
  const frame = page.frameLocator('iframe');
  await frame.getByText('Mia Meeting').first().waitFor();
  assert.equal(await page.locator('iframe').getAttribute('sandbox'), '');
  await button(page, '360 px').click();
  await until('it is narrow', async () => (await page.locator('iframe').boundingBox()).width === 360);
  await page.getByRole('tab', { name: 'HTML' }).press('ArrowRight');
  await page.getByRole('tabpanel').getByText('Mia Meeting').waitFor();
  await page.getByRole('tab', { name: /[.]ics$/ }).click();
  await page.getByRole('tabpanel').getByText('BEGIN:VCALENDAR').waitFor();
  await page.getByRole('link', { name: `booking ${uid}` }).click();
  await page.getByRole('heading', { level: 1, name: uid }).waitFor();
  await page.getByRole('heading', { name: 'Time line' }).waitFor();
  await page.getByText('BOOKING_CREATED: applied').waitFor();
  await page.frameLocator('iframe').getByText('Mia Meeting').first().waitFor();
  await close(page);
});

test('what is drawn by hour is also a table', async () => {
  const page = await open('/admin');
  const card = page.getByRole('region', { name: 'Deliveries per hour' });
  await card.getByText('Numbers as a table').click();
  assert.equal(await card.getByRole('row').nth(1).getByRole('cell').first().textContent(), '1');
  assert.equal(await card.locator('canvas').count(), 1);
  await close(page);
});

test('names and subjects are text, whatever they look like', async () => {
  const evil = `<img src=x onerror="top.hacked=1"><script>top.hacked=1</script>`;
  const { uid } = await book(admin, (payload) => {
    payload.title = `${evil} title`;
    payload.attendees[0].name = payload.responses.name.value = evil;
    payload.additionalNotes = `</pre>${evil}`;
  });
  await mailState(admin, uid, 'captured');
  const [mail] = await admin.database.rows(`select id from email_outbox where booking_uid = '${uid}'`);
  const hacked = (page) => page.evaluate(() => [window.hacked, document.querySelectorAll('img, #app script').length]);
  for (const path of ['/admin', `/admin/booking/default/${uid}`, `/admin/mail/default/${mail.id}`]) {
    const page = await open(path);
    await page.getByText('<img src=x', { exact: false }).first().waitFor();
    if (path !== '/admin') await page.frameLocator('iframe').getByText('<img src=x').first().waitFor();
    assert.deepEqual(await hacked(page), [undefined, 0]);
    await close(page);
  }
});

test('a delivery that a trigger refuses is dead, and replayed once that is fixed', async () => {
  await admin.database.sql(`create function public.refuse() returns trigger language plpgsql as
      $$ begin raise exception 'the crm has no such customer' using detail = 'Looked for mia.'; end $$;
    create trigger crm after insert on bookings for each row execute function public.refuse()`);
  const page = await open('/admin');
  const [first] = [await book(admin), await book(admin)];
  assert.equal(first.outcome, 'dead');
  await page.getByRole('heading', { name: /needs? you$/ }).waitFor();
  await page.locator('.need', { hasText: 'Dead deliveries' }).getByRole('link', { name: 'Look at them' }).click();
  const dead = page.locator('.dead', { hasText: first.uid });
  await dead.getByText('The crm has no such customer').waitFor();
  await dead.getByRole('button', { name: /^Replay/ }).click();
  await note(page, 'it failed again');
  await admin.database.sql('drop trigger crm on bookings');
  await dead.getByRole('button', { name: /^Replay/ }).click();
  await note(page, 'Replayed: applied.');
  await dead.waitFor({ state: 'detached' });
  await page.getByRole('button', { name: /^Replay all/ }).click();
  await confirm(page, 'Replay all').click();
  await note(page, '1 delivery replayed.');
  await page.getByText('Every delivery was understood.').waitFor();
  assert.deepEqual(await admin.database.rows(`select status from bookings where uid = '${first.uid}'`), [{ status: 'accepted' }]);
  await page.getByRole('link', { name: 'Audit' }).click();
  await page.getByRole('rowheader', { name: 'replay', exact: true }).first().waitFor();
  await close(page);
});

test('a failed mail is retried; an uncertain one only on an explicit word', async () => {
  await goLive(admin);
  await admin.resend.script({ do: '422' });
  const { uid } = await book(admin);
  const [{ id }] = await mailState(admin, uid, 'failed');
  const page = await open(`/admin/mail/default/${id}`);
  await button(page, 'Retry').click();
  await confirm(page, 'Retry').click();
  await note(page, 'queued again');
  await page.getByText('nothing is known of its arrival yet').waitFor();
  await admin.database.sql(`update email_outbox set state = 'uncertain', settled_at = now() where id = '${id}'`);
  await button(page, 'Retry').click();
  assert.ok(await confirm(page, 'Retry').isDisabled());
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.ok(await button(page, 'Retry').evaluate((node) => node === document.activeElement));
  await button(page, 'Retry').click();
  await page.getByRole('checkbox').check();
  await confirm(page, 'Retry').click();
  await mailState(admin, uid, 'sent');
  await page.getByText('nothing is known of its arrival yet').waitFor();
  await close(page);
});

test('mail is paused, cancelled and resumed', async () => {
  const page = await open('/admin');
  await button(page, 'Pause mail of default').click();
  await confirm(page, 'Pause').click();
  await page.getByText('paused', { exact: true }).waitFor();
  const { uid } = await book(admin);
  const [mail] = await until('it is held', () => admin.database.rows(`select id from email_outbox where booking_uid = '${uid}' and state in ('queued', 'held')`).then((rows) => rows.length > 0 && rows));
  const reading = await open(`/admin/mail/default/${mail.id}`);
  await button(reading, 'Cancel').click();
  await confirm(reading, 'Cancel the mail').click();
  await note(reading, 'The mail is cancelled.');
  await mailState(admin, uid, 'cancelled');
  await button(page, 'Resume mail of default').click();
  await note(page, 'goes on');
  await button(page, 'Pause mail of default').waitFor();
  await close(reading);
  await close(page);
});

test('all is well when nothing is left', async () => {
  // The zone data of the machine that tests may be old, which the doctor rightly tells.
  await admin.database.sql(`create or replace function calcom_internal.doctor_zones(out check_name text, out state text, out finding text, out command text)
      returns setof record language sql as $$ select 'time zone data', 'ok', 'as the test has it', null $$;
    select calcom_set_secret('default', 'resend_webhook', 'whsec_Y2FsZW5kYXJxdWVyeS10ZXN0LXNlY3JldC0zMmJ5dGU=');
    with b as (select '{"type":"email.delivered","created_at":"2026-11-22T10:00:00Z","data":{"email_id":"x","to":["x@example.com"]}}' as body,
                      extract(epoch from now())::bigint::text as at)
    select resend_ingest(body, 'evt-1', at, resend_sign(convert_to(body, 'UTF8'), 'evt-1', at, 'whsec_Y2FsZW5kYXJxdWVyeS10ZXN0LXNlY3JldC0zMmJ5dGU=')) from b`);
  const page = await open('/admin');
  await page.getByRole('heading', { name: 'All is well' }).waitFor();
  assert.equal(await page.locator('.need').count(), 0);
  await close(page);
});

test('a booking, a person and a mail are found by keyboard', async () => {
  const { uid } = await book(admin, (payload) => {
    payload.attendees[0].email = payload.responses.email.value = 'rare.person@example.com';
  });
  const [{ id }] = await mailState(admin, uid, 'sent');
  const page = await open('/admin');
  await page.locator('.verdict').waitFor();
  const look = async (text, heading) => {
    await page.keyboard.press('/');
    await page.keyboard.type(text);
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
  };
  await look(uid, uid);
  await look(id, 'Mail');
  assert.ok(page.url().endsWith(`/admin/mail/default/${id}`));
  await look('rare.person@example.com', uid);
  await page.keyboard.press('/');
  await page.keyboard.type(id);
  await page.keyboard.press('Enter'); // before any answer
  await page.getByRole('heading', { level: 1, name: 'Mail' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('/');
  await page.keyboard.type(`${freshUid()}x`);
  await page.locator('.found').getByText('Nothing is found.').waitFor();
  await close(page);
});
