// Counts per hour as stacked bars. What the picture says is also a table, and every series has a pattern of its own,
// so that colour alone carries no information.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { count, hourSpan, sentence, serverNow, short, words } from './format';
import { Empty } from './ui';

// Whole numbers only: 1, 2, 5, 10 and so on.
const kSteps = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7].flatMap((ten) => [ten, 2 * ten, 5 * ten]);
const kHour = 3600;
const kHours = 48;
const kHeight = 190;

export interface Series {
  name: string;
  color: string; // a custom property of admin.css
  pattern?: 'stripes' | 'dots' | 'cross';
}

export interface Point {
  hour: string;
  name: string;
  count: number;
}

interface Table {
  hours: number[];
  series: Series[];
  counts: number[][]; // by series, then by hour
}

// The last 48 hours, without gaps; only series that occur, in the given order.
export function tabulate(points: Point[], known: Series[], now: number): Table {
  const last = Math.floor(now / 1000 / kHour) * kHour;
  const hours = Array.from({ length: kHours }, (_, i) => last - (kHours - 1 - i) * kHour);
  const series = known.filter(({ name }) => points.some((point) => point.name === name && point.count > 0));
  const counts = series.map(({ name }) => {
    const byHour = new Map<number, number>();
    for (const point of points) {
      if (point.name !== name) continue;
      const hour = Math.floor(Date.parse(point.hour) / 1000 / kHour) * kHour;
      byHour.set(hour, (byHour.get(hour) ?? 0) + point.count);
    }
    return hours.map((hour) => byHour.get(hour) ?? 0);
  });
  return { hours, series, counts };
}

const property = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function brush(series: Series): CanvasPattern | string {
  const color = property(series.color);
  if (!series.pattern) return color;
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const draw = tile.getContext('2d')!;
  draw.fillStyle = draw.strokeStyle = color;
  draw.globalAlpha = 0.3;
  draw.fillRect(0, 0, 8, 8);
  draw.globalAlpha = 1;
  draw.lineWidth = 2;
  draw.beginPath();
  if (series.pattern === 'dots') draw.rect(2, 2, 2, 2);
  else for (const x of [-8, 0, 8]) draw.moveTo(x, 8), draw.lineTo(x + 8, 0);
  if (series.pattern === 'cross') for (const x of [-8, 0, 8]) draw.moveTo(x, 0), draw.lineTo(x + 8, 8);
  draw.stroke();
  return draw.createPattern(tile, 'repeat') ?? color;
}

function options(table: Table, width: number, hover: (index: number | null) => void): uPlot.Options {
  const ink = property('--color-chart-ink');
  const grid = { stroke: property('--color-chart-line'), width: 1 };
  const font = '12px system-ui, sans-serif';
  const bars = uPlot.paths.bars!({ size: [0.8, 28], align: 1 });
  return {
    width,
    height: kHeight,
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { show: false } },
    scales: { x: { range: (_, from, to) => [from, to + kHour] }, y: { range: (_, __, to) => [0, Math.max(4, Math.ceil((to ?? 0) * 1.1))] } },
    axes: [
      { stroke: ink, font, grid: { show: false }, ticks: grid, space: 70, values: [[3600 * 24, '{D} {MMM}', null, null, null, null, null, null, 1], [3600, '{HH}:{mm}', '\n{D} {MMM}', null, '\n{D} {MMM}', null, null, null, 1]] },
      { stroke: ink, font, grid, ticks: { show: false }, size: 40, incrs: kSteps, values: (_, splits) => splits.map(short) },
    ],
    series: [
      {},
      ...table.series.map((series) => ({ label: series.name, fill: brush(series), stroke: property(series.color), width: 1, paths: bars, points: { show: false } })).reverse(),
    ],
    hooks: { setCursor: [(plot) => hover(plot.cursor.idx ?? null)] },
  };
}

// The tallest sums come first, so that the lower ones are painted over them. What adds nothing is not drawn.
function stack(table: Table): uPlot.AlignedData {
  const sum = table.hours.map(() => 0);
  const bars = table.counts.map((row) => row.map((value, hour) => (value === 0 ? null : (sum[hour]! += value))));
  return [table.hours, ...bars.reverse()];
}

function Plot({ table, hover }: { table: Table; hover: (index: number | null) => void }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [theme, setTheme] = useState(0);
  const shape = `${theme} ${table.series.map((series) => series.name).join()}`;
  useEffect(() => {
    const target = box.current!;
    plot.current = new uPlot(options(table, target.clientWidth, hover), stack(table), target);
    const sizes = new ResizeObserver(() => plot.current?.setSize({ width: target.clientWidth, height: kHeight }));
    sizes.observe(target);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const repaint = () => setTheme((n) => n + 1);
    dark.addEventListener('change', repaint);
    return () => {
      dark.removeEventListener('change', repaint);
      sizes.disconnect();
      plot.current?.destroy();
    };
  }, [shape]);
  useEffect(() => plot.current?.setData(stack(table)), [table]);
  return <div ref={box} class="chart" aria-hidden="true" />;
}

function Swatch({ series }: { series: Series }) {
  return <span class={`swatch swatch-${series.pattern ?? 'plain'} swatch${series.color}`} aria-hidden="true" />;
}

function Numbers({ table }: { table: Table }) {
  const rows = table.hours.map((hour, i) => ({ hour, i })).filter(({ i }) => table.counts.some((row) => row[i]! > 0));
  return (
    <details class="numbers">
      <summary>Numbers as a table</summary>
      <div class="scroller" tabIndex={0} role="group" aria-label="Numbers of the chart">
        <table class="table">
          <thead>
            <tr><th scope="col">Hour</th>{table.series.map((s) => <th key={s.name} scope="col" class="number">{sentence(words(s.name))}</th>)}</tr>
          </thead>
          <tbody>
            {rows.reverse().map(({ hour, i }) => (
              <tr key={hour}>
                <th scope="row">{hourSpan(hour)}</th>
                {table.counts.map((row, s) => <td key={s} class="number">{count(row[i]!)}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

export function HourChart({ points, known, nothing }: { points: Point[]; known: Series[]; nothing: string }) {
  const hour = Math.floor(serverNow() / 1000 / kHour);
  const table = useMemo(() => tabulate(points, known, serverNow()), [points, known, hour]);
  const [index, setIndex] = useState<number | null>(null);
  if (table.series.length === 0) return <Empty>{nothing}</Empty>;
  const value = (s: number) => (index === null ? table.counts[s]!.reduce((a, b) => a + b, 0) : (table.counts[s]![index] ?? 0));
  return (
    <div class="px-4 pb-3">
      <p class="legend">
        <span class="legend-span">{index === null ? 'Last 48 hours' : hourSpan(table.hours[index]!)}</span>
        {table.series.map((series, s) => (
          <span key={series.name} class="legend-item">
            <Swatch series={series} /> {words(series.name)} <b class="tabular-nums">{count(value(s))}</b>
          </span>
        ))}
      </p>
      <Plot table={table} hover={setIndex} />
      <Numbers table={table} />
    </div>
  );
}
