// Actions: confirmed in a dialog if they cannot be reverted, reported in a message when done.
import { useEffect, useReducer, useRef, useState } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { act, Refusal } from './api';
import { Icon } from './icons';
import { refresh } from './live';
import type { Failure } from './types';
import { FailureText, ToneIcon, type Tone } from './ui';

interface Note {
  id: number;
  tone: Tone;
  text: string;
  failure: Failure | null;
}
let notes: Note[] = [];
let lastId = 0;
const watchers = new Set<() => void>();
const change = (to: Note[]): void => {
  notes = to;
  for (const watcher of watchers) watcher();
};
const kNoteStays = 8000;

export function tell(tone: Tone, text: string, failure: Failure | null = null): void {
  const id = ++lastId;
  change([...notes.slice(-3), { id, tone, text, failure }]);
  // What went wrong stays until it is dismissed.
  if (tone === 'ok') setTimeout(() => change(notes.filter((note) => note.id !== id)), kNoteStays);
}

export function Notes() {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const watcher = () => draw(undefined);
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }, []);
  return (
    <div class="notes" role="status" aria-live="polite">
      {notes.map((note) => (
        <div key={note.id} class="note">
          <ToneIcon tone={note.tone} />
          <div class="min-w-0 grow">
            <p>{note.text}</p>
            {note.failure && <FailureText failure={note.failure} />}
          </div>
          <button type="button" class="icon-button" aria-label="Dismiss" onClick={() => change(notes.filter((n) => n.id !== note.id))}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}

export interface Confirmation {
  title: string;
  text: ComponentChildren;
  button: string;
  danger?: boolean;
  word?: string; // must be ticked before the act is possible
}

// A modal dialog: the browser keeps the focus in it, Esc closes it, the focus goes back to what opened it.
function ConfirmDialog({ ask, close }: { ask: Confirmation; close: (yes: boolean) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [given, setGiven] = useState(!ask.word);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="confirm-title" onClose={() => close(dialog.current?.returnValue === 'yes')}>
      <form method="dialog">
        <h2 id="confirm-title">{ask.title}</h2>
        <div class="dialog-text">{ask.text}</div>
        {ask.word && (
          <label class="check">
            <input type="checkbox" checked={given} onChange={(event) => setGiven(event.currentTarget.checked)} />
            <span>{ask.word}</span>
          </label>
        )}
        <div class="dialog-buttons">
          <button class="button" value="no" autofocus>Keep as it is</button>
          <button class={`button ${ask.danger ? 'button-danger' : 'button-main'}`} value="yes" disabled={!given}>{ask.button}</button>
        </div>
      </form>
    </dialog>
  );
}

// Of an act that is many: says how far it is, and asks whether to go on.
export interface Steps {
  tell: (progress: string) => void;
  goOn: () => boolean;
}

export function ActButton<T>(props: {
  name: string;
  values: Record<string, unknown>;
  done: (result: T) => string | { tone: Tone; text: string; failure?: Failure };
  steps?: (steps: Steps) => Promise<T>; // instead of one act; a press of the button in the meantime ends it
  confirm?: Confirmation;
  label?: string;
  class?: string;
  children: ComponentChildren;
}) {
  // The values are fixed when the dialog opens: the answer to one question must not confirm another, even if the page
  // changes meanwhile.
  const [asking, setAsking] = useState<{ confirm: Confirmation; values: Record<string, unknown> } | null>(null);
  const [busy, setBusy] = useState(false);
  const [progress, setProgress] = useState<string | null>(null);
  const stopped = useRef(false);
  useEffect(() => () => void (stopped.current = true), []);
  const run = async (values: Record<string, unknown>) => {
    setBusy(true);
    stopped.current = false;
    const { steps } = props;
    if (steps) setProgress('');
    try {
      const outcome = props.done(await (steps ? steps({ tell: setProgress, goOn: () => !stopped.current }) : act<T>(props.name, values)));
      if (typeof outcome === 'string') tell('ok', outcome);
      else tell(outcome.tone, outcome.text, outcome.failure ?? null);
    } catch (cause) {
      if (!(cause instanceof Refusal)) throw cause;
      tell('bad', 'That did not work.', cause.failure);
    } finally {
      setBusy(false);
      setProgress(null);
      refresh();
    }
  };
  const press = () => {
    if (busy) stopped.current = true;
    else if (props.confirm) setAsking({ confirm: props.confirm, values: props.values });
    else void run(props.values);
  };
  return (
    <>
      {props.steps && <span role="status" class={progress ? 'text-muted tabular-nums' : 'sr-only'}>{progress}</span>}
      <button
        type="button" class={`button ${props.class ?? ''}`} aria-disabled={busy && progress === null}
        aria-label={progress === null ? props.label : `Stop: ${props.label}`} onClick={press}
      >
        {progress === null ? props.children : 'Stop'}
      </button>
      {asking && (
        <ConfirmDialog
          ask={asking.confirm}
          close={(yes) => {
            setAsking(null);
            if (yes) void run(asking.values);
          }}
        />
      )}
    </>
  );
}
