// Dead letters: deliveries that are stored but were not understood, and mails that did not get through.
import { useRef, useState } from 'preact/hooks';
import { ActButton } from './acts';
import { bookingPath } from './api';
import { count, plural, words } from './format';
import { Icon } from './icons';
import { useLive } from './live';
import { mailLink, subjectOf } from './mailwords';
import type { DeadEvent, DeadEvents, Failure, Mail, Mails } from './types';
import { Card, CopyButton, Empty, FailureText, failureOf, Refused, StateBadge, Waiting, When, type Tone } from './ui';

interface Replayed {
  outcome: string;
  detail: string | null;
}
type Told = string | { tone: Tone; text: string; failure?: Failure };

const one = (result: Replayed): Told =>
  result.outcome === 'dead'
    ? { tone: 'bad', text: 'Replayed, and it failed again.', failure: failureOf(result.detail) }
    : `Replayed: ${result.outcome}.`;

function several(results: Replayed[]): Told {
  const dead = results.filter((result) => result.outcome === 'dead');
  if (dead.length === 0) return `${plural(results.length, 'delivery', 'deliveries')} replayed.`;
  const failure = failureOf(dead[0]!.detail);
  return { tone: 'bad', text: `${results.length - dead.length} of ${results.length} replayed, ${dead.length} failed again.`, failure };
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

const kAtATime = 100; // of calcom_replay_dead
const kMost = 1000; // of calcom_admin_dead

function Deliveries({ data: { counts, events: rows }, wanted, want }: { data: DeadEvents; wanted: number; want: (rows: number) => void }) {
  const all = counts.reduce((sum, row) => sum + row.count, 0);
  if (all === 0) return <Card title="Deliveries"><Empty>Every delivery was understood.</Empty></Card>;
  return (
    <>
      {counts.map(({ account, count: owned }) => {
        const own = rows.filter((row) => row.account === account);
        return (
          <Card
            key={account} id={`dead-${account}`} title={`Deliveries of ${account}`}
            aside={<>
              <span class="ml-auto text-muted">{own.length < owned ? `${count(own.length)} of ${count(owned)} shown` : count(owned)}</span>
              <ActButton<Replayed[]>
                name="replay_dead" values={{ account }} class="button-small" done={several} label={`Replay ${owned > kAtATime ? kAtATime : 'all'} of ${account}`}
                confirm={{ title: `Replay the dead deliveries of ${account}?`, button: 'Replay all', text: <p>{owned > kAtATime ? `The ${kAtATime} of its ${count(owned)} that were not tried for the longest time; then again for more.` : `${plural(owned, 'delivery', 'deliveries')}.`} Nobody is mailed for what they say.</p> }}
              >
                {owned > kAtATime ? `Replay ${kAtATime}` : 'Replay all'}
              </ActButton>
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
      <p class="lead">A delivery is dead when the database took it and could not make a booking of it: mend the cause (often a trigger of your own), then replay it. Its bytes are kept.</p>
      <Deliveries data={kept.current} wanted={wanted} want={want} />
      <Letters mails={mails.data.mails} more={mails.data.next !== null} />
    </div>
  );
}
