// A second origin that plays Cal.com: the unmodified embed.js of @calcom/embed-core, and the page in its frame, which
// speaks the protocol that the embed expects. Tests act in that frame: frame.evaluate(() => fire('linkFailed', {...})).
import { once } from 'node:events';
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { packageFile } from './browser.mjs';
import { atEnd } from './harness.mjs';

const embed = readFileSync(packageFile('@calcom/embed-core/package.json').replace('package.json', 'dist/embed/embed.js'));

// How the frame behaves: ok, silent (never says a word).
const frame = (mode, theme) => `<!doctype html>
<html lang="en" class="${theme}"><head><meta charset="utf-8"><title>Cal.com, played</title><style>
  :root { color-scheme: light; --ink: #111827; --soft: #6b7280; --line: #e5e7eb; --fill: #f3f4f6; --back: #fff }
  .dark { color-scheme: dark; --ink: #f9fafb; --soft: #9ca3af; --line: #2e2e33; --fill: #232327; --back: #161618 }
  @media (prefers-color-scheme: dark) { .auto { color-scheme: dark; --ink: #f9fafb; --soft: #9ca3af; --line: #2e2e33; --fill: #232327; --back: #161618 } }
  body { margin: 0; background: var(--back); color: var(--ink); font: 15px/1.5 system-ui, sans-serif }
  main { display: grid; gap: 24px; padding: 24px; grid-template-columns: minmax(0, 1fr) }
  @media (min-width: 640px) { main { grid-template-columns: 200px minmax(0, 1fr) } }
  h1 { font-size: 20px; margin: 8px 0 } p { margin: 4px 0; color: var(--soft) }
  .grid { display: grid; grid-template-columns: repeat(7, minmax(0, 1fr)); gap: 4px; text-align: center }
  .grid b { font-weight: 500; font-size: 12px; color: var(--soft) }
  .grid span { padding: 10px 0; border-radius: 6px } .grid .free { background: var(--fill); font-weight: 600 }
</style></head><body><main>
  <div><p>Zoë Müller</p><h1>Intro call</h1><p>30 minutes</p><p>Cal Video</p></div>
  <div><h1>November 2096</h1><div class="grid" id="days"></div></div>
</main><script>
  const namespace = new URLSearchParams(location.search).get('embed');
  const say = (type, data) => parent.postMessage({ originator: 'CAL', type, namespace, fullType: 'CAL:' + namespace + ':' + type, data }, '*');
  window.fire = (type, data) => {
    if (/ookingSuccessful/.test(type)) document.querySelector('main').innerHTML = '<div><h1>This meeting is scheduled</h1></div><div><p>Intro call with Zoë Müller</p><p>Tuesday, 24 November 2096, 10:00 – 10:30</p><p>Cal Video</p></div>';
    say(type, data);
  };
  window.heard = [];
  'MTWTFSS'.split('').forEach((day) => days.insertAdjacentHTML('beforeend', '<b>' + day + '</b>'));
  for (let day = 1; day <= 30; day++) days.insertAdjacentHTML('beforeend', '<span class="' + (day % 7 > 1 ? 'free' : '') + '">' + day + '</span>');
  const size = () => say('__dimensionChanged', { iframeHeight: document.body.scrollHeight, iframeWidth: document.body.scrollWidth, isFirstTime: true });
  addEventListener('message', ({ data }) => {
    if (data?.originator !== 'CAL') return;
    heard.push(data);
    if (data.method !== 'parentKnowsIframeReady') return;
    size();
    say('linkReady', {});
  });
  ${mode === 'ok' ? "say('__iframeReady', { isPrerendering: false });" : ''}
</script></body></html>`;

// calcom.mode: ok | silent | hang (embed.js is never answered) | gone (404); calcom.requests: addresses asked for.
export async function startCalcom() {
  const calcom = { mode: 'ok', requests: [] };
  const open = new Set();
  const server = createServer((request, response) => {
    const url = new URL(request.url, calcom.origin);
    calcom.requests.push(url);
    const answer = (status, type, body) => response.writeHead(status, { 'Content-Type': type }).end(body);
    if (url.pathname === '/embed/embed.js') {
      if (calcom.mode === 'hang') return open.add(response);
      return calcom.mode === 'gone' ? answer(404, 'text/plain', 'no') : answer(200, 'text/javascript', embed);
    }
    if (url.pathname.endsWith('/embed')) {
      return answer(200, 'text/html; charset=utf-8', frame(calcom.mode, url.searchParams.get('theme') ?? 'light'));
    }
    // A page of somebody who would like this one to believe in a booking.
    if (url.pathname === '/spoof') {
      const lie = JSON.stringify({ originator: 'CAL', type: 'bookingSuccessfulV2', namespace: '', fullType: 'CAL::bookingSuccessfulV2', data: { uid: 'SPOOFED' } });
      return answer(200, 'text/html', `<!doctype html><title>spoof</title><script>(window.opener ?? window.parent).postMessage(${lie}, '*')</script>`);
    }
    // A site that shows the page in a frame.
    if (url.pathname === '/site') {
      return answer(200, 'text/html', `<!doctype html><title>site</title><iframe title="book" src="${url.searchParams.get('show')}"></iframe>`);
    }
    return answer(404, 'text/plain', 'no');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  calcom.origin = `http://127.0.0.1:${server.address().port}`;
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return calcom;
}
