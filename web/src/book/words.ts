// What the page says in each state, and what can be done then. The words come with the page, in the visitor's language.

export type State =
  | 'ready'
  | 'blocked'
  | 'silent'
  | 'failed'
  | 'waiting'
  | 'slow'
  | 'late'
  | 'reported'
  | 'payment'
  | 'pending'
  | 'confirmed'
  | 'series'
  | 'moved'
  | 'cancelled';

interface Words {
  kind: 'none' | 'trouble' | 'wait' | 'good' | 'plain';
  title: string;
  text: string;
  acts: Act[];
}
type Act = 'link' | 'again' | 'next';

const looks: Record<State, [Words['kind'], ...Act[]]> = {
  ready: ['none'],
  blocked: ['trouble', 'link'],
  silent: ['trouble', 'link'],
  failed: ['trouble', 'link'],
  waiting: ['wait'],
  slow: ['wait'],
  late: ['trouble', 'again'],
  reported: ['plain', 'next'],
  payment: ['plain'],
  pending: ['plain', 'next'],
  confirmed: ['good', 'next'],
  series: ['good', 'next'],
  moved: ['good', 'next'],
  cancelled: ['plain', 'next'],
};

export function words(given: Record<string, string>, state: State, count: number): Words {
  const [kind, ...acts] = looks[state];
  const word = (name: string): string => (given[`${state}_${name}`] ?? '').replace('{count}', String(count));
  return { kind, title: word('title'), text: word('text'), acts };
}
