import type { Bench } from '../bench.ts';
import { sleep } from '../clock.ts';
import type { PartResult, Row } from '../part.ts';
import type { Lag } from '../server-dialogue.ts';

/** How late the server's event loop is under each load: what a timer of a millisecond saw. */
export async function lag(bench: Bench): Promise<PartResult> {
  const server = await bench.server();
  const { windowSeconds } = bench.effort;
  const loads: readonly (readonly [name: string, action: () => Promise<unknown>])[] = [
    ['idle', () => sleep(windowSeconds * 1000)],
    ['64 clients, 1 text a request', () => bench.load('SENTIMENT', 1, 64)],
    ['8 clients, 32 texts a request', () => bench.load('SENTIMENT', 32, 8)],
    ['8 clients, 32 texts a request, NER', () => bench.load('NER', 32, 8)],
    ['a long document from its arrival to its end', () => readDocument(bench)],
  ];
  const rows: Row[] = [];
  const details: Record<string, Lag> = {};
  for (const [name, action] of loads) {
    const seen = await server.lagDuring(action);
    details[name] = seen;
    rows.push(
      { measure: `loop lag p99, ${name}`, value: seen.p99, unit: 'ms', goal: { atMost: 10 } },
      { measure: `loop lag max, ${name}`, value: seen.max, unit: 'ms', note: `p50 ${seen.p50.toFixed(1)} ms` },
    );
  }
  return { rows, details };
}

async function readDocument(bench: Bench): Promise<void> {
  const client = await bench.client();
  for await (const _ of client.analyze(bench.corpus.document(bench.effort.documentLength)));
}
