// Questions to the proxy and acts. A 401 ends the page: the same address then shows the sign-in form.
import type { Failure } from './types';

export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly failure: Failure,
  ) {
    super(failure.message);
  }
  // Worth trying again by itself: the proxy or its database is away for the moment.
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const csrf = document.querySelector<HTMLMetaElement>('meta[name="csrf"]')?.content ?? '';
const kPatience = 15_000;

function failureOf(status: number, body: string): Failure {
  try {
    const { error } = JSON.parse(body) as { error?: string | Failure };
    if (typeof error === 'string') return { message: error };
    if (error && typeof error.message === 'string') return error;
  } catch {
    // not ours, such as the page of a gateway in between
  }
  return { message: `the server answered ${status}` };
}

async function ask(path: string, init: RequestInit): Promise<string> {
  let status = 0;
  let body = '';
  try {
    const answer = await fetch(`/admin/api/${path}`, {
      ...init,
      cache: 'no-store',
      credentials: 'same-origin',
      signal: AbortSignal.any([AbortSignal.timeout(kPatience), ...(init.signal ? [init.signal] : [])]),
    });
    status = answer.status;
    body = await answer.text();
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new Refusal(0, { message: 'the server does not answer' });
  }
  if (status === 401) location.reload();
  if (status !== 200) throw new Refusal(status, failureOf(status, body));
  return body;
}

// The text of the answer too: who polls compares it, so that an unchanged answer redraws nothing.
export const getText = (path: string, signal?: AbortSignal): Promise<string> => ask(path, signal ? { signal } : {});

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return JSON.parse(await getText(path, signal)) as T;
}

export async function act<T>(name: string, values: Record<string, unknown>): Promise<T> {
  const body = await ask(`acts/${name}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ csrf, ...values }),
  });
  return (JSON.parse(body) as { result: T }).result;
}

// Leaves by a form, as the server asks: it answers with a redirect and takes the cookie away.
export function signOut(): void {
  const form = document.createElement('form');
  form.method = 'post';
  form.action = '/admin/logout';
  const field = document.createElement('input');
  field.type = 'hidden';
  field.name = 'csrf';
  field.value = csrf;
  form.append(field);
  document.body.append(form);
  form.submit();
}

export const path = (...parts: string[]): string => parts.map(encodeURIComponent).join('/');

export const mailPath = (mail: { account: string; id: string }): string => `/admin/mail/${path(mail.account, mail.id)}`;
export const bookingPath = (account: string, uid: string): string => `/admin/booking/${path(account, uid)}`;
