// Debian's Chromium as the tests use it: pages that remember every request, every word of the console and every breach
// of the Content-Security-Policy, and what axe-core says of them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { atEnd, root } from './harness.mjs';

const packages = createRequire(`${process.env.CALCOM_WEB_PACKAGES ?? `${root}build/web-test`}/`);
const { chromium } = packages('playwright-core');
const axeSource = readFileSync(packages.resolve('axe-core/axe.min.js'), 'utf8');

export const packageFile = (name) => packages.resolve(name);

export async function startBrowser() {
  const program = process.env.CALCOM_CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
  if (!program) throw new Error('no Chromium; run tools/dependencies.sh test, or name one by CALCOM_CHROMIUM');
  // /dev/shm of a container is small; nothing may be asked of Google in the background.
  const browser = await chromium.launch({
    executablePath: program,
    args: ['--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update', '--no-first-run'],
  });
  atEnd(() => browser.close());
  return browser;
}

// A page in a context of its own. options: width, height, and what playwright's newContext takes (colorScheme,
// javaScriptEnabled, reducedMotion …). page.seen: { requests, console, breaches, errors }.
export async function newPage(browser, { width = 1280, height = 900, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce', locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.seen = { requests: [], console: [], breaches: [], errors: [] };
  await page.exposeBinding('calcomBreach', (_source, breach) => page.seen.breaches.push(breach));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      window.calcomBreach(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample} (${event.sourceFile}:${event.lineNumber})`),
    );
  });
  page.on('request', (request) => page.seen.requests.push(request.url()));
  page.on('console', (message) => page.seen.console.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => page.seen.errors.push(String(error)));
  page.discard = () => context.close();
  return page;
}

// What axe-core finds wrong with the page as it stands, one line each; frames of other origins are not ours.
export async function axe(page) {
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }),
  );
  return violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary.replace(/\s+/g, ' ')}`));
}

// Pixels by which the page can be scrolled sideways.
export const overflow = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

// docs/images/NAME.png, small, when the pictures are asked for; needs pngquant.
export async function screenshot(page, name, options = {}) {
  if (!process.env.CALCOM_SCREENSHOTS) return;
  const path = `${root}docs/images/${name}.png`;
  mkdirSync(`${root}docs/images`, { recursive: true });
  await page.screenshot({ path, animations: 'disabled', ...options });
  execFileSync('pngquant', ['--force', '--skip-if-larger', '--quality=70-95', '--strip', '--output', path, path]);
}
