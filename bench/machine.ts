import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { sleep } from './clock.ts';
import { sum } from './statistics.ts';

const SAMPLE_MS = 500;

/** What the figures were measured on. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly onnxruntime: string;
}

export async function describeMachine(): Promise<Machine> {
  const manifest = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${type()} ${release()}`,
    node: process.version,
    onnxruntime: manifest.dependencies['onnxruntime-node'] ?? 'unknown',
  };
}

/** Cores that are in use while the benchmark waits: what others take of the machine, and thus of the figures. */
export async function coresInUse(): Promise<number> {
  const before = busyMs();
  const startedAt = performance.now();
  await sleep(SAMPLE_MS);
  return (busyMs() - before) / (performance.now() - startedAt);
}

function busyMs(): number {
  return sum(cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq));
}
