// What /admin/api answers, as docs/operator-page.md describes it. Times are ISO 8601 text.
export type Time = string;

export interface Status {
  database: string;
  worker: string;
  worker_since: Time | null;
  next_due: Time | null;
  last_error: string | null;
  last_error_at: Time | null;
  circuit: string;
  circuit_reason: string | null;
  rate_per_second: number | null;
  rate_limit: number | null;
  rate_remaining: number | null;
  queued: number | null;
  due: number | null;
  held: number | null;
  failed: number | null;
  uncertain: number | null;
  last_sent: Time | null;
  last_delivery: Time | null;
  last_refused: Time | null;
}

export interface Check {
  check: string;
  state: 'ok' | 'todo' | 'warning' | 'error';
  found: string;
  command: string | null;
}

export interface Account {
  account: string;
  mail_mode: string;
  paused: boolean;
  disabled_at: Time | null;
}

export interface HourCount {
  hour: Time;
  count: number;
  outcome?: string;
  state?: string;
}

export interface Overview {
  now: Time;
  status: Status;
  doctor: Check[];
  accounts: Account[];
  dead_deliveries: number;
  queue: { account: string; state: string; count: number; oldest_seconds: number | null }[];
  bookings: {
    account: string;
    uid: string;
    title: string | null;
    start_time: Time | null;
    status: string;
    attendee_name: string | null;
    attendee_email: string | null;
  }[];
  reminders: { account: string; booking_uid: string; kind: string; recipient: string; due_at: Time }[];
}

export interface Mail {
  account: string;
  id: string;
  kind: string;
  recipient: string;
  subject: string | null;
  state: string;
  delivery_status: string | null;
  cause: string | null; // the reason in one word
  reason: string | null;
  provider_message: string | null; // Resend's own words
  in_doubt: boolean; // it may have been sent already
  mail_mode: string | null;
  created_at: Time;
  send_after: Time | null;
  sent_at: Time | null;
  attempts: number;
  booking_uid: string;
}

export interface Step {
  at: Time;
  what: string;
  detail: string | null;
}

export interface FullMail extends Mail {
  from: string | null;
  text: string | null;
  html_url: string | null;
  attachments: { filename: string; content_type: string; text: string | null }[];
  history: Step[];
  events: Step[]; // Resend's events about it
}

export interface Booking {
  booking: Record<string, unknown> & { uid: string; account: string; status: string; title: string | null };
  attendees: {
    email: string;
    name: string | null;
    time_zone: string | null;
    no_show: boolean | null;
    removed_at: Time | null;
  }[];
  trace: { at: Time; booking_uid: string; what: string; detail: string }[];
  mails: Mail[];
}

// Asked apart: over millions of rows counting takes seconds.
export interface Counts {
  now: Time;
  deliveries: HourCount[];
  mail_hours: HourCount[];
  mails: { state: string; delivery_status: string | null; count: number }[];
}

// One page of mails; next continues after it.
export interface Mails {
  mails: Mail[];
  next: string | null;
}

export interface Failure {
  message: string;
  detail?: string | null;
  hint?: string | null;
  sqlstate?: string | null;
}

export interface DeadEvent {
  account: string;
  event_id: string;
  received_at: Time;
  trigger: string | null;
  booking_uid: string | null;
  error: string | null;
}

export interface DeadEvents {
  counts: { account: string; count: number }[];
  events: DeadEvent[];
}

export interface AuditRow {
  at: Time;
  actor: string;
  via: string | null;
  action: string;
  account: string; // * for all
  target: string | null;
  detail: Record<string, unknown> | null;
}

export interface Found {
  kind: 'booking' | 'mail' | 'event';
  account: string;
  id: string;
  title: string | null;
  detail: string | null;
  at: Time | null;
  booking_uid?: string | null;
}
