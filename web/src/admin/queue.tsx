// What waits, by account, with the switch that stops it; and where all mails stand.
import { ActButton } from './acts';
import { count, plural, span, words } from './format';
import { Icon } from './icons';
import type { Live } from './live';
import type { Account, Counts, Overview } from './types';
import { Badge, Card, Empty, Refused, StateBadge, Waiting } from './ui';

function PauseButton({ account }: { account: Account }) {
  const name = account.account;
  if (account.paused) {
    return (
      <ActButton<unknown> name="resume" values={{ account: name }} label={`Resume mail of ${name}`} class="button-small" done={() => `Mail of ${name} goes on.`}>
        Resume
      </ActButton>
    );
  }
  return (
    <ActButton<unknown>
      name="pause" values={{ account: name }} label={`Pause mail of ${name}`} class="button-small"
      done={() => `Mail of ${name} is paused: it is kept and leaves after Resume.`}
      confirm={{ title: `Pause mail of ${name}?`, button: 'Pause', text: <p>Bookings are still taken. Mails are held until you resume; what is no longer true by then is not sent.</p> }}
    >
      <Icon name="pause" /> Pause
    </ActButton>
  );
}

function stateOf(account: Account) {
  if (account.disabled_at) return <Badge tone="warn">disabled</Badge>;
  if (account.paused) return <Badge tone="warn">paused</Badge>;
  if (account.mail_mode === 'live') return <Badge tone="ok">live</Badge>;
  return <Badge tone="todo">{account.mail_mode}</Badge>;
}

const kWaiting = ['queued', 'sending', 'held', 'failed', 'uncertain'];

function Waits({ account, rows }: { account: string; rows: Overview['queue'] }) {
  const shown = kWaiting.map((state) => rows.find((row) => row.state === state)).filter((row) => row !== undefined && row.count > 0);
  const seconds = rows.find((row) => row.state === 'queued' && row.count > 0)?.oldest_seconds;
  if (shown.length === 0) return <span class="text-muted">Nothing waits.</span>;
  return (
    <span class="flex flex-wrap gap-x-3 text-muted">
      {shown.map((row) => (
        <a key={row!.state} href={`/admin/mail?state=${row!.state}&account=${encodeURIComponent(account)}`}><b class="tabular-nums">{count(row!.count)}</b> {row!.state}</a>
      ))}
      {seconds !== null && seconds !== undefined && seconds > 0 && <span>oldest waits {span(seconds)}</span>}
    </span>
  );
}

export function Queue({ data }: { data: Overview }) {
  return (
    <Card title="Queue" aside={<span class="text-muted">{plural(data.status.due ?? 0, 'mail')} due now</span>}>
      <ul class="rows">
        {data.accounts.map((account) => (
          <li key={account.account} class="row">
            <span class="row-main">
              <span class="account"><b>{account.account}</b> {stateOf(account)}</span>
              <Waits account={account.account} rows={data.queue.filter((row) => row.account === account.account)} />
            </span>
            <PauseButton account={account} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

export function MailStates({ live: { data, refusal } }: { live: Live<Counts> }) {
  const rows = data?.mails ?? [];
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  const states = [...new Set(rows.map((row) => row.state))]
    .map((state) => ({
      state,
      count: rows.filter((row) => row.state === state).reduce((sum, row) => sum + row.count, 0),
      delivery: rows.filter((row) => row.state === state && row.delivery_status),
    }))
    .sort((a, b) => b.count - a.count);
  return (
    <Card title="Mails by status" aside={<span class="text-muted">waiting, and settled in 48 hours</span>}>
      {!data ? (refusal ? <Refused refusal={refusal} /> : <Waiting />) : states.length === 0 ? <Empty>No mail was made yet.</Empty> : (
        <ul class="rows">
          {states.map((row) => (
            <li key={row.state}>
              <a class="row" href={`/admin/mail?state=${row.state}`}>
                <span class="w-28 shrink-0"><StateBadge state={row.state} /></span>
                <span class="row-main">
                  <progress class="meter" value={row.count} max={total} aria-label={`${words(row.state)} of all mails`} />
                  {row.delivery.length > 0 && <span class="text-muted">{row.delivery.map((d) => `${count(d.count)} ${words(d.delivery_status!)}`).join(', ')}</span>}
                </span>
                <b class="tabular-nums">{count(row.count)}</b>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
