// The frame around every view: where one is, how the server is, and the keys.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Notes } from './acts';
import { signOut } from './api';
import { Audit } from './audit';
import { Booking } from './booking';
import { Dead } from './dead';
import { count, short, span, time, zone } from './format';
import { Icon, type IconName } from './icons';
import { Inbox } from './inbox';
import { refresh, useClock, useConnection, useLive, type Live } from './live';
import { Overview } from './overview';
import { judge } from './problems';
import { usePlace, type Place } from './router';
import { Search } from './search';
import type { Overview as Data } from './types';
import { ToneIcon } from './ui';

const kViews: { view: Place['view']; to: string; label: string; icon: IconName }[] = [
  { view: 'overview', to: '/admin', label: 'Overview', icon: 'overview' },
  { view: 'mail', to: '/admin/mail', label: 'Mail', icon: 'mail' },
  { view: 'dead', to: '/admin/dead', label: 'Dead letters', icon: 'dead' },
  { view: 'audit', to: '/admin/audit', label: 'Audit', icon: 'audit' },
];
const kTitles: Record<Place['view'], string> = { overview: 'Overview', mail: 'Mail', booking: 'Booking', dead: 'Dead letters', audit: 'Audit' };
const kKeys: [string, string][] = [
  ['/', 'search'],
  ['↑ ↓ Enter', 'move along what was found or the mails, open it'],
  ['j k', 'next and previous mail'],
  ['r', 'ask the server now'],
  ['?', 'this list'],
  ['Esc', 'close'],
];

function Connection() {
  useClock(1000);
  const { lost, seen, next, asking } = useConnection();
  if (!lost) return null;
  const left = next === null ? 0 : Math.ceil((next - Date.now()) / 1000);
  return (
    <div class="lost" role="alert">
      <Icon name="warn" />
      <p class="grow">
        <b>Connection lost:</b> {lost.message}.{lost.hint && <> <span class="break-words">{lost.hint}</span></>} {seen ? `Last seen ${time(seen)}; what you see is of then.` : 'Nothing was seen yet.'}{' '}
        <span aria-hidden="true">{asking ? 'Trying again…' : left > 0 ? `Trying again in ${span(left)}.` : ''}</span>
      </p>
      <button type="button" class="button button-small" onClick={refresh}>Try now</button>
    </div>
  );
}

function Seen() {
  useClock(1000);
  const { lost, seen } = useConnection();
  const text = lost ? 'Lost' : seen ? 'Live' : 'Connecting';
  return (
    <button type="button" class="button seen" onClick={refresh} title="Ask the server now (r)" aria-keyshortcuts="r">
      <span class="sr-only">Refresh now.</span>
      <span class={`dot ${lost ? 'dot-lost' : seen ? 'dot-live' : ''}`} aria-hidden="true" />
      <span class="seen-text">{text}</span>
      <span class="seen-time tabular-nums">{seen ? time(seen) : ''}</span>
      <Icon name="refresh" />
    </button>
  );
}

function Keys({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="keys-title" onClose={close}>
      <form method="dialog">
        <h2 id="keys-title">Keys</h2>
        <dl class="keys">{kKeys.map(([key, text]) => <div key={key}><dt>{key.split(' ').map((k) => <kbd key={k}>{k}</kbd>)}</dt><dd>{text}</dd></div>)}</dl>
        <div class="dialog-buttons"><button class="button button-main" autofocus>Close</button></div>
      </form>
    </dialog>
  );
}

function useKeys(showKeys: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as Element;
      if (event.ctrlKey || event.metaKey || event.altKey || target.matches('input, select, textarea') || document.querySelector('dialog[open]')) return;
      if (event.key === '/') document.querySelector<HTMLInputElement>('#search')?.focus();
      else if (event.key === '?') showKeys();
      else if (event.key === 'r') refresh();
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

// After a change of view the focus goes to its heading, or it would be lost with what was clicked.
function useFocus(place: Place): void {
  const last = useRef(place);
  // At once with the first drawing: later it would take the focus from a quick user.
  useLayoutEffect(() => {
    const before = last.current;
    last.current = place;
    document.title = `${kTitles[place.view]}${place.id ? ` ${place.id}` : ''} · calcom`;
    if (before.view === place.view && before.id === place.id) return;
    const focus = document.activeElement as HTMLElement | null;
    if (before.view === place.view && focus && focus !== document.body && focus.getClientRects().length > 0) return;
    if (before.view !== place.view) scrollTo(0, 0);
    document.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true });
  }, [place.view, place.id]);
}

function Nav({ place, overview }: { place: Place; overview: Live<Data> }) {
  const verdict = overview.data && judge(overview.data);
  const { status, dead_deliveries: deliveries } = overview.data ?? {};
  const dead = (status?.failed ?? 0) + (status?.uncertain ?? 0) + (deliveries ?? 0);
  const notes: Partial<Record<Place['view'], preact.ComponentChildren>> = {
    overview: verdict && <span class="nav-note"><ToneIcon tone={verdict.tone} /><span class="sr-only">{verdict.title}</span></span>,
    dead: dead > 0 && <span class="nav-note count" title={count(dead)}>{short(dead)}</span>,
  };
  return (
    <nav class="nav" aria-label="Views">
      {kViews.map(({ view, to, label, icon }) => (
        <a key={view} href={to} aria-current={place.view === view ? 'page' : undefined}>
          <Icon name={icon} />
          <span>{label}</span>
          {notes[view]}
        </a>
      ))}
    </nav>
  );
}

function View({ place, overview }: { place: Place; overview: Live<Data> }) {
  if (place.view === 'overview') return <Overview live={overview} />;
  if (place.view === 'mail') return <Inbox place={place} accounts={overview.data?.accounts.map((row) => row.account) ?? []} />;
  if (place.view === 'booking') return <Booking key={`${place.account} ${place.id}`} place={place} />;
  if (place.view === 'dead') return <Dead />;
  return <Audit />;
}

export function App() {
  const place = usePlace();
  const [keys, setKeys] = useState(false);
  useKeys(() => setKeys(true));
  useFocus(place);
  // One question for all views: the marks in the navigation and the accounts to choose from come from it.
  const overview = useLive<Data>('overview', place.view === 'overview' ? 4000 : 15_000);
  return (
    <>
      <a class="skip" href="#main">Skip to the content</a>
      <div class="shell">
        <header class="top">
          <a class="brand" href="/admin"><span class="brand-mark" aria-hidden="true">c</span> calcom <span class="brand-database">{overview.data?.status.database}</span></a>
          <Search />
          <Seen />
          <button type="button" class="button icon-only" aria-label="Keys" title="Keys (?)" aria-keyshortcuts="?" onClick={() => setKeys(true)}>?</button>
          <button type="button" class="button icon-only" aria-label="Sign out" title="Sign out" onClick={signOut}><Icon name="out" /></button>
        </header>
        <Nav place={place} overview={overview} />
        <main id="main" class="main" tabIndex={-1}>
          <Connection />
          <h1 tabIndex={-1}>{kTitles[place.view]}{place.view === 'booking' && <span class="h1-id">{place.id}</span>}</h1>
          <View place={place} overview={overview} />
          <p class="zone">Times are those of {zone()}, your browser’s zone.</p>
        </main>
      </div>
      <Notes />
      {keys && <Keys close={() => setKeys(false)} />}
    </>
  );
}
