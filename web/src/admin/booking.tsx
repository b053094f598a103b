// One booking: what is known, who comes, what happened, and its mails as they are read.
import { useRef } from 'preact/hooks';
import { ActButton } from './acts';
import { bookingPath, path } from './api';
import { dateTime, plural, sentence, utc, words } from './format';
import { Icon, type IconName } from './icons';
import { useLive } from './live';
import { subjectOf } from './mailwords';
import { Reading } from './reading';
import { withQuery, type Place } from './router';
import type { Booking as Data } from './types';
import { Badge, Card, CopyButton, Empty, Refused, StateBadge, Waiting, When } from './ui';

const kFirst = [
  'start_time', 'end_time', 'length_minutes', 'event_type_slug', 'organizer_name', 'organizer_email', 'attendee_time_zone', 'location',
  'meeting_url', 'additional_notes', 'description', 'cancellation_reason', 'cancelled_by', 'rejection_reason', 'reschedule_reason',
  'rescheduled_by', 'rescheduled_from_uid', 'rescheduled_to_uid', 'paid', 'price', 'currency', 'team_name',
];
const kTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const kShownElsewhere = ['uid', 'account', 'status', 'title'];

function Value({ name, value, account }: { name: string; value: unknown; account: string }) {
  if (value === null || value === undefined || value === '') return <span class="text-muted">none</span>;
  if (typeof value === 'object') return <code class="break-all">{JSON.stringify(value)}</code>;
  const text = String(value);
  if (kTime.test(text)) return <When at={text} />;
  if (name.startsWith('rescheduled_') && name.endsWith('_uid')) return <a href={bookingPath(account, text)}>{text}</a>;
  // Only addresses of the web become links: the text comes from outside.
  if (/^https?:\/\//i.test(text)) return <a href={text} target="_blank" rel="noreferrer noopener">{text}</a>;
  return <span class="break-words whitespace-pre-line">{text}</span>;
}

function Facts({ booking, names }: { booking: Data['booking']; names: string[] }) {
  return (
    <dl class="facts">
      {names.map((name) => (
        <div key={name}><dt>{sentence(words(name))}</dt><dd><Value name={name} value={booking[name]} account={booking.account} /></dd></div>
      ))}
    </dl>
  );
}

function Attendees({ rows }: { rows: Data['attendees'] }) {
  return (
    <Card title="Attendees" aside={<span class="text-muted">{rows.length}</span>}>
      {rows.length === 0 ? <Empty>Nobody.</Empty> : (
        <ul class="rows">
          {rows.map((row) => (
            <li key={row.email} class="row">
              <span class="row-main"><b>{row.name ?? row.email}</b><span class="text-muted break-all">{row.email}</span></span>
              <span class="text-right text-muted">{row.time_zone ?? 'no zone'}</span>
              {row.removed_at && <Badge tone="quiet">removed</Badge>}
              {row.no_show && <Badge tone="warn">no show</Badge>}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

const kLineIcons: Record<string, IconName> = { event: 'bolt', change: 'calendar', mail: 'mail', purge: 'dead' };

// The log's own words, its times in the reader's zone.
function Detail({ text }: { text: string }) {
  const parts = text.split(/(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)/);
  return <p class="break-words">{parts.map((part, i) => (i % 2 ? <When key={i} at={part} /> : part))}</p>;
}

function TimeLine({ rows, uid }: { rows: Data['trace']; uid: string }) {
  return (
    <Card title="Time line">
      {rows.length === 0 ? <Empty>Nothing is in the log.</Empty> : (
        <ol class="line">
          {rows.map((row, i) => (
            <li key={i}>
              <When at={row.at} />
              <div class="min-w-0">
                <b><Icon name={kLineIcons[row.what] ?? 'todo'} /> {sentence(words(row.what))}</b>
                <Detail text={row.detail} />
                {row.booking_uid && row.booking_uid !== uid && <p class="text-muted">booking {row.booking_uid}</p>}
              </div>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function Mails({ data, place }: { data: Data; place: Place }) {
  // What is being read stays, also when a newer mail comes.
  const kept = useRef<string | null>(null);
  const byId = (id: string | null) => data.mails.find((mail) => mail.id === id);
  const chosen = byId(place.query.get('mail')) ?? byId(kept.current) ?? data.mails[0];
  kept.current = chosen?.id ?? null;
  return (
    <Card title="Its mails" aside={<span class="text-muted">{data.mails.length}</span>}>
      {!chosen ? <Empty>No mail belongs to it.</Empty> : (
        <>
          <ul class="rows rows-line">
            {data.mails.map((mail) => (
              <li key={mail.id}>
                <a class="row" href={withQuery({ mail: mail.id })} aria-current={mail === chosen ? 'true' : undefined}>
                  <span class="row-main"><b>{subjectOf(mail)}</b><span class="text-muted">{sentence(words(mail.kind))} to {mail.recipient}</span></span>
                  <StateBadge state={mail.state} />
                </a>
              </li>
            ))}
          </ul>
          <Reading key={chosen.id} account={chosen.account} id={chosen.id} level={3} />
        </>
      )}
    </Card>
  );
}

interface Rebuilt {
  what: string;
  column_name: string | null;
}

function Rebuild({ account, uid }: { account: string; uid: string }) {
  return (
    <ActButton<Rebuilt[]>
      name="rebuild" values={{ account, uid }}
      done={(rows) => {
        const repaired = rows.filter((row) => row.what === 'rebuilt').length;
        const hand = rows.filter((row) => row.what === 'hand edit').length;
        if (hand > 0) return { tone: 'warn', text: `${plural(repaired, 'value')} repaired; ${plural(hand, 'hand edit')} kept.` };
        return repaired > 0 ? `${plural(repaired, 'value')} repaired from the log.` : 'The booking is as the log says.';
      }}
      confirm={{ title: 'Make this booking again from the log?', button: 'Rebuild', text: <p>What differs from the log is repaired, hand edits are kept, no mail is sent.</p> }}
    >
      <Icon name="refresh" /> Rebuild
    </ActButton>
  );
}

export function Booking({ place }: { place: Place }) {
  const { data, refusal } = useLive<Data>(`bookings/${path(place.account, place.id)}`);
  if (refusal) return <Refused refusal={refusal} />;
  if (!data) return <Waiting />;
  const { booking } = data;
  const others = Object.keys(booking).filter((name) => !kFirst.includes(name) && !kShownElsewhere.includes(name));
  const start = typeof booking['start_time'] === 'string' ? booking['start_time'] : null;
  return (
    <div class="stack">
      <section class="card booking-head" aria-label="Summary">
        <div class="min-w-0 grow">
          <p class="booking-title">{booking.title ?? 'Booking without a title'}</p>
          <p class="flex flex-wrap items-center gap-2 text-muted">
            <StateBadge state={booking.status} />
            {start && <span>{dateTime(start)} ({utc(start)})</span>}
            <span>account {booking.account}</span>
          </p>
        </div>
        <div class="flex flex-wrap gap-2"><CopyButton text={booking.uid} what="uid" label="of the booking" /><Rebuild account={booking.account} uid={booking.uid} /></div>
      </section>
      <div class="columns columns-wide">
        <div class="stack">
          <Card title="Facts">
            <Facts booking={booking} names={kFirst.filter((name) => booking[name] !== null && booking[name] !== undefined)} />
            <details class="more"><summary>Every other column</summary><Facts booking={booking} names={others} /></details>
          </Card>
          <Attendees rows={data.attendees} />
          <TimeLine rows={data.trace} uid={booking.uid} />
        </div>
        <Mails data={data} place={place} />
      </div>
    </div>
  );
}
