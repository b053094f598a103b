// Live data: asked again while somebody looks, more rarely while the server is away, at once when he comes back.
import { useEffect, useReducer, useState } from 'preact/hooks';
import { getText, Refusal } from './api';
import { setServerNow } from './format';
import type { Failure } from './types';

const kLongestWait = 30_000;

// One state for the whole page: what the connection line shows.
export interface Connection {
  lost: Failure | null; // why
  seen: number | null; // when the server last answered
  next: number | null; // when it is asked again
  asking: boolean;
}
let connection: Connection = { lost: null, seen: null, next: null, asking: false };
const watchers = new Set<() => void>();
const tell = (change: Partial<Connection>): void => {
  connection = { ...connection, ...change };
  for (const watcher of watchers) watcher();
};

export function useConnection(): Connection {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const watcher = () => draw(undefined);
    watchers.add(watcher);
    return () => void watchers.delete(watcher);
  }, []);
  return connection;
}

// Draws again every so often, for ages.
export function useClock(period: number): void {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || draw(undefined), period);
    return () => clearInterval(timer);
  }, [period]);
}

class Poller {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private stop = new AbortController();
  private failures = 0;
  trouble: Failure | null = null;
  private last = '';
  constructor(
    private readonly path: string,
    private readonly period: number,
    private readonly aside: boolean, // its errors are shown in its place, not for the whole page
    private readonly take: (data: unknown, refusal: Refusal | null) => void,
  ) {}

  ask = async (): Promise<void> => {
    clearTimeout(this.timer);
    this.stop.abort();
    const { signal } = (this.stop = new AbortController());
    tell({ asking: true });
    try {
      this.settle(await getText(this.path, signal));
    } catch (cause) {
      if (signal.aborted) return;
      this.fail(cause);
    }
    this.later();
  };

  private settle(text: string): void {
    this.failures = 0;
    this.trouble = null;
    tell({ asking: false, lost: troubles(), seen: Date.now(), next: null });
    if (text === this.last) return;
    this.last = text;
    const data = JSON.parse(text) as unknown;
    if (data && typeof data === 'object' && 'now' in data) setServerNow(String(data.now));
    this.take(data, null);
  }

  private fail(cause: unknown): void {
    if (!(cause instanceof Refusal)) throw cause;
    this.failures++;
    if (!cause.passing) this.last = '';
    if (!cause.passing || (this.aside && this.last === '')) this.take(null, cause);
    this.trouble = cause.passing && !this.aside ? cause.failure : null;
    tell({ asking: false, lost: troubles() });
  }

  private later(): void {
    const wait = Math.min(this.period * 2 ** Math.max(0, this.failures - 1), Math.max(kLongestWait, this.period));
    if (this.trouble) tell({ next: Date.now() + wait });
    this.timer = setTimeout(() => document.hidden || void this.ask(), wait);
  }

  end(): void {
    clearTimeout(this.timer);
    this.stop.abort();
  }
}

const pollers = new Set<Poller>();
// One question that fails is enough: what it shows is old.
const troubles = (): Failure | null => [...pollers].find((poller) => poller.trouble)?.trouble ?? null;
export const refresh = (): void => pollers.forEach((poller) => void poller.ask());
document.addEventListener('visibilitychange', () => document.hidden || refresh());
addEventListener('online', refresh);

export interface Live<T> {
  data: T | null;
  refusal: Refusal | null; // a lasting one: not found, not allowed
}

// path null: nothing is asked. While a changed path is asked the first time, data is null.
export function useLive<T>(path: string | null, period = 4000, aside = false): Live<T> {
  const [state, setState] = useState<Live<T> & { path: string | null }>({ path: null, data: null, refusal: null });
  useEffect(() => {
    if (path === null) return;
    const poller = new Poller(path, period, aside, (data, refusal) => setState({ path, data: data as T | null, refusal }));
    pollers.add(poller);
    void poller.ask();
    return () => {
      pollers.delete(poller);
      poller.end();
    };
  }, [path, period, aside]);
  return state.path === path ? state : { data: null, refusal: null };
}
