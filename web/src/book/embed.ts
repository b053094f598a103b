// Cal.com's embed: its official snippet, whom it listens to, and its events as this page understands them.

export interface Booked {
  uid?: string; // of a form that can be asked for
  moved: boolean;
  pending: boolean; // the host has yet to confirm
  payment: boolean;
  count: number; // dates of a series
}

export interface Listener {
  ready(): void;
  failed(): void;
  booked(booked: Booked): void;
  cancelled(): void;
}

type Cal = ((...call: unknown[]) => void) & { q?: unknown[]; ns?: Record<string, unknown>; loaded?: boolean };

declare global {
  interface Window {
    Cal?: Cal;
  }
}

// The embed fires its callbacks for a message of any window. Ours comes first and lets through only what the calendar's
// own frame says; its script is loaded later, so its listener is called later.
export function onlyFromFrame(frame: () => Window | null): void {
  window.addEventListener(
    'message',
    (event) => {
      if (event.source === null || event.source !== frame()) event.stopImmediatePropagation();
    },
    true,
  );
}

// The official snippet: window.Cal keeps calls in a queue until embed.js, added at the first of them, takes over.
export function loadEmbed(address: string, blocked: () => void): Cal {
  const cal: Cal = (...call) => {
    if (!cal.loaded) {
      cal.ns = {};
      cal.q = cal.q ?? [];
      cal.loaded = true;
      const script = document.createElement('script');
      script.addEventListener('error', blocked);
      script.src = address;
      document.head.append(script);
    }
    cal.q?.push(call);
  };
  window.Cal = cal;
  return (...call) => window.Cal?.(...call);
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const uidOf = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[\w-]{1,128}$/.test(value) ? value : undefined;

// Data of bookingSuccessfulV2 and of rescheduleBookingSuccessfulV2.
function ofEvent(data: Record<string, unknown>, moved: boolean): Booked {
  const all = Array.isArray(data.allBookings) ? data.allBookings.length : 1;
  return {
    uid: uidOf(data.uid),
    moved,
    pending: data.status === 'PENDING',
    payment: data.paymentRequired === true,
    count: data.isRecurring === true ? Math.max(1, all) : 1,
  };
}

// Of the deprecated twins, which old servers fire alone and newer ones beside the others.
function ofOldEvent(data: Record<string, unknown>, moved: boolean): Booked {
  const booking = record(data.booking);
  return {
    uid: uidOf(booking.uid),
    moved,
    pending: data.confirmed === false,
    payment: booking.paymentRequired === true,
    count: 1,
  };
}

export function listen(cal: (...call: unknown[]) => void, listener: Listener): void {
  let newEvents = false;
  const on = (action: string, act: (data: Record<string, unknown>) => void): void =>
    cal('on', { action, callback: (event: CustomEvent) => act(record(record(event.detail).data)) });
  const onNew = (action: string, moved: boolean): void =>
    on(action, (data) => {
      newEvents = true;
      listener.booked(ofEvent(data, moved));
    });
  const onOld = (action: string, moved: boolean): void =>
    on(action, (data) => {
      if (!newEvents) listener.booked(ofOldEvent(data, moved));
    });
  on('linkReady', () => listener.ready());
  on('linkFailed', () => listener.failed());
  onNew('bookingSuccessfulV2', false);
  onNew('rescheduleBookingSuccessfulV2', true);
  onOld('bookingSuccessful', false);
  onOld('rescheduleBookingSuccessful', true);
  on('bookingCancelled', () => listener.cancelled());
}
