// How times, ages and counts are written: the browser's zone, 24 hours, English like the rest of the page.
const day = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short' });
const dayYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const numbers = new Intl.NumberFormat('en-GB');

// The server's clock minus ours: ages are computed with the clock that wrote the times.
// An answer may have rested at the proxy before it came, so the one that puts it farthest ahead is the truest.
let skew: number | null = null;
export const setServerNow = (now: string): void => {
  skew = Math.max(skew ?? -Infinity, Date.parse(now) - Date.now());
};
export const serverNow = (): number => Date.now() + (skew ?? 0);

export const dateTime = (at: string): string => {
  const when = new Date(at);
  const sameYear = when.getFullYear() === new Date(serverNow()).getFullYear();
  return `${(sameYear ? day : dayYear).format(when)}, ${clock.format(when)}`;
};
export const time = (at: string | number): string => clockSeconds.format(new Date(at));
export const hourSpan = (seconds: number): string => {
  const from = new Date(seconds * 1000);
  return `${day.format(from)}, ${clock.format(from)} to ${clock.format(new Date((seconds + 3600) * 1000))}`;
};
// The browser's zone, as every time here is shown in it.
export const zone = (): string => {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const name = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'longOffset' }).formatToParts().find((part) => part.type === 'timeZoneName');
  const offset = (name?.value ?? '').replace('GMT', 'UTC');
  return offset === '' || offset === timeZone ? timeZone : `${timeZone} (${offset})`;
};
export const utc = (at: string): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
export const count = (value: number): string => numbers.format(value);
const fewDigits = new Intl.NumberFormat('en-GB', { notation: 'compact' });
export const short = (value: number): string => (value < 10_000 ? count(value) : fewDigits.format(value));
export const plural = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;

const kUnits: [number, string][] = [
  [86400, 'd'],
  [3600, 'h'],
  [60, 'min'],
];
export const span = (seconds: number): string => {
  for (const [size, unit] of kUnits) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  }
  return `${Math.max(0, Math.floor(seconds))} s`;
};
export const age = (at: string): string => {
  const seconds = (serverNow() - Date.parse(at)) / 1000;
  if (seconds < 0) return seconds > -5 ? 'now' : `in ${span(-seconds)}`;
  return seconds < 5 ? 'now' : `${span(seconds)} ago`;
};

// What a machine calls snake_case, people read as words.
export const words = (name: string): string => name.replaceAll('_', ' ');
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
