// The booking page: Cal.com's inline embed, and the truth about what became of a booking. An event of the embed is a hint
// that anybody could make up; "confirmed" is said only after this server has the booking (GET …/seen/UID).
import { listen, loadEmbed, onlyFromFrame, type Booked } from './book/embed';
import { watch, type Progress } from './book/confirm';
import { words, type State } from './book/words';

const patience = 15_000; // until an embed that says nothing is called silent

const element = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const booking = element('booking');
const frame = element('frame');
const status = element('status');
const title = element('status-title');
const { origin = '', script = '', path = '', seen = '' } = booking.dataset;
const given = JSON.parse(booking.dataset.words ?? '{}') as Record<string, string>;
const theme = document.documentElement.dataset.theme ?? 'auto';

let loaded = false;
let outcome = false; // something has become of a booking: trouble of the calendar is no news any more
let stop = (): void => {};
let again = (): void => {};

function show(state: State, count = 1): void {
  const { kind, title: heading, text, acts } = words(given, state, count);
  booking.dataset.state = state;
  status.dataset.kind = kind;
  title.textContent = heading;
  element('status-text').textContent = text;
  element('status-link').hidden = !acts.includes('link');
  element('status-again').hidden = !acts.includes('again');
  element('status-next').hidden = !acts.includes('next');
  status.hidden = heading === '';
}

function ready(): void {
  loaded = true;
  frame.ariaBusy = 'false';
  element('skeleton').hidden = true;
  booking.classList.add('loaded');
  frame.querySelector('iframe')?.setAttribute('title', given.booking ?? ''); // the embed's is English
  if (!outcome) show('ready');
}

function trouble(state: 'blocked' | 'silent' | 'failed'): void {
  if (outcome) return;
  if (state !== 'silent') {
    frame.ariaBusy = 'false';
    frame.hidden = true;
  }
  show(state);
}

// Where people look next: the news stands above the calendar that they have just used.
function lead(): void {
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  title.focus({ preventScroll: true });
  booking.scrollIntoView({ block: 'start', behavior: calm ? 'auto' : 'smooth' });
}

function follow(booked: Booked): void {
  stop();
  outcome = true;
  if (booked.payment) {
    show('payment');
  } else if (!booked.uid) {
    show('reported');
  } else {
    const address = seen + booked.uid;
    const arrived: State = booked.pending ? 'pending' : booked.moved ? 'moved' : booked.count > 1 ? 'series' : 'confirmed';
    const tell = (progress: Progress): void => show(progress === 'arrived' ? arrived : progress, booked.count);
    again = () => {
      stop();
      stop = watch(address, tell);
    };
    again();
  }
  lead();
}

element('status-again').addEventListener('click', () => again());

onlyFromFrame(() => frame.querySelector('iframe')?.contentWindow ?? null);
const timer = setTimeout(() => {
  if (!loaded) trouble('silent');
}, patience);
const cal = loadEmbed(script, () => {
  clearTimeout(timer);
  trouble('blocked');
});
listen(cal, {
  ready,
  failed: () => {
    clearTimeout(timer);
    trouble('failed');
  },
  booked: follow,
  cancelled: () => {
    stop();
    outcome = true;
    show('cancelled');
    lead();
  },
});
cal('init', { origin });
cal('inline', { elementOrSelector: '#embed', calLink: path, config: { layout: 'month_view', theme } });
cal('ui', { theme, hideEventTypeDetails: false, layout: 'month_view' });
