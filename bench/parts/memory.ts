import type { Bench } from '../bench.ts';
import { Client } from '../client.ts';
import { sleep } from '../clock.ts';
import { MeasuredServer } from '../measured-server.ts';
import { bodyFor, TASKS } from '../operations.ts';
import type { PartResult } from '../part.ts';
import { program } from '../program.ts';
import { logUniform, randomSource } from '../random.ts';
import { median } from '../statistics.ts';

const CLIENTS = 16;
const SAMPLES = 50;
/** The longest texts fill the model's window. */
const MOST_WORDS = 400;
const MOST_TEXTS = 16;
/** Lists of long texts would only take longer. */
const MOST_WORDS_IN_LIST = 60;
/** Fewer show how it begins. */
const ENOUGH_REQUESTS = 10_000;
const MEGABYTE = 2 ** 20;

/** Resident size of a fresh server under requests of random shapes. */
export async function memory(bench: Bench): Promise<PartResult> {
  const { workers } = (await program('config')).loadConfig();
  const server = await MeasuredServer.start();
  const client = new Client(server.url);
  try {
    const start = (await server.snapshot()).residentBytes / MEGABYTE;
    const samples = await residentSizes(server, client, bench);
    await sleep(1000);
    const end = (await server.snapshot()).residentBytes / MEGABYTE;
    // The lowest of each stretch is what is held; what is above it is garbage that was not collected yet.
    const held = (from: number, to: number) =>
      Math.min(...samples.slice(Math.floor(from * samples.length), Math.ceil(to * samples.length)));
    const rows = [
      {
        measure: 'memory above the start, a worker',
        value: (median(samples.slice(-samples.length / 5)) - start) / workers,
        unit: 'MB',
        goal: { atMost: 100 },
        note: `resident ${start.toFixed(0)} MB at the start, ${end.toFixed(0)} MB after ${bench.effort.memoryRequests} requests, most ${Math.max(...samples).toFixed(0)} MB; ${workers} workers`,
      },
      {
        measure: 'memory: what is held, last fifth by middle fifth',
        value: held(0.8, 1) / held(0.4, 0.6),
        unit: '%',
        ...(bench.effort.memoryRequests >= ENOUGH_REQUESTS && { goal: { atMost: 1.05 } }),
        note: 'a plateau is 100 %; the arena grows with the first shapes it meets',
      },
    ];
    return { rows, details: { start, end, samples } };
  } finally {
    client.close();
    await server.close();
  }
}

async function residentSizes(server: MeasuredServer, client: Client, bench: Bench): Promise<readonly number[]> {
  const { memoryRequests } = bench.effort;
  const nextBody = randomBodies(bench);
  const samples: number[] = [];
  let sent = 0;
  const ask = async () => {
    while (sent < memoryRequests) {
      const request = ++sent;
      await client.post(nextBody());
      if (request % Math.ceil(memoryRequests / SAMPLES) === 0) {
        samples.push((await server.snapshot()).residentBytes / MEGABYTE);
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, ask));
  return samples;
}

/** Requests of either task about one text or a list, of any length. */
function randomBodies({ corpus }: Bench): () => string {
  const random = randomSource(2);
  const nextText = corpus.randomTexts(3, MOST_WORDS);
  const nextShort = corpus.randomTexts(4, MOST_WORDS_IN_LIST);
  return () => {
    const task = TASKS[Math.floor(random() * TASKS.length)] ?? 'SENTIMENT';
    if (random() < 0.6) return bodyFor(task, [nextText()]);
    return bodyFor(task, Array.from({ length: logUniform(random, 2, MOST_TEXTS) }, nextShort));
  };
}
