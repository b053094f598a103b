// The few icons, drawn on a 16 by 16 grid. They stand beside words, so they are hidden from screen readers.
const kPaths = {
  ok: 'M3 8.5l3.2 3.2L13 5',
  warn: 'M8 2.2 14.4 13.4H1.6L8 2.2zM8 6.4v3.2M8 11.5v.1',
  bad: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6',
  todo: 'M8 1.8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 8 1.8zM8 5v3.2l2.2 1.4',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3l3.4 3.4',
  refresh: 'M13.2 8a5.2 5.2 0 1 1-1.6-3.8M13.4 2v3h-3',
  back: 'M9.5 3 4.5 8l5 5',
  overview: 'M2.5 8.5h3l2-5 2.5 9 1.5-4h2',
  mail: 'M2 3.5h12v9H2zM2.3 4l5.7 5L13.7 4',
  dead: 'M3 9V3.5h10V9M2 9h3.5l1 2h3l1-2H14v4.5H2z',
  audit: 'M4 2.5h8v11H4zM6.2 5.5h3.6M6.2 8h3.6M6.2 10.5h2',
  person: 'M8 2.5a2.7 2.7 0 1 0 0 5.4 2.7 2.7 0 0 0 0-5.4zM3 13.5c.4-2.7 2.2-4 5-4s4.6 1.3 5 4',
  close: 'M4 4l8 8M12 4l-8 8',
  calendar: 'M2.5 4h11v9.5h-11zM2.5 7h11M5.5 2.3V5M10.5 2.3V5',
  bolt: 'M9 1.8 3.8 9H8l-1 5.2L12.2 7H8z',
  out: 'M9.5 5V2.5h-7v11h7V11M6 8h8M11.5 5.5 14 8l-2.5 2.5',
} as const;

export type IconName = keyof typeof kPaths;

export function Icon({ name, class: extra = '' }: { name: IconName; class?: string }) {
  return (
    <svg class={`icon ${extra}`} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={kPaths[name]} />
    </svg>
  );
}
