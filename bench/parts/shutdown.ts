import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Bench } from '../bench.ts';
import { Client, Refusal } from '../client.ts';
import { sleep } from '../clock.ts';
import { bodyFor, TASKS } from '../operations.ts';
import type { PartResult } from '../part.ts';
import { randomSource } from '../random.ts';
import { percentile, sum } from '../statistics.ts';

const CLIENTS = 16;
const TEXTS = 8;

interface Stop {
  readonly exit: number | string;
  /** Milliseconds from the signal to the end of the process. */
  readonly tookMs: number;
  /** Requests that were answered, refused with an error, and left without an answer; not those that found no server. */
  readonly answered: number;
  readonly refused: number;
  readonly cut: number;
  /** How each client learned of the end. */
  readonly reasons: readonly string[];
}

/** SIGTERM to the real server under full load: lists of both tasks and a streamed document. */
export async function shutdown(bench: Bench): Promise<PartResult> {
  const random = randomSource(5);
  const stops: Stop[] = [];
  for (let turn = 0; turn < bench.effort.shutdowns; turn++)
    stops.push(await stopUnderLoad(bench, 200 + 400 * random()));
  const clean = stops.filter(({ exit }) => exit === 0).length;
  const took = stops.map(({ tookMs }) => tookMs);
  const rows = [
    {
      measure: `SIGTERM under full load: exits with 0, of ${stops.length}`,
      value: clean,
      unit: '',
      goal: { atLeast: stops.length },
      note: `takes ${percentile(took, 0.5).toFixed(0)} ms, at most ${Math.max(...took).toFixed(0)} ms`,
    },
    {
      measure: 'SIGTERM under full load: requests left without an answer',
      value: sum(stops.map(({ cut }) => cut)),
      unit: '',
      note: `${sum(stops.map(({ answered }) => answered))} answered, ${sum(stops.map(({ refused }) => refused))} refused with an error`,
    },
  ];
  return { rows, details: stops };
}

async function stopUnderLoad(bench: Bench, afterMs: number): Promise<Stop> {
  const server = spawn(process.execPath, [fileURLToPath(new URL('../../main.js', import.meta.url))], {
    env: { ...process.env, PORT: '0', CACHE_BYTES: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const client = new Client(await urlFrom(server));
  let answered = 0;
  let running = true;
  const next = bench.corpus.taker(TEXTS);
  const ask = async (index: number) => {
    while (running) {
      await client.post(bodyFor(TASKS[index % TASKS.length] ?? 'NER', next()));
      answered++;
    }
  };
  const stream = async () => {
    for await (const _ of client.analyze(bench.corpus.document(bench.effort.documentLength))) if (!running) break;
  };
  // Each client continues until something fails, as the stopping server may let it.
  const load = Promise.allSettled([stream(), ...Array.from({ length: CLIENTS }, (_, index) => ask(index))]);
  await sleep(afterMs);
  const signalledAt = performance.now();
  server.kill('SIGTERM');
  const [code, signal] = await ended;
  const tookMs = performance.now() - signalledAt;
  running = false;
  client.close();
  const failures = (await load).flatMap((one) =>
    one.status === 'rejected' ? [one.reason as NodeJS.ErrnoException] : [],
  );
  const refused = failures.filter((failure) => failure instanceof Refusal).length;
  const unreachable = failures.filter(({ code }) => code === 'ECONNREFUSED').length;
  const cut = failures.length - refused - unreachable;
  const reasons = failures.map(({ code, message }) => code ?? message);
  return { exit: code ?? signal ?? 'nothing', tookMs, answered, refused, cut, reasons };
}

/** The URL that the server prints once it is ready. */
function urlFrom(server: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    server.stdout?.on('data', (part: Buffer) => {
      output += part;
      const [url] = /https?:[^\s"]+(?=["\s])/.exec(output) ?? [];
      if (url) resolve(url);
    });
    server.once('exit', () => reject(new Error(`The server ended before it was ready: ${output}`)));
  });
}
