import type { Bench } from '../bench.ts';
import type { PartResult, Row } from '../part.ts';
import { median, percentile } from '../statistics.ts';

/** How the server answers so many clients at once, each with one text: what the plot shows. */
interface AtConcurrency {
  readonly clients: number;
  readonly textsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
}

export interface ConcurrencyDetails {
  readonly points: readonly AtConcurrency[];
  /** What the raw engine does meanwhile. */
  readonly rawTextsPerSecond: number;
}

/** Throughput and latency against concurrency, one sentence a request. */
export async function concurrency(bench: Bench): Promise<PartResult & { readonly details: ConcurrencyDetails }> {
  const raw = await bench.raw();
  const { concurrencies, rounds, windowSeconds } = bench.effort;
  const rawRates: number[] = [];
  const windows = concurrencies.map((clients) => ({ clients, rates: [] as number[], latencies: [] as number[] }));
  for (let round = 0; round < Math.min(rounds, 3); round++) {
    const { sequences, seconds } = await raw.run('SENTIMENT', windowSeconds);
    rawRates.push(sequences / seconds);
    for (const { clients, rates, latencies } of windows) {
      const window = await bench.load('SENTIMENT', 1, clients);
      rates.push(window.sequences / window.seconds);
      latencies.push(...window.latencies);
    }
  }
  const points = windows.map(({ clients, rates, latencies }) => ({
    clients,
    textsPerSecond: median(rates),
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  }));
  const rows = points.map(
    ({ clients, textsPerSecond, p50, p99 }): Row => ({
      measure: `SENTIMENT, ${clients} ${clients === 1 ? 'client' : 'clients'} with one text each`,
      value: textsPerSecond,
      unit: 'texts/s',
      note: `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    }),
  );
  return { rows, details: { points, rawTextsPerSecond: median(rawRates) } };
}
