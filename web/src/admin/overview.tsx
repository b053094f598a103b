// Overview: problems with the command that fixes each, then the amount of deliveries and mails.
import { useMemo } from 'preact/hooks';
import { bookingPath } from './api';
import { HourChart, type Series } from './chart';
import { count, sentence, serverNow, time } from './format';
import { Health } from './health';
import { Icon } from './icons';
import { useClock, useLive, type Live } from './live';
import { judge, type Need, type Verdict } from './problems';
import { MailStates, Queue } from './queue';
import type { Counts, Overview as Data } from './types';
import { Card, Command, Empty, Refused, StateBadge, ToneIcon, Waiting, When } from './ui';

const kOutcomes: Series[] = [
  { name: 'applied', color: '--color-chart-good' },
  { name: 'duplicate', color: '--color-chart-calm', pattern: 'dots' },
  { name: 'stale', color: '--color-chart-calm', pattern: 'stripes' },
  { name: 'ignored', color: '--color-chart-calm' },
  { name: 'deferred', color: '--color-chart-warn', pattern: 'stripes' },
  { name: 'dead', color: '--color-chart-bad', pattern: 'cross' },
];
const kMailStates: Series[] = [
  { name: 'sent', color: '--color-chart-good' },
  { name: 'captured', color: '--color-chart-info' },
  { name: 'queued', color: '--color-chart-info', pattern: 'dots' },
  { name: 'sending', color: '--color-chart-info', pattern: 'stripes' },
  { name: 'skipped', color: '--color-chart-calm', pattern: 'dots' },
  { name: 'cancelled', color: '--color-chart-calm', pattern: 'stripes' },
  { name: 'held', color: '--color-chart-warn', pattern: 'stripes' },
  { name: 'uncertain', color: '--color-chart-bad', pattern: 'stripes' },
  { name: 'failed', color: '--color-chart-bad', pattern: 'cross' },
];

// The fix is a statement or a setting; if it is made elsewhere, it is a sentence.
const isCommand = (command: string): boolean => /;$| = /.test(command);

function NeedRow({ need }: { need: Need }) {
  return (
    <li class="need">
      <ToneIcon tone={need.tone} />
      <div class="need-text">
        <p class="need-title">
          <b>{sentence(need.title)}</b>
          {need.link && <a href={need.link.to}>{need.link.label}</a>}
        </p>
        <p class="text-muted break-words">{sentence(need.found)}</p>
        {need.command && !isCommand(need.command) && <p class="break-words">{sentence(need.command)}.</p>}
      </div>
      {need.command && isCommand(need.command) && <Command text={need.command} label={`the command for ${need.title}`} />}
    </li>
  );
}

function VerdictPart({ verdict }: { verdict: Verdict }) {
  return (
    <section class={`verdict verdict-${verdict.tone}`} aria-labelledby="verdict">
      <header class="verdict-head">
        <span class="verdict-mark"><Icon name={verdict.tone === 'ok' ? 'ok' : verdict.tone === 'todo' ? 'todo' : 'warn'} /></span>
        <div role="status">
          <h2 id="verdict">{verdict.title}</h2>
          <p class="text-muted">{verdict.text}</p>
        </div>
      </header>
      {verdict.needs.length > 0 && <ul class="needs">{verdict.needs.map((need) => <NeedRow key={need.id} need={need} />)}</ul>}
      {verdict.steps.length > 0 && (
        <details class="more" open={verdict.needs.length === 0}>
          <summary>{verdict.steps.length === 1 ? 'One step' : `${verdict.steps.length} steps`} to set up</summary>
          <ul class="needs">{verdict.steps.map((need) => <NeedRow key={need.id} need={need} />)}</ul>
        </details>
      )}
      <details class="more">
        <summary>{count(verdict.fine.length)} checks are fine</summary>
        <dl class="facts facts-tight">
          {verdict.fine.map((check) => (
            <div key={check.check}>
              <dt>{sentence(check.check)}</dt>
              <dd>{check.found}</dd>
            </div>
          ))}
        </dl>
      </details>
    </section>
  );
}

function Bookings({ rows }: { rows: Data['bookings'] }) {
  return (
    <Card title="Upcoming bookings">
      {rows.length === 0 ? <Empty>No booking is ahead.</Empty> : (
        <ul class="rows">
          {rows.map((row) => (
            <li key={`${row.account} ${row.uid}`}>
              <a class="row" href={bookingPath(row.account, row.uid)}>
                <span class="row-when"><When at={row.start_time} /></span>
                <span class="row-main"><b>{row.attendee_name ?? row.attendee_email ?? 'nobody named'}</b><span class="text-muted">{row.title ?? 'no title'}</span></span>
                <StateBadge state={row.status} />
              </a>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Reminders({ rows }: { rows: Data['reminders'] }) {
  return (
    <Card title="Mails ahead">
      {rows.length === 0 ? <Empty>No reminder or later mail is due.</Empty> : (
        <ul class="rows">
          {rows.map((row, i) => (
            <li key={`${row.booking_uid} ${row.due_at} ${row.recipient} ${i}`}>
              <a class="row" href={bookingPath(row.account, row.booking_uid)}>
                <span class="row-when"><When at={row.due_at} /></span>
                <span class="row-main"><b>{sentence(row.kind)}</b><span class="text-muted">{row.recipient}</span></span>
                <span class="text-muted"><When at={row.due_at} relative /></span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

const kOld = 10_000; // milliseconds after which the age of the counts is shown

function Counted({ at }: { at: string }) {
  useClock(5000);
  if (serverNow() - Date.parse(at) < kOld) return null;
  return <p class="text-muted">Counted at {time(at)}: over so many rows it takes long, and is done at most every minute.</p>;
}

// What is counted comes apart from the rest, and later where there is much of it.
function CountCards({ live: { data, refusal } }: { live: Live<Counts> }) {
  const deliveries = useMemo(() => data?.deliveries.map((row) => ({ hour: row.hour, name: row.outcome!, count: row.count })) ?? [], [data]);
  const mails = useMemo(() => data?.mail_hours.map((row) => ({ hour: row.hour, name: row.state!, count: row.count })) ?? [], [data]);
  const instead = refusal ? <Refused refusal={refusal} /> : <Waiting />;
  return (
    <>
      {data && <Counted at={data.now} />}
      <div class="columns">
        <Card title="Deliveries per hour">{data ? <HourChart points={deliveries} known={kOutcomes} nothing="No delivery in the last 48 hours." /> : instead}</Card>
        <Card title="Mails per hour">{data ? <HourChart points={mails} known={kMailStates} nothing="No mail in the last 48 hours." /> : instead}</Card>
      </div>
    </>
  );
}

export function Overview({ live: { data, refusal } }: { live: Live<Data> }) {
  const verdict = useMemo(() => data && judge(data), [data]);
  const counts = useLive<Counts>('counts', 4000, true);
  if (refusal) return <Refused refusal={refusal} />;
  if (!data || !verdict) return <Waiting />;
  return (
    <div class="stack">
      <VerdictPart verdict={verdict} />
      <Health data={data} />
      <CountCards live={counts} />
      <div class="columns">
        <Queue data={data} />
        <MailStates live={counts} />
      </div>
      <div class="columns">
        <Bookings rows={data.bookings} />
        <Reminders rows={data.reminders} />
      </div>
    </div>
  );
}
