import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { Client } from '../client.ts';
import { now, sleep } from '../clock.ts';
import { MeasuredServer } from '../measured-server.ts';
import type { PartResult, Row } from '../part.ts';
import { percentile } from '../statistics.ts';

const SENTENCE = 'Anna Smith met Bruno Rossi in Paris.\n';
/** Entities of the analysis that is paged through. */
const LEAST_ENTITIES = 10_000;
const PAGE = 50;

const START = 'mutation ($text: String!) { startAnalysis(input: { text: $text }) { id } }';
const STATE = 'query ($id: ID!) { analysis(id: $id) { state entities(first: 1) { totalCount } } }';
const PAGES = `query ($id: ID!, $after: String) {
  analysis(id: $id) {
    entities(first: ${PAGE}, after: $after) {
      totalCount
      pageInfo { endCursor hasNextPage }
      edges { node { id text type start end confidence } }
    }
  }
}`;

/** A page of a finished analysis with 10,000 entities over HTTP, in memory and over Redis. */
export async function pages(bench: Bench): Promise<PartResult> {
  const rows: Row[] = [];
  const details: Record<string, readonly number[]> = {};
  const measure = async (store: string, settings: Readonly<Record<string, string>>, atMost: number) => {
    const server = await MeasuredServer.start(settings);
    try {
      const { count, latencies } = await pageThrough(server.url, bench.effort.idleRequests);
      details[store] = latencies;
      const name = `a page of ${PAGE} of ${count.toLocaleString('en')} entities, ${store}`;
      rows.push(
        { measure: `${name}: p50`, value: percentile(latencies, 0.5), unit: 'ms', goal: { atMost } },
        { measure: `${name}: p99`, value: percentile(latencies, 0.99), unit: 'ms' },
      );
    } finally {
      await server.close();
    }
  };
  await measure('in memory', {}, 10);
  if (spawnSync('redis-server', ['--version']).status !== 0) return { rows, details };
  const folder = await mkdtemp(join(tmpdir(), 'bertql-bench-'));
  const socket = join(folder, 'redis.sock');
  const redis = spawn('redis-server', ['--port', '0', '--unixsocket', socket, '--save', ''], { stdio: 'pipe' });
  try {
    await once(redis.stdout, 'data');
    await measure('over Redis', { REDIS_URL: `unix://${socket}` }, 25);
  } finally {
    redis.kill();
    await rm(folder, { recursive: true });
  }
  return { rows, details };
}

async function pageThrough(url: string, requests: number) {
  const client = new Client(url);
  const ask = async (query: string, variables: object): Promise<Answer> =>
    JSON.parse(await client.post(JSON.stringify({ query, variables }))).data;
  const { startAnalysis } = await ask(START, { text: SENTENCE.repeat(Math.ceil(LEAST_ENTITIES / 3)) });
  const { id } = startAnalysis;
  let count = 0;
  for (;;) {
    const { state, entities } = (await ask(STATE, { id })).analysis;
    count = entities.totalCount;
    if (state === 'COMPLETED') break;
    await sleep(200);
  }
  const latencies: number[] = [];
  let after: string | null = null;
  while (latencies.length < requests) {
    const startedAt = now();
    const { analysis }: Answer = await ask(PAGES, { id, after });
    latencies.push(now() - startedAt);
    const { pageInfo } = analysis.entities;
    after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
  }
  client.close();
  return { count, latencies };
}

interface Answer {
  readonly startAnalysis: { readonly id: string };
  readonly analysis: {
    readonly state: string;
    readonly entities: {
      readonly totalCount: number;
      readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
    };
  };
}
