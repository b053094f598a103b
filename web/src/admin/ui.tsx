// The parts that every view is made of.
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Refusal } from './api';
import { age, dateTime, sentence, utc, words } from './format';
import { Icon, type IconName } from './icons';
import { useClock } from './live';
import type { Failure } from './types';

export type Tone = 'ok' | 'warn' | 'bad' | 'todo' | 'quiet';
const kToneIcons: Record<Tone, IconName | null> = { ok: 'ok', warn: 'warn', bad: 'bad', todo: 'todo', quiet: null };

export function ToneIcon({ tone }: { tone: Tone }) {
  const name = kToneIcons[tone];
  return name && <Icon name={name} class={`tone-${tone}`} />;
}

export function Badge({ tone, children }: { tone: Tone; children: ComponentChildren }) {
  return (
    <span class={`badge badge-${tone}`}>
      <ToneIcon tone={tone} />
      {children}
    </span>
  );
}

const kMailTones: Record<string, Tone> = {
  sent: 'ok', captured: 'todo', queued: 'todo', sending: 'todo', held: 'warn', failed: 'bad', uncertain: 'bad',
  delivered: 'ok', bounced: 'bad', complained: 'bad', accepted: 'ok', pending: 'todo', placeholder: 'todo',
  cancelled: 'quiet', rejected: 'quiet', rescheduled: 'quiet', skipped: 'quiet',
};
export const StateBadge = ({ state }: { state: string }) => <Badge tone={kMailTones[state] ?? 'quiet'}>{words(state)}</Badge>;

// at: shown by the browser's clock, UTC on hover. relative: as an age that keeps itself true.
export function When({ at, relative = false }: { at: string | null | undefined; relative?: boolean }) {
  useClock(relative ? 5000 : 3_600_000);
  if (!at) return <span class="text-muted">never</span>;
  return (
    <time dateTime={at} title={`${dateTime(at)} · ${utc(at)}`} class="tabular-nums">
      {relative ? age(at) : dateTime(at)}
    </time>
  );
}

// what: said on the button, where it is not plain from what stands beside it.
export function CopyButton({ text, label, what = '' }: { text: string; label: string; what?: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 2000);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
  };
  return (
    <button type="button" class="button button-small" onClick={() => void copy().catch(() => setDone(false))} >
      <Icon name={done ? 'ok' : 'copy'} />
      <span aria-live="polite">{done ? 'Copied' : `Copy ${what}`.trimEnd()}</span>
      <span class="sr-only">{label}</span>
    </button>
  );
}

export function Command({ text, label }: { text: string; label: string }) {
  return (
    <div class="command">
      <code>{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  );
}

export function Card(props: { title: string; aside?: ComponentChildren; children: ComponentChildren; class?: string; id?: string }) {
  const id = props.id ?? props.title.toLowerCase().replaceAll(' ', '-');
  return (
    <section class={`card ${props.class ?? ''}`} aria-labelledby={`${id}-title`}>
      <header class="card-head">
        <h2 id={`${id}-title`}>{props.title}</h2>
        {props.aside}
      </header>
      {props.children}
    </section>
  );
}

export const Empty = ({ children }: { children: ComponentChildren }) => <p class="empty">{children}</p>;

export function Waiting() {
  return (
    <div class="waiting" role="status">
      <span class="sr-only">Loading</span>
      <div /> <div /> <div />
    </div>
  );
}

// A reason as the log keeps it: "23502: null value in column …", or words without a code.
export function failureOf(error: string | null): Failure {
  const [, sqlstate, message] = /^([0-9A-Z]{5}): (.*)$/s.exec(error ?? '') ?? [];
  return message ? { message, sqlstate: sqlstate! } : { message: error || 'no reason was kept' };
}

// A database error: message, detail, hint.
export function FailureText({ failure }: { failure: Failure }) {
  return (
    <div class="failure">
      <p class="font-medium">
        {sentence(failure.message)} {failure.sqlstate && <code class="text-muted">{failure.sqlstate}</code>}
      </p>
      {failure.detail && <p>{failure.detail}</p>}
      {failure.hint && <p class="text-muted">Hint: {failure.hint}</p>}
    </div>
  );
}

export function Refused({ refusal }: { refusal: Refusal }) {
  return (
    <div class="card p-4 text-bad" role="alert">
      <FailureText failure={refusal.failure} />
    </div>
  );
}

// Tabs as the ARIA practices describe them: one tab stop, arrows move and choose.
export function Tabs(props: { label: string; tabs: { id: string; label: string }[]; chosen: string; choose: (id: string) => void; aside?: ComponentChildren }) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const at = props.tabs.findIndex((tab) => tab.id === props.chosen);
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -at, End: props.tabs.length - 1 - at }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const to = (at + step + props.tabs.length) % props.tabs.length;
    props.choose(props.tabs[to]!.id);
    list.current?.querySelectorAll<HTMLElement>('[role=tab]')[to]?.focus();
  };
  return (
    <div class="tab-row">
      <div class="tabs" role="tablist" aria-label={props.label} ref={list} onKeyDown={move}>
        {props.tabs.map((tab) => (
          <button
            key={tab.id} type="button" role="tab" id={`tab-${tab.id}`} aria-controls="tab-panel"
            aria-selected={tab.id === props.chosen} tabIndex={tab.id === props.chosen ? 0 : -1}
            onClick={() => props.choose(tab.id)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      {props.aside}
    </div>
  );
}
