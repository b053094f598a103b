// What a mail's state means to a person, and what can be done about it.
import { mailPath } from './api';
import { plural, words } from './format';
import type { Mail } from './types';
import type { Tone } from './ui';

export interface Fate {
  tone: Tone;
  text: string;
  command: string | null;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

// Why it was not sent, or what became of it.
export function fateOf(mail: Mail): Fate {
  const said = [mail.reason, mail.provider_message].filter(Boolean).join(': ');
  const reason = said ? `: ${said}` : '';
  switch (mail.state) {
    case 'captured':
      return {
        tone: 'todo',
        text: 'Captured, not sent: it was written in test mode. This is what the recipient would have got.',
        command: `SELECT calcom_go_live(${quoted(mail.account)});`,
      };
    case 'held':
      return { tone: 'warn', text: `Held, not sent${reason}.`, command: null };
    case 'skipped':
      return { tone: 'quiet', text: `Skipped, not sent${reason}.`, command: null };
    case 'cancelled':
      return { tone: 'quiet', text: `Cancelled, not sent${reason}.`, command: null };
    case 'failed':
      return { tone: 'bad', text: `Failed after ${plural(mail.attempts, 'attempt')}${reason}.`, command: null };
    case 'uncertain':
      return { tone: 'bad', text: `Uncertain: the answer was lost, Resend may have sent it${reason}. Look there before you retry.`, command: null };
    case 'queued':
      return { tone: 'todo', text: `Waits in the queue${reason}.`, command: null };
    case 'sending':
      return { tone: 'todo', text: 'Is being sent just now.', command: null };
    case 'sent':
      return sentFate(mail);
    default:
      return { tone: 'quiet', text: `${words(mail.state)}${reason}.`, command: null };
  }
}

function sentFate(mail: Mail): Fate {
  const how = mail.mail_mode === 'redirect' ? 'Sent to the address of redirect mode' : 'Sent';
  if (!mail.delivery_status || mail.delivery_status === 'sent') return { tone: 'ok', text: `${how}; nothing is known of its arrival yet.`, command: null };
  const bad = ['bounced', 'complained', 'failed', 'suppressed'].includes(mail.delivery_status);
  return { tone: bad ? 'bad' : 'ok', text: `${how}; ${words(mail.delivery_status)}.`, command: null };
}

// What calcom_retry_email() and calcom_cancel_email() take; they decide, this only spares a useless button.
export const mayRetry = (mail: Mail): boolean => ['failed', 'uncertain', 'skipped', 'cancelled'].includes(mail.state);
export const mayCancel = (mail: Mail): boolean => ['queued', 'held', 'failed', 'uncertain'].includes(mail.state);

export const subjectOf = (mail: Mail): string => mail.subject ?? `${words(mail.kind)} (not written yet)`;
export const mailLink = (mail: Mail): string => mailPath(mail) + location.search;
