// The summary: what needs a person, worst first, each with its command.
import { plural } from './format';
import type { Check, Overview } from './types';
import type { Tone } from './ui';

export interface Need {
  id: string;
  tone: Tone;
  title: string;
  found: string;
  command: string | null;
  link: { to: string; label: string } | null;
}

export interface Verdict {
  tone: Tone;
  title: string;
  text: string;
  needs: Need[]; // must be seen to
  steps: Need[]; // not set up yet
  fine: Check[];
}

const kLinks: Record<string, { to: string; label: string }> = {
  'dead deliveries': { to: '/admin/dead', label: 'Look at them' },
  'dead letters': { to: '/admin/dead', label: 'Look at them' },
  'held mails': { to: '/admin/mail?state=held', label: 'Look at them' },
};
const kTones: Record<Check['state'], Tone> = { error: 'bad', warning: 'warn', todo: 'todo', ok: 'ok' };

const needOf = (check: Check): Need => ({
  id: check.check,
  tone: kTones[check.state],
  title: check.check,
  found: check.found,
  command: check.command,
  link: kLinks[check.check] ?? null,
});

export function judge(overview: Overview): Verdict {
  const bad = overview.doctor.filter((check) => check.state === 'error').map(needOf);
  const warnings = overview.doctor.filter((check) => check.state === 'warning').map(needOf);
  const needs = [...bad, ...warnings];
  const steps = overview.doctor.filter((check) => check.state === 'todo').map(needOf);
  const fine = overview.doctor.filter((check) => check.state === 'ok');
  const checks = plural(overview.doctor.length, 'check');
  if (needs.length > 0) {
    const title = needs.length === 1 ? 'One thing needs you' : `${needs.length} things need you`;
    return { tone: bad.length > 0 ? 'bad' : 'warn', title, text: `${plural(fine.length, 'check')} of ${overview.doctor.length} are fine.`, needs, steps, fine };
  }
  if (steps.length > 0) {
    const title = steps.length === 1 ? 'One step is left' : `${steps.length} steps are left`;
    return { tone: 'todo', title, text: 'Nothing is wrong; some of it is not set up yet.', needs, steps, fine };
  }
  return { tone: 'ok', title: 'All is well', text: `${checks}, nothing to do.`, needs, steps, fine };
}
