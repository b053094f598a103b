// What the page says in each state. It claims no more than it knows: before the booking is in our database, only that
// Cal.com reports it.

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
  acts?: ('link' | 'again' | 'next')[];
}

const all: Record<Exclude<State, 'series'>, Words> = {
  ready: { kind: 'none', title: '', text: '' },
  blocked: {
    kind: 'trouble',
    title: 'The calendar could not be loaded',
    text: 'Something on this device or in this network keeps Cal.com’s calendar from loading. You can book on its own page instead.',
    acts: ['link'],
  },
  silent: {
    kind: 'trouble',
    title: 'The calendar takes long',
    text: 'It may still appear below. If you would rather not wait, book on its own page.',
    acts: ['link'],
  },
  failed: {
    kind: 'trouble',
    title: 'The calendar cannot be shown',
    text: 'Cal.com answered that it has no such page, or could not show it here. Its own page may tell you more.',
    acts: ['link'],
  },
  waiting: {
    kind: 'wait',
    title: 'One moment, please',
    text: 'Cal.com has taken your booking. We are waiting for it to arrive here.',
  },
  slow: {
    kind: 'wait',
    title: 'Still waiting for your booking',
    text: 'Cal.com has taken your booking, but it has not arrived here yet. That can take a few minutes, and we keep looking. Please do not book a second time.',
  },
  late: {
    kind: 'trouble',
    title: 'We could not confirm your booking here',
    text: 'Cal.com reported it, but it has not arrived here. It may still be good: look for an e-mail from Cal.com, and ask your host before you book again.',
    acts: ['again'],
  },
  reported: {
    kind: 'plain',
    title: 'Cal.com reports your booking',
    text: 'We cannot check it from this page. The e-mail that you get about it is what counts.',
    acts: ['next'],
  },
  payment: {
    kind: 'plain',
    title: 'Payment is still needed',
    text: 'Your time is not booked until it is paid. Please go on in the calendar below.',
  },
  pending: {
    kind: 'plain',
    title: 'Your request has arrived',
    text: 'Your host still has to confirm it. Until then the time is not yours for certain.',
    acts: ['next'],
  },
  confirmed: {
    kind: 'good',
    title: 'Your booking is confirmed',
    text: 'It has arrived here. The details are below.',
    acts: ['next'],
  },
  moved: {
    kind: 'good',
    title: 'Your booking has been moved',
    text: 'The new time has arrived here. The details are below.',
    acts: ['next'],
  },
  cancelled: {
    kind: 'plain',
    title: 'Cal.com reports that your booking is cancelled',
    text: 'If that was a mistake, you can book a new time.',
    acts: ['next'],
  },
};

export function words(state: State, count: number): Words {
  if (state !== 'series') return all[state];
  return {
    kind: 'good',
    title: 'Your series is confirmed',
    text: `The first of ${count} dates has arrived here. All dates are below.`,
    acts: ['next'],
  };
}
