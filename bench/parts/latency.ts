import type { Bench } from '../bench.ts';
import { TASKS, type Task } from '../operations.ts';
import type { PartResult, Row } from '../part.ts';
import { percentile } from '../statistics.ts';

const GOAL_MS: Readonly<Record<(typeof TASKS)[number], number>> = { SENTIMENT: 4, NER: 4 };

/** One short text over HTTP while nothing else is asked. */
export async function latency(bench: Bench): Promise<PartResult> {
  const rows: Row[] = [];
  const details: Record<string, readonly number[]> = {};
  for (const task of TASKS) {
    await askInTurn(bench, task, Math.ceil(bench.effort.idleRequests / 4));
    const latencies = await askInTurn(bench, task, bench.effort.idleRequests);
    details[task] = latencies;
    rows.push(
      {
        measure: `${task}: idle p50`,
        value: percentile(latencies, 0.5),
        unit: 'ms',
        goal: { atMost: GOAL_MS[task] },
      },
      { measure: `${task}: idle p99`, value: percentile(latencies, 0.99), unit: 'ms' },
    );
  }
  return { rows, details };
}

/** The latencies of sequential requests with one sentence each. */
export async function askInTurn(bench: Bench, task: Task, requests: number): Promise<readonly number[]> {
  const client = await bench.client();
  const latencies: number[] = [];
  for (let request = 0; request < requests; request++) {
    const body = bench.nextBody(task, 1);
    const startedAt = performance.now();
    await client.post(body);
    latencies.push(performance.now() - startedAt);
  }
  return latencies;
}
