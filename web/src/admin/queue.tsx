// What waits, by account, with the switch that stops it; and where all mails stand.
import { ActButton } from './acts';
import { count, plural, sentence, span, words } from './format';
import { Icon } from './icons';
import type { Account, Overview } from './types';
import { Badge, Card, Empty, StateBadge } from './ui';

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
  if (account.mail_mode === 'live') return <Badge tone={account.why_no_mail ? 'bad' : 'ok'}>live</Badge>;
  return <Badge tone="todo">{account.mail_mode}</Badge>;
}

const kShown = ['queued', 'sending', 'held', 'failed', 'uncertain'];

export function Queue({ data }: { data: Overview }) {
  const cell = (account: string, state: string) => data.queue.find((row) => row.account === account && row.state === state)?.count ?? 0;
  const oldest = (account: string) =>
    Math.max(-1, ...data.queue.filter((row) => row.account === account && row.state === 'queued').map((row) => row.oldest_seconds ?? -1));
  return (
    <Card title="Queue" aside={<span class="text-muted">{plural(data.status.due ?? 0, 'mail')} due now</span>}>
      <div class="scroller" tabIndex={0} role="region" aria-label="Queue by account">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Account</th>
              {kShown.map((state) => <th key={state} scope="col" class="number">{sentence(state)}</th>)}
              <th scope="col" class="number">Oldest</th>
              <th scope="col"><span class="sr-only">Act</span></th>
            </tr>
          </thead>
          <tbody>
            {data.accounts.map((account) => (
              <tr key={account.account}>
                <th scope="row"><span class="account">{account.account} {stateOf(account)}</span></th>
                {kShown.map((state) => {
                  const value = cell(account.account, state);
                  return <td key={state} class={`number ${value === 0 ? 'text-muted' : ''}`}>{value === 0 ? '0' : <a href={`/admin/mail?state=${state}&account=${encodeURIComponent(account.account)}`}>{count(value)}</a>}</td>;
                })}
                <td class="number">{oldest(account.account) < 0 ? <span class="text-muted">none</span> : span(oldest(account.account))}</td>
                <td class="number"><PauseButton account={account} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}

export function MailStates({ rows }: { rows: Overview['mails'] }) {
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  const states = [...new Set(rows.map((row) => row.state))]
    .map((state) => ({
      state,
      count: rows.filter((row) => row.state === state).reduce((sum, row) => sum + row.count, 0),
      delivery: rows.filter((row) => row.state === state && row.delivery_status),
    }))
    .sort((a, b) => b.count - a.count);
  return (
    <Card title="Mails by status" aside={<span class="text-muted">{plural(total, 'mail')}</span>}>
      {states.length === 0 ? <Empty>No mail was made yet.</Empty> : (
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
