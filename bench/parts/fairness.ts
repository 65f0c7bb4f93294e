import type { Bench } from '../bench.ts';
import type { Received } from '../client.ts';
import { sleep } from '../clock.ts';
import type { PartResult } from '../part.ts';
import { mean, median, percentile } from '../statistics.ts';
import { Streams } from '../streams.ts';
import { askInTurn } from './latency.ts';

interface Round {
  readonly idle: readonly number[];
  /** While the long document is streamed. */
  readonly beside: readonly number[];
  /** From the document's arrival to its first chunk. */
  readonly atArrival: readonly number[];
  /** Milliseconds that a batch of the document's windows takes. */
  readonly batchMs: number;
}

/** Short questions next to a long document, and long documents next to each other. */
export async function fairness(bench: Bench): Promise<PartResult> {
  const rounds: Round[] = [];
  for (let round = 0; round < Math.min(bench.effort.rounds, 3); round++) rounds.push(await besideDocument(bench));
  const beside = median(rounds.map((round) => percentile(round.beside, 0.5)));
  const idle = median(rounds.map((round) => percentile(round.idle, 0.5)));
  const batchMs = median(rounds.map((round) => round.batchMs));
  const counts = await chunksOfEqualDocuments(bench);
  const rows = [
    {
      measure: 'a short question beside a long document: p50',
      value: beside,
      unit: 'ms',
      goal: { atMost: 2 * idle + batchMs },
      note: `idle p50 ${idle.toFixed(1)} ms, a running batch ${batchMs.toFixed(1)} ms; p99 ${percentile(
        rounds.flatMap((round) => round.beside),
        0.99,
      ).toFixed(1)} ms`,
    },
    {
      measure: 'a short question while a long document arrives: worst',
      value: Math.max(...rounds.flatMap((round) => round.atArrival)),
      unit: 'ms',
    },
    {
      measure: 'three long documents at once: least share by the mean',
      value: Math.min(...counts) / mean(counts),
      unit: '%',
      goal: { atLeast: 0.9 },
      note: `chunks: ${counts.join(', ')}`,
    },
  ];
  return { rows, details: { rounds, counts } };
}

async function besideDocument(bench: Bench): Promise<Round> {
  const { idleRequests, documentLength } = bench.effort;
  const requests = Math.ceil(idleRequests / 4);
  const idle = await askInTurn(bench, 'SENTIMENT', requests);
  const streams = await Streams.start(bench, [documentLength]);
  const atArrival: number[] = [];
  let arriving = true;
  void streams.begun.finally(() => (arriving = false));
  while (arriving) atArrival.push(...(await askInTurn(bench, 'SENTIMENT', 1)));
  await streams.begun;
  const beside = await askInTurn(bench, 'SENTIMENT', requests);
  await streams.stop();
  return { idle, beside, atArrival, batchMs: median(inferenceTimes(streams.received.flat())) };
}

/** Chunks that each of three documents of one length got while all three were streamed. */
async function chunksOfEqualDocuments(bench: Bench): Promise<readonly number[]> {
  const { documentLength, windowSeconds } = bench.effort;
  const streams = await Streams.start(bench, [documentLength, documentLength, documentLength]);
  await streams.begun;
  const from = streams.received.map((events) => events.length);
  await sleep(2 * windowSeconds * 1000);
  const until = streams.received.map((events) => events.length);
  await streams.stop();
  return until.map((count, index) => count - (from[index] ?? 0));
}

function inferenceTimes(received: readonly Received[]): readonly number[] {
  return received.flatMap(({ event }) => (event.__typename === 'ChunkAnalyzed' ? [event.timing.inferenceMs] : []));
}
