// Dead letters: deliveries that are stored but were not understood, and mails that did not get through.
import { useRef, useState } from 'preact/hooks';
import { ActButton, type Steps } from './acts';
import { act, bookingPath, Refusal } from './api';
import { count, plural, words } from './format';
import { Icon } from './icons';
import { useLive } from './live';
import { mailLink, subjectOf } from './mailwords';
import type { DeadEvent, DeadEvents, Failure, Mail, Mails } from './types';
import { Card, CopyButton, Empty, FailureText, failureOf, Refused, StateBadge, Waiting, When, type Tone } from './ui';

interface Replayed {
  event_id: string;
  outcome: string;
  detail: string | null;
}
type Outcome = string | { tone: Tone; text: string; failure?: Failure };

const one = (result: Replayed): Outcome =>
  result.outcome === 'dead'
    ? { tone: 'bad', text: 'Replayed, and it failed again.', failure: failureOf(result.detail) }
    : `Replayed: ${result.outcome}.`;

interface Tally {
  tried: number;
  dead: number;
  failure: Failure | null; // of the last that failed again, or of the act itself
  broken: boolean;
}

// Each is tried once, some at a time: what fails again goes to the end of the line. An act that fails ends it, and what
// was done before is reported too.
async function replayEach(account: string | null, owned: number, { tell, goOn }: Steps): Promise<Tally> {
  const seen = new Set<string>();
  const tally: Tally = { tried: 0, dead: 0, failure: null, broken: false };
  while (tally.tried < owned && goOn()) {
    try {
      // The last round may come to some of the first again.
      const results = (await act<Replayed[]>('replay_dead', { account })).filter((result) => !seen.has(result.event_id));
      if (results.length === 0) break;
      results.forEach((result) => seen.add(result.event_id));
      const dead = results.filter((result) => result.outcome === 'dead');
      tally.tried = seen.size;
      tally.dead += dead.length;
      if (dead.length > 0) tally.failure = failureOf(dead[0]!.detail);
    } catch (cause) {
      if (!(cause instanceof Refusal) || tally.tried === 0) throw cause;
      return { ...tally, failure: cause.failure, broken: true };
    }
    tell(`${count(tally.tried)} of ${count(owned)} tried`);
  }
  return tally;
}

function summary({ tried, dead, failure, broken }: Tally, owned: number): Outcome {
  const rest = owned - tried;
  const left = rest > 0 ? ` ${plural(rest, 'was', 'were')} not tried.` : '';
  const text = dead === 0 ? `${plural(tried, 'delivery', 'deliveries')} replayed.` : `${count(tried - dead)} of ${count(tried)} replayed, ${count(dead)} failed again.`;
  if (broken) return { tone: 'bad', text: `${text}${left} Then that did not work any more.`, failure: failure! };
  return failure ? { tone: 'bad', text: text + left, failure } : text + left;
}

const kAtATime = 100; // of calcom_replay_dead

// account null: of all.
function ReplayAll({ account, owned, children }: { account: string | null; owned: number; children: string }) {
  const whose = account ?? 'all accounts';
  return (
    <ActButton<Tally>
      name="replay_dead" values={{ account }} class="button-small" label={account === null ? 'Replay all accounts' : `Replay all of ${account}`}
      steps={(steps) => replayEach(account, owned, steps)} done={(tally) => summary(tally, owned)}
      confirm={{
        title: `Replay the dead deliveries of ${whose}?`,
        button: 'Replay all',
        text: <p>{plural(owned, 'delivery', 'deliveries')}{owned > kAtATime && `, ${kAtATime} at a time; you can stop in between`}. Nobody is mailed for what they say.</p>,
      }}
    >
      {children}
    </ActButton>
  );
}

function Delivery({ row }: { row: DeadEvent }) {
  return (
    <li class="dead">
      <div class="dead-head">
        <b>{row.trigger ?? 'no trigger'}</b>
        <span class="text-muted">received <When at={row.received_at} relative /></span>
        {row.booking_uid && <a href={bookingPath(row.account, row.booking_uid)}>booking {row.booking_uid}</a>}
        <span class="grow" />
        <CopyButton text={row.event_id} what="id" label={`of event ${row.event_id}`} />
        <ActButton<Replayed>
          name="replay" values={{ account: row.account, event_id: row.event_id }} class="button-small button-main" done={one}
          label={`Replay event ${row.event_id}`}
        >
          <Icon name="refresh" /> Replay
        </ActButton>
      </div>
      <FailureText failure={failureOf(row.error)} />
    </li>
  );
}

const kMost = 1000; // of calcom_admin_dead

function Deliveries({ data: { counts, events: rows }, wanted, want }: { data: DeadEvents; wanted: number; want: (rows: number) => void }) {
  const all = counts.reduce((sum, row) => sum + row.count, 0);
  // The button for all stays when it has emptied all accounts but one: it is at work.
  const several = useRef(false);
  several.current ||= counts.length > 1;
  if (all === 0) return <Card title="Deliveries"><Empty>Every delivery was understood.</Empty></Card>;
  return (
    <>
      {several.current && (
        <p class="flex flex-wrap items-center gap-2">
          <span class="grow">{plural(all, 'delivery', 'deliveries')} of {plural(counts.length, 'account')}</span>
          <ReplayAll account={null} owned={all}>Replay all accounts</ReplayAll>
        </p>
      )}
      {counts.map(({ account, count: owned }) => {
        const own = rows.filter((row) => row.account === account);
        return (
          <Card
            key={account} id={`dead-${account}`} title={`Deliveries of ${account}`}
            aside={<>
              <span class="ml-auto text-muted">{own.length < owned ? `${count(own.length)} of ${count(owned)} shown` : count(owned)}</span>
              <ReplayAll account={account} owned={owned}>Replay all</ReplayAll>
            </>}
          >
            {own.length === 0 ? <Empty>Those of other accounts are newer: show more to see these.</Empty> : <ul class="deads">{own.map((row) => <Delivery key={row.event_id} row={row} />)}</ul>}
          </Card>
        );
      })}
      {rows.length < all && wanted < kMost && <button type="button" class="button w-full" onClick={() => want(Math.min(kMost, wanted * 4))}>Show more</button>}
      {rows.length < all && wanted >= kMost && <p class="text-muted">Older ones: <code>SELECT id, received_at, reason FROM calcom_events WHERE outcome = 'dead' ORDER BY id;</code></p>}
    </>
  );
}

function Letters({ mails, more }: { mails: Mail[]; more: boolean }) {
  return (
    <Card title="Mails" aside={more ? <a class="ml-auto" href="/admin/mail?state=failed,uncertain">The newest {mails.length}; all of them</a> : <span class="text-muted">{plural(mails.length, 'mail')}</span>}>
      {mails.length === 0 ? <Empty>No mail failed.</Empty> : (
        <ul class="rows">
          {mails.map((mail) => (
            <li key={`${mail.account} ${mail.id}`}>
              <a class="row" href={mailLink(mail)}>
                <span class="row-main"><b>{subjectOf(mail)}</b><span class="text-muted">{words(mail.kind)} to {mail.recipient}</span><span class="break-words">{mail.reason}</span></span>
                <span class="text-muted"><When at={mail.created_at} relative /></span>
                <StateBadge state={mail.state} />
              </a>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function Dead() {
  const [wanted, want] = useState(50);
  const deliveries = useLive<DeadEvents>(`dead?limit=${wanted}`);
  // What was seen stays while more is asked for.
  const kept = useRef<DeadEvents | null>(null);
  kept.current = deliveries.data ?? kept.current;
  const mails = useLive<Mails>('mails?state=failed,uncertain&account=&limit=50');
  const refusal = deliveries.refusal ?? mails.refusal;
  if (refusal) return <Refused refusal={refusal} />;
  if (!kept.current || !mails.data) return <Waiting />;
  return (
    <div class="stack">
      <p class="lead">A delivery is dead when the database took it and could not make a booking from it. Fix the cause (often one of your own triggers), then replay it. Its bytes are kept.</p>
      <Deliveries data={kept.current} wanted={wanted} want={want} />
      <Letters mails={mails.data.mails} more={mails.data.next !== null} />
    </div>
  );
}
