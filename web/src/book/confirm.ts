// Asks this server whether a booking has arrived, with growing pauses, until it has.

export type Progress = 'waiting' | 'slow' | 'late' | 'arrived';

const pauses = [1, 1, 2, 3, 5, 8, 13, 20, 30]; // seconds; the last one from then on
const slowAfter = 20_000;
const lateAfter = 15 * 60_000;
const answerWithin = 10_000;

interface Answer {
  seen: boolean;
  pause: number; // seconds that the server asks for
}

async function ask(address: string): Promise<Answer> {
  try {
    const response = await fetch(address, { cache: 'no-store', signal: AbortSignal.timeout(answerWithin) });
    const pause = Number(response.headers.get('Retry-After')) || 0;
    const body: unknown = response.ok ? await response.json() : null;
    return { seen: typeof body === 'object' && body !== null && 'seen' in body && body.seen === true, pause };
  } catch {
    return { seen: false, pause: 0 }; // offline, or the server is away: asked again
  }
}

// Tells each change of progress; the function it returns ends it.
export function watch(address: string, tell: (progress: Progress) => void): () => void {
  const begun = Date.now();
  let reported: Progress = 'waiting';
  let turn = 0;
  let timer = 0;
  let ended = false;
  let asking = false;

  const say = (progress: Progress): void => {
    if (progress !== reported) tell(progress);
    reported = progress;
  };
  const end = (): void => {
    ended = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', onReturn);
  };
  const check = async (): Promise<void> => {
    clearTimeout(timer);
    asking = true;
    const { seen, pause } = await ask(address);
    asking = false;
    if (ended) return;
    const waited = Date.now() - begun;
    if (seen || waited >= lateAfter) {
      end();
      say(seen ? 'arrived' : 'late');
      return;
    }
    if (waited >= slowAfter) say('slow');
    const next = Math.max(pause, pauses[Math.min(turn++, pauses.length - 1)] ?? 30);
    timer = setTimeout(check, next * 1000);
  };
  // Who comes back to the page need not wait for the pause to end.
  const onReturn = (): void => {
    if (document.visibilityState === 'visible' && !asking) void check();
  };

  document.addEventListener('visibilitychange', onReturn);
  tell('waiting');
  void check();
  return end;
}
