// The signs of life, one card each: a word, a tone and the fact behind it.
import type { ComponentChildren } from 'preact';
import { count, sentence } from './format';
import type { Account, Check, Overview } from './types';
import { ToneIcon, When, type Tone } from './ui';

interface Sign {
  name: string;
  tone: Tone;
  value: ComponentChildren;
  text: ComponentChildren;
}

function workerSign({ status }: Overview): Sign {
  const since = status.worker_since && <>since <When at={status.worker_since} relative /></>;
  const error = status.last_error && <>last error <When at={status.last_error_at} relative />: {status.last_error}</>;
  const tone: Tone = status.worker === 'not preloaded' ? 'bad' : 'ok';
  return { name: 'Worker', tone, value: sentence(status.worker), text: error || since || 'starts when there is work' };
}

function circuitSign({ status }: Overview): Sign {
  const open = status.circuit === 'open';
  return {
    name: 'Circuit',
    tone: open ? 'bad' : 'ok',
    value: sentence(status.circuit),
    text: open ? `Resend refuses us: ${status.circuit_reason || 'no answer'}` : 'Resend takes our mail',
  };
}

function rateSign({ status }: Overview): Sign {
  const rate = status.rate_per_second;
  const left = status.rate_remaining !== null && status.rate_limit !== null;
  return {
    name: 'Rate',
    tone: 'quiet',
    value: rate === null ? 'Not known yet' : `${count(Number(rate))} a second`,
    text: left ? `${count(status.rate_remaining!)} of ${count(status.rate_limit!)} left in this second` : 'known after the first mail to Resend',
  };
}

const kModes: Record<string, string> = { test: 'Test mode', redirect: 'Redirected', live: 'Live' };

// What the doctor says of an account that shall send and may not, such as a copy of the database.
const why = (doctor: Check[], account: Account): string | null =>
  doctor.find((row) => row.check === `mail mode of ${account.account}` && row.state === 'error')?.found ?? null;

function modeSign({ accounts, doctor }: Overview): Sign {
  const name = 'Mail mode';
  const modes = new Set(accounts.map((account) => account.mail_mode));
  const mode = modes.size === 1 ? (kModes[[...modes][0]!] ?? 'Unknown') : 'Mixed';
  const live = accounts.filter((account) => account.mail_mode !== 'test');
  const stuck = live.find((account) => why(doctor, account));
  if (stuck) return { name, tone: 'bad', value: mode, text: `${stuck.account}: ${why(doctor, stuck)}` };
  if (live.length === 0) return { name, tone: 'todo', value: mode, text: 'mail is rendered and kept, never sent' };
  const tested = accounts.length - live.length;
  return { name, tone: 'ok', value: mode, text: tested > 0 ? `${live.length} of ${accounts.length} accounts send` : 'this environment may send' };
}

function deliverySign({ status }: Overview): Sign {
  const { last_delivery: taken, last_refused: refused } = status;
  const bad = refused !== null && (taken === null || refused > taken);
  const text = refused ? <>last refused <When at={refused} relative /></> : 'none refused';
  return { name: 'Last delivery', tone: bad ? 'bad' : taken ? 'ok' : 'todo', value: <When at={taken} relative />, text };
}

function mailSign({ status }: Overview): Sign {
  const text = `${count(status.queued ?? 0)} queued, ${count(status.held ?? 0)} held`;
  return { name: 'Last mail sent', tone: status.last_sent ? 'ok' : 'quiet', value: <When at={status.last_sent} relative />, text };
}

export function Health({ data }: { data: Overview }) {
  const signs = [workerSign(data), circuitSign(data), rateSign(data), modeSign(data), deliverySign(data), mailSign(data)];
  return (
    <section aria-label="Health">
      <ul class="signs">
        {signs.map((sign) => (
          <li key={sign.name} class="card sign">
            <h2>{sign.name}</h2>
            <p class="sign-value"><ToneIcon tone={sign.tone} />{sign.value}</p>
            <p class="sign-text">{sign.text}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}
