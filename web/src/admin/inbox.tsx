// The inbox: what was written, for whom, and whether it left. In test mode nothing leaves, and all of it is here.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { get, Refusal } from './api';
import { tell } from './acts';
import { words } from './format';
import { Icon } from './icons';
import { useLive } from './live';
import { mailLink, subjectOf } from './mailwords';
import { Reading } from './reading';
import { go, withQuery, type Place } from './router';
import type { Mail, Mails } from './types';
import { Empty, Refused, StateBadge, Waiting, When } from './ui';

const kFilters: [string, string][] = [
  ['', 'All'],
  ['captured', 'Captured'],
  ['sent', 'Sent'],
  ['queued,sending', 'Waiting'],
  ['held', 'Held'],
  ['failed,uncertain', 'Failed'],
  ['skipped,cancelled', 'Dropped'],
];

function Filters({ state, account, accounts }: { state: string; account: string; accounts: string[] }) {
  const known = kFilters.some(([value]) => value === state);
  const filters: [string, string][] = known ? kFilters : [...kFilters, [state, words(state)]];
  return (
    <div class="filters">
      <nav aria-label="Show mails" class="chips">
        {filters.map(([value, label]) => (
          <a key={value} class="chip" href={withQuery({ state: value }, '/admin/mail')} aria-current={value === state ? 'true' : undefined}>{label}</a>
        ))}
      </nav>
      {(accounts.length > 1 || account) && (
        <label class="filter">
          <span class="sr-only">Account</span>
          <select value={account} onChange={(event) => go(withQuery({ account: event.currentTarget.value }, '/admin/mail'))}>
            <option value="">All accounts</option>
            {[...new Set([...accounts, ...(account ? [account] : [])])].map((name) => <option key={name} value={name}>{name}</option>)}
          </select>
        </label>
      )}
    </div>
  );
}

function Row({ mail, current }: { mail: Mail; current: boolean }) {
  return (
    <li>
      <a class="mail-row" href={mailLink(mail)} aria-current={current ? 'true' : undefined}>
        <span class="mail-top"><span class="truncate">{mail.recipient}</span><When at={mail.sent_at ?? mail.created_at} relative /></span>
        <span class="mail-subject">{subjectOf(mail)}</span>
        <span class="mail-bottom"><StateBadge state={mail.state} /><span class="truncate text-muted">{mail.reason ?? words(mail.kind)}</span></span>
      </a>
    </li>
  );
}

const same = (a: Mail, b: { account: string; id: string }): boolean => a.id === b.id && a.account === b.account;

// First page live; older ones as they were when asked for.
function useMails(query: string) {
  const { data, refusal } = useLive<Mails>(`mails?${query}`);
  const [older, setOlder] = useState<Mails & { query: string }>({ query, mails: [], next: null });
  const kept = older.query === query ? older : null;
  const mails = useMemo(() => {
    if (!data) return null;
    const tail = kept?.mails.filter((mail) => !data.mails.some((first) => same(first, mail))) ?? [];
    return [...data.mails, ...tail];
  }, [data, kept]);
  const next = kept ? kept.next : (data?.next ?? null);
  const loadMore = async () => {
    if (!next) return;
    try {
      const page = await get<Mails>(`mails?${query}&before=${encodeURIComponent(next)}`);
      setOlder({ query, mails: [...(kept?.mails ?? []), ...page.mails], next: page.next });
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      tell('bad', 'Older mails could not be read.', cause.failure);
    }
  };
  return { mails, refusal, more: next !== null, loadMore };
}

// j and k open the next and the previous mail; arrows move along the list when the focus is in it.
function useListKeys(mails: Mail[] | null, place: Place) {
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as Element;
      if (!mails?.length || event.ctrlKey || event.metaKey || event.altKey || target.matches('input, select, textarea') || document.querySelector('dialog[open]')) return;
      const links = [...(list.current?.querySelectorAll<HTMLAnchorElement>('a') ?? [])];
      const focused = links.indexOf(document.activeElement as HTMLAnchorElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && focused >= 0) {
        event.preventDefault();
        links[focused + step]?.focus();
      }
      if (event.key !== 'j' && event.key !== 'k') return;
      const to = mails[mails.findIndex((mail) => same(mail, place)) + (event.key === 'j' ? 1 : -1)];
      if (!to) return;
      go(mailLink(to));
      links[mails.indexOf(to)]?.scrollIntoView({ block: 'nearest' });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [mails, place.id, place.account]);
  return list;
}

export function Inbox({ place, accounts }: { place: Place; accounts: string[] }) {
  const state = place.query.get('state') ?? '';
  const account = place.query.get('account') ?? '';
  const query = `state=${encodeURIComponent(state)}&account=${encodeURIComponent(account)}&limit=50`;
  const { mails, refusal, more, loadMore } = useMails(query);
  const list = useListKeys(mails, place);
  return (
    <div class={`inbox ${place.id ? 'inbox-open' : ''}`}>
      <section class="inbox-list card" aria-label="Mails">
        <Filters state={state} account={account} accounts={accounts} />
        {refusal ? <Refused refusal={refusal} /> : !mails ? <Waiting /> : mails.length === 0 ? (
          <Empty>{state || account ? 'No mail is like that.' : 'No mail was made yet. It appears as soon as a booking arrives.'}</Empty>
        ) : (
          <>
            <ul class="mails" ref={list}>{mails.map((mail) => <Row key={`${mail.account} ${mail.id}`} mail={mail} current={same(mail, place)} />)}</ul>
            {more && <p class="p-3"><button type="button" class="button w-full" onClick={() => void loadMore()}>Older mails</button></p>}
          </>
        )}
      </section>
      <section class="inbox-reading card" aria-label="Reading">
        {place.id ? (
          <>
            <a class="inbox-back" href={withQuery({}, '/admin/mail')}><Icon name="back" /> All mails</a>
            <Reading key={`${place.account} ${place.id}`} account={place.account} id={place.id} />
          </>
        ) : <Empty>Choose a mail to read it.</Empty>}
      </section>
    </div>
  );
}
