import type { ConcurrencyDetails } from './parts/concurrency.ts';

const WIDTH = 880;
const HEIGHT = 340;
const PANEL = { width: 330, height: 220, top: 60 };
const LEFT = 70;
const GAP = 120;
const COLOURS = { first: '#1f6feb', second: '#d1242f', raw: '#57606a', grid: '#d0d7de', text: '#24292f' };

/** A curve: its values belong to the numbers of clients, in order. */
interface Curve {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly number[];
}

interface Scale {
  readonly ticks: readonly number[];
  /** Share of the height, 0 at the bottom. */
  readonly at: (value: number) => number;
}

/** Throughput and latency against concurrency, as an SVG picture. */
export function plot({ points, rawTextsPerSecond }: ConcurrencyDetails): string {
  const clients = points.map((point) => point.clients);
  const rates = points.map((point) => point.textsPerSecond);
  const latencies = points.flatMap((point) => [point.p50, point.p99]);
  const throughput = panel(LEFT, 'Texts a second', clients, linear(Math.max(rawTextsPerSecond, ...rates)), [
    { name: 'bertql', colour: COLOURS.first, values: rates },
    { name: 'onnxruntime alone', colour: COLOURS.raw, values: points.map(() => rawTextsPerSecond) },
  ]);
  const latency = panel(LEFT + PANEL.width + GAP, 'Latency in ms', clients, logarithmic(latencies), [
    { name: 'p50', colour: COLOURS.first, values: points.map((point) => point.p50) },
    { name: 'p99', colour: COLOURS.second, values: points.map((point) => point.p99) },
  ]);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="${COLOURS.text}"><title>Texts a second and latency against the number of clients</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${[...throughput, ...latency].join('\n')}
</svg>
`;
}

function panel(left: number, title: string, clients: readonly number[], scale: Scale, curves: readonly Curve[]) {
  const bottom = PANEL.top + PANEL.height;
  const least = Math.log2(Math.min(...clients));
  const span = Math.max(1, Math.log2(Math.max(...clients)) - least);
  const x = (value: number) => left + (PANEL.width * (Math.log2(value) - least)) / span;
  const y = (value: number) => bottom - PANEL.height * scale.at(value);
  const right = left + PANEL.width;
  return [
    `<text x="${left}" y="${PANEL.top - 36}" font-size="14" font-weight="bold">${title}</text>`,
    ...curves.map(({ name, colour }, index) => text(left + index * 90, PANEL.top - 16, name, 'start', colour)),
    ...scale.ticks.map((tick) => path(`M${left} ${round(y(tick))}H${right}`, COLOURS.grid, 1)),
    ...scale.ticks.map((tick) => text(left - 8, y(tick) + 4, tick.toLocaleString('en'), 'end')),
    ...clients.map((count) => text(x(count), bottom + 18, String(count), 'middle')),
    text(left + PANEL.width / 2, bottom + 40, 'clients with one text each', 'middle'),
    ...curves.map(({ colour, values }) => {
      const steps = values.map((value, index) => `${round(x(clients[index] ?? 1))} ${round(y(value))}`);
      return path(`M${steps.join('L')}`, colour, 2);
    }),
  ];
}

function path(d: string, colour: string, width: number): string {
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}"/>`;
}

function text(x: number, y: number, content: string, anchor: string, colour = COLOURS.text): string {
  return `<text x="${round(x)}" y="${round(y)}" text-anchor="${anchor}" fill="${colour}">${content}</text>`;
}

function linear(most: number): Scale {
  const magnitude = 10 ** Math.floor(Math.log10(most));
  const step = [0.1, 0.2, 0.5, 1, 2].map((factor) => factor * magnitude).find((size) => most / size <= 6) ?? magnitude;
  const top = Math.ceil(most / step) * step;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  return { ticks, at: (value) => value / top };
}

function logarithmic(values: readonly number[]): Scale {
  const least = Math.floor(Math.log10(Math.min(...values)));
  const span = Math.max(1, Math.ceil(Math.log10(Math.max(...values))) - least);
  const ticks = Array.from({ length: span + 1 }, (_, index) => 10 ** (least + index));
  return { ticks, at: (value) => (Math.log10(value) - least) / span };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
