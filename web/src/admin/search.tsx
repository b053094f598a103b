// Search by uid, person, mail id or event id: a combobox, so that all of it goes by keyboard.
import { useEffect, useRef, useState } from 'preact/hooks';
import { bookingPath, get, mailPath, Refusal } from './api';
import { Icon, type IconName } from './icons';
import { go } from './router';
import type { Found } from './types';
import { When } from './ui';

const kPause = 180; // milliseconds without a key before we ask
const kIcons: Record<Found['kind'], IconName> = { booking: 'calendar', mail: 'mail', event: 'bolt' };
const kNames: Record<Found['kind'], string> = { booking: 'Booking', mail: 'Mail', event: 'Delivery' };

function address(found: Found): string {
  if (found.kind === 'mail') return mailPath(found);
  if (found.kind === 'booking') return bookingPath(found.account, found.id);
  return found.booking_uid ? bookingPath(found.account, found.booking_uid) : '/admin/dead';
}

const kMost = 30; // as many as the database gives
const kWhere = 'Whole uids, ids and addresses are looked for everywhere, parts of a name, title or address among the 20 000 bookings that start last.';
const noteOf = (found: number): string =>
  found === 0 ? `Nothing is found. ${kWhere}` : found >= kMost ? `The first ${kMost} are shown: there may be more. ${kWhere}` : `${found} found.`;

type State = { text: string; rows: Found[]; note: string };
const kNone: State = { text: '', rows: [], note: '' };

function useFound(text: string): State {
  const [state, setState] = useState<State>(kNone);
  useEffect(() => {
    const wanted = text.trim();
    if (wanted.length < 2) return setState(kNone);
    const stop = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const rows = await get<Found[]>(`search?q=${encodeURIComponent(wanted)}`, stop.signal);
        setState({ text: wanted, rows, note: noteOf(rows.length) });
      } catch (cause) {
        if (stop.signal.aborted) return;
        setState({ text: wanted, rows: [], note: cause instanceof Refusal ? `Search failed: ${cause.message}.` : 'Search failed.' });
      }
    }, kPause);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);
  return state;
}

export function Search() {
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const { rows, note, text: asked } = useFound(text);
  const current = asked === text.trim();
  // Enter may come before the answer: then the first of it is meant.
  const eager = useRef(false);
  useEffect(() => {
    setAt(0);
    if (eager.current && current) choose(rows[0]);
  }, [rows]);
  const shown = open && note !== '';
  const choose = (found: Found | undefined) => {
    eager.current = false;
    if (!found) return;
    setOpen(false);
    setText('');
    input.current?.blur();
    go(address(found));
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      if (shown) setOpen(false);
      else input.current?.blur();
      event.preventDefault();
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (shown && current) choose(rows[at]);
      else eager.current = true;
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      setOpen(true);
      const step = event.key === 'ArrowDown' ? 1 : -1;
      if (rows.length > 0) setAt((at + step + rows.length) % rows.length);
    }
  };
  return (
    <div class="search" role="search" onFocusOut={(event) => event.currentTarget.contains(event.relatedTarget as Node | null) || setOpen(false)}>
      <Icon name="search" class="search-icon" />
      <input
        ref={input} id="search" type="text" role="combobox" autocomplete="off" spellcheck={false} placeholder="Search uid, person, mail id"
        aria-label="Search by booking uid, person, mail id or event id" aria-expanded={shown} aria-controls="found" aria-autocomplete="list"
        aria-activedescendant={shown && rows[at] ? `found-${at}` : undefined} aria-keyshortcuts="/"
        value={text} onInput={(event) => (setText(event.currentTarget.value), setOpen(true), (eager.current = false))} onFocus={() => setOpen(true)} onKeyDown={onKey}
      />
      <kbd class="search-key" aria-hidden="true">/</kbd>
      <p class="sr-only" role="status">{shown ? note : ''}</p>
      <div class="found" hidden={!shown}>
        {(rows.length === 0 || rows.length >= kMost) && <p class="found-note">{note}</p>}
        <ul id="found" role="listbox" aria-label="Found">
          {rows.map((found, i) => (
            <li
              key={`${found.kind} ${found.account} ${found.id}`} id={`found-${i}`} role="option" aria-selected={i === at} class="found-row"
              onMouseDown={(event) => event.preventDefault()} onClick={() => choose(found)} onMouseMove={() => setAt(i)}
              ref={i === at ? (row) => void row?.scrollIntoView({ block: 'nearest' }) : undefined}
            >
              <Icon name={kIcons[found.kind]} />
              <span class="row-main"><b>{found.title ?? found.id}</b><span class="text-muted break-words">{kNames[found.kind]} · {found.detail ?? found.id}</span></span>
              {found.at && <span class="text-muted"><When at={found.at} relative /></span>}
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
