// How the operator page looks: without a finding of axe-core in light and dark, from 360 to 1920 pixels, and the
// pictures of docs/operator-page.md.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { book, closeClean, goLive, mailState, startAdmin } from './admin_setup.mjs';
import { axe, newPage, overflow, screenshot } from './browser.mjs';
import { deliver, endAll, until } from './harness.mjs';

let admin, views;
const kPeople = [
  ['Ana Souza', 'ana@client.example', 'America/Sao_Paulo'],
  ['Bjørn Åkesson', 'bjorn.akesson@a-rather-long-company-name.example', 'Europe/Oslo'],
  ['Marie-Thérèse de la Fontaine-Saint-Exupéry', 'marie@client.example', 'Europe/Paris'],
  ['Łukasz O’Brien', 'lukasz@client.example', 'Europe/Dublin'],
];

const bookFor = (person, hours, subject = 'Consultation') =>
  book(
    admin,
    (payload) => {
      const [name, email, timeZone] = kPeople[person];
      Object.assign(payload.attendees[0], { name, email, timeZone });
      payload.responses.name.value = name;
      payload.responses.email.value = email;
      payload.eventTitle = subject;
      payload.title = `${subject} between Zoë Müller and ${name}`;
      payload.additionalNotes = 'I would like to talk about the garden.\nSee you!';
    },
    { hours },
  );

// Two days of traffic: what came lately is moved into the past, as the log of a quiet office has it.
async function fill() {
  const [first] = [await bookFor(0, 26), await bookFor(1, 31), await bookFor(2, 50), await bookFor(3, 75)];
  await mailState(admin, first.uid, 'captured');
  await goLive(admin);
  for (let i = 0; i < 30; i++) await bookFor(i % 4, 80 + i * 5, i % 3 ? 'Consultation' : 'Garden plan');
  await until('all has left', async () => (await admin.database.sql(`select count(*) from email_outbox where state in ('queued', 'sending')`)) === '0');
  await admin.resend.script({ do: '422' });
  const failed = await bookFor(1, 120);
  await mailState(admin, failed.uid, 'failed');
  await admin.database.sql(`create function public.refuse() returns trigger language plpgsql as
      $$ begin raise exception 'customer % is not in the crm', new.attendee_email; end $$;
    create trigger crm after insert on bookings for each row execute function public.refuse()`);
  await bookFor(3, 130);
  await admin.database.sql('drop trigger crm on bookings');
  // The zone data of this machine may be old, and pictures shall not depend on it.
  await admin.database.sql(`create or replace function calcom_internal.doctor_zones(out check_name text, out state text, out finding text, out command text)
      returns setof record language sql as $$ select 'time zone data', 'ok', 'as the test has it', null $$;
    set session_replication_role = replica;
    with n as (select id, row_number() over (order by id) as n from calcom_events where outcome <> 'dead')
    update calcom_events e set received_at = now() - (n.n * n.n % 43) * interval '1 hour' from n where n.id = e.id;
    with n as (select id, row_number() over (order by id) as n from email_outbox where state <> 'failed')
    update email_outbox o set created_at = now() - (n.n * n.n % 43) * interval '1 hour', settled_at = now() - (n.n * n.n % 43) * interval '1 hour' from n where n.id = o.id`);
  const { status } = await deliver(admin.proxy, admin.database.secret, '{"triggerEvent":"PING"}');
  assert.equal(status, 200);
  return first;
}

before(async () => {
  admin = await startAdmin();
  const { uid } = await fill();
  const [mail] = await admin.database.rows(`select id from email_outbox where booking_uid = '${uid}'`);
  views = {
    overview: ['/admin', '.verdict'],
    inbox: [`/admin/mail/default/${mail.id}`, '.reading iframe'],
    mails: ['/admin/mail', '.mail-row'],
    booking: [`/admin/booking/default/${uid}`, '.reading iframe'],
    dead: ['/admin/dead', '.dead'],
    audit: ['/admin/audit', '.table'],
  };
});
after(endAll);

const kPictures = new Set(['overview 1280 light', 'overview 1280 dark', 'overview 360 light', 'inbox 1280 light', 'booking 1280 light', 'inbox 360 dark']);

for (const colorScheme of ['light', 'dark']) {
  for (const width of [360, 768, 1280, 1920]) {
    test(`every view at ${width} pixels, ${colorScheme}`, async () => {
      const findings = [];
      const page = await admin.open('/admin', { width, height: width < 700 ? 780 : 900, colorScheme });
      for (const [name, [path, sign]] of Object.entries(views)) {
        await page.goto(admin.proxy.url + path);
        await page.locator(sign).first().waitFor();
        await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));
        if ((await overflow(page)) > 0) findings.push(`${name}: scrolls sideways`);
        if (width === 360 || width === 1280) findings.push(...(await axe(page)).map((line) => `${name}: ${line}`));
        if (kPictures.has(`${name} ${width} ${colorScheme}`)) await picture(page, name, path, sign, width, colorScheme);
      }
      assert.deepEqual(findings, []);
      await closeClean(page, admin.proxy);
    });
  }
}

async function picture(page, name, path, sign, width, colorScheme) {
  if (!process.env.CALCOM_SCREENSHOTS) return;
  await page.goto(admin.proxy.url + path);
  // All of the overview; of the others what a screen shows.
  if (name === 'overview') await page.setViewportSize({ width, height: width === 360 ? 1500 : 1330 });
  await page.locator(sign).first().waitFor();
  if (sign.endsWith('iframe')) await page.frameLocator('iframe').locator('h1').waitFor();
  await screenshot(page, `operator-${name}-${width === 360 ? '360' : colorScheme}`);
  await page.setViewportSize({ width, height: 900 });
}

test('dialogs, search and the sign-in form are accessible, too', async () => {
  for (const colorScheme of ['light', 'dark']) {
    const page = await admin.open('/admin', { colorScheme });
    await page.locator('.verdict').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('ana@client');
    await page.getByRole('option').first().waitFor();
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Pause mail of default' }).click();
    await page.getByRole('dialog').waitFor();
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press('Escape');
    await closeClean(page, admin.proxy);
    const form = await newPage(admin.browser, { colorScheme, width: 360 });
    await form.goto(`${admin.proxy.url}/admin`);
    assert.deepEqual(await axe(form), []);
    assert.equal(await overflow(form), 0);
    await closeClean(form, admin.proxy);
  }
});

test('the skip link, the views and every act are reached by the tab key', async () => {
  const page = await admin.open('/admin');
  await page.locator('.verdict').waitFor();
  const names = [];
  for (let i = 0; i < 14; i++) {
    await page.keyboard.press('Tab');
    names.push(await page.evaluate(() => {
      const focused = document.activeElement;
      const outline = getComputedStyle(focused);
      return `${focused.textContent || focused.id}${outline.outlineStyle === 'none' ? ' (no focus is seen)' : ''}`;
    }));
  }
  assert.equal(names[0], 'Skip to the content');
  assert.ok(names.some((name) => name.startsWith('Dead letters')));
  assert.deepEqual(names.filter((name) => name.includes('(no focus')), []);
  await closeClean(page, admin.proxy);
});
