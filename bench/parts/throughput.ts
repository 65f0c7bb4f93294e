import type { Bench } from '../bench.ts';
import type { LoadWindow } from '../load.ts';
import { paddingOf } from '../measured-server.ts';
import { TASKS, type Task } from '../operations.ts';
import type { PartResult, Row } from '../part.ts';
import type { RawWindow } from '../raw-dialogue.ts';
import { mean, median, percentile } from '../statistics.ts';

/** Texts a request, the clients that send them, and the share of raw to reach. */
const LOADS: readonly Load[] = [
  { texts: 32, clients: 8, goal: 0.9 },
  { texts: 8, clients: 16, goal: 0.85 },
  { texts: 1, clients: 64, goal: 0.6 },
];

export interface Load {
  readonly texts: number;
  readonly clients: number;
  readonly goal: number;
}

export interface Measured {
  readonly load: Load;
  readonly window: LoadWindow;
  /** The raw engine just before and just after. */
  readonly raw: readonly [RawWindow, RawWindow];
}

/** End to end against the raw engine, window by window in turn, so that both meet the same machine. */
export async function throughput(bench: Bench): Promise<PartResult> {
  const rows: Row[] = [];
  const details: Record<string, readonly Measured[]> = {};
  for (const task of TASKS) {
    const measured = await measure(bench, task, LOADS);
    details[task] = measured.map((one) => ({
      ...one,
      window: { ...one.window, latencies: [0.5, 0.9, 0.99].map((share) => percentile(one.window.latencies, share)) },
    }));
    rows.push(...rowsOf(task, measured, LOADS));
  }
  return { rows, details };
}

/** Measures loads in turn with the raw engine, to which the texts of the task were given. */
export async function measure(bench: Bench, task: Task, loads: readonly Load[]): Promise<readonly Measured[]> {
  const raw = await bench.raw();
  const measured: Measured[] = [];
  for (let round = 0; round < bench.effort.rounds; round++) {
    let before = await raw.run(task, bench.effort.windowSeconds);
    for (const load of loads) {
      const window = await bench.load(task, load.texts, load.clients);
      const after = await raw.run(task, bench.effort.windowSeconds);
      measured.push({ load, window, raw: [before, after] });
      before = after;
    }
  }
  return measured;
}

export function rowsOf(task: Task, measured: readonly Measured[], loads: readonly Load[]): readonly Row[] {
  const of = (windows: readonly Measured[], value: (one: Measured) => number) => median(windows.map(value));
  const rows: Row[] = [
    {
      measure: `${task} raw engine`,
      value: of(measured, ({ raw }) => rate(raw[0])),
      unit: 'tokens/s',
      note: `${Math.round(of(measured, ({ raw }) => perCpu(raw[0])))} a CPU second; padding ${percent(of(measured, ({ raw }) => paddingOf(raw[0])))}`,
    },
  ];
  for (const load of loads) {
    const own = measured.filter((one) => one.load === load);
    const name = `${task}, ${load.texts} ${load.texts === 1 ? 'text' : 'texts'} a request`;
    const latency = own.flatMap(({ window }) => window.latencies);
    rows.push(
      {
        measure: `${name}: of raw, per server CPU second`,
        value: of(own, ({ window, raw }) => perCpu(window) / mean(raw.map(perCpu))),
        unit: '%',
        goal: { atLeast: load.goal },
        note: `of raw by the clock, clients on the same cores: ${percent(of(own, ({ window, raw }) => rate(window) / mean(raw.map(rate))))}`,
      },
      {
        measure: `${name}: texts`,
        value: of(own, ({ window }) => window.sequences / window.seconds),
        unit: 'texts/s',
        note: `${load.clients} clients; p50 ${percentile(latency, 0.5).toFixed(1)} ms, p99 ${percentile(latency, 0.99).toFixed(1)} ms`,
      },
      {
        measure: `${name}: real tokens`,
        value: of(own, ({ window }) => rate(window)),
        unit: 'tokens/s',
        note: `server ${of(own, ({ window }) => window.cpuSeconds / window.seconds).toFixed(2)} cores, clients ${of(own, ({ window }) => window.clientCpuSeconds / window.seconds).toFixed(2)}`,
      },
      {
        measure: `${name}: padding`,
        value: of(own, ({ window }) => paddingOf(window)),
        unit: '%',
        goal: { atMost: 0.1 },
        note: `${of(own, ({ window }) => window.sequences / window.batches).toFixed(1)} texts and ${of(own, ({ window }) => window.tokens / window.batches).toFixed(0)} tokens a batch`,
      },
    );
  }
  return rows;
}

function rate({ tokens, seconds }: { readonly tokens: number; readonly seconds: number }): number {
  return tokens / seconds;
}

function perCpu({ tokens, cpuSeconds }: { readonly tokens: number; readonly cpuSeconds: number }): number {
  return tokens / cpuSeconds;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
