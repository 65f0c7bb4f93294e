/**
 * `npm run throughput`: how fast a set of documents is analysed in one process with its analyses in memory, and over
 * Redis with one and two worker processes. Each process has `THROUGHPUT_THREADS` inference threads (default 1), the
 * result cache is off, and the modes take turns for `THROUGHPUT_ROUNDS` rounds (default 3); the median is shown. Beside
 * the rate stands the processor time that all processes took together, Redis included, which says what a mode costs
 * even if the machine is too busy or too small for the rate to show it. (Linux; elsewhere it is left out.)
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createClient } from 'graphql-sse';
import { ServerProcess, startRedis } from './cluster.js';

const rounds = Number(process.env['THROUGHPUT_ROUNDS'] || 3);
const threads = process.env['THROUGHPUT_THREADS'] || '1';
const story = readFileSync(join(dirname(import.meta.dirname), 'test/texts/scandal-in-bohemia.txt'), 'utf8');
const texts = Array.from({ length: 30 }, (_, index) => story.slice(index * 1200, index * 1200 + 8000));

const START = `mutation ($input: StartAnalysisInput!) { startAnalysis(input: $input) { id } }`;
const EVENTS = `subscription ($id: ID!) { analysisEvents(id: $id) { ... on AnalysisCompleted { progress { tokensTotal } } } }`;

const redis = await startRedis();
const common = { WORKERS: threads, CACHE_BYTES: '0', JOB_CONCURRENCY: '4' };
const shared = { ...common, REDIS_URL: redis.url };

/** @type {[name: string, start: () => Promise<ServerProcess[]>][]} the first process of each mode answers clients */
const modes = [
  ['in memory, one process', () => Promise.all([ServerProcess.start(common)])],
  [
    'Redis, 1 worker process',
    () =>
      Promise.all([
        ServerProcess.start({ ...shared, ROLE: 'api' }),
        ServerProcess.start({ ...shared, ROLE: 'worker' }),
      ]),
  ],
  [
    'Redis, 2 worker processes',
    () =>
      Promise.all([
        ServerProcess.start({ ...shared, ROLE: 'api' }),
        ServerProcess.start({ ...shared, ROLE: 'worker' }),
        ServerProcess.start({ ...shared, ROLE: 'worker' }),
      ]),
  ],
];

/** @type {Map<string, { rates: number[], costs: number[] }>} */
const results = new Map(modes.map(([name]) => [name, { rates: [], costs: [] }]));
for (let round = 0; round < rounds; round++) {
  for (const [name, start] of modes) {
    const servers = await start();
    const url = servers[0]?.url ?? '';
    await analyse(url, `warm ${name} ${round}`);
    const pids = [redis.pid, ...servers.map(({ child }) => child.pid)];
    const before = processorMs(pids);
    const { tokens, seconds } = await analyse(url, `${name} ${round}`);
    results.get(name)?.rates.push(tokens / seconds);
    results.get(name)?.costs.push((processorMs(pids) - before) / (tokens / 1000));
    await Promise.all(servers.map((server) => server.stop()));
  }
}
for (const [name, { rates, costs }] of results) {
  const rate = spread(rates);
  const cost = spread(costs);
  console.log(`${name.padEnd(26)} ${rate} tokens a second, ${cost} ms of processor time for 1,000 tokens`);
}
redis.stop();

/**
 * Analyses all texts at once.
 * @param {string} url
 * @param {string} key
 */
async function analyse(url, key) {
  const client = createClient({ url, retryAttempts: 0 });
  const begun = performance.now();
  const tokens = await Promise.all(
    texts.map(async (text, index) => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: START, variables: { input: { text, idempotencyKey: `${key} ${index}` } } }),
      });
      const { data } = await answer.json();
      let total = 0;
      for await (const { data: event } of client.iterate({ query: EVENTS, variables: { id: data.startAnalysis.id } })) {
        const { progress } = /** @type {{ progress?: { tokensTotal: number } }} */ (event?.['analysisEvents'] ?? {});
        total = progress?.tokensTotal ?? total;
      }
      return total;
    }),
  );
  client.dispose();
  return { tokens: tokens.reduce((sum, each) => sum + each, 0), seconds: (performance.now() - begun) / 1000 };
}

/** The median, with the least and the most. @param {number[]} values */
function spread(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)].map((value) =>
    Math.round(value ?? 0),
  );
  return `${median} (${least} to ${most})`;
}

/** Processor time of processes so far, in milliseconds. @param {(number | undefined)[]} pids */
function processorMs(pids) {
  if (process.platform !== 'linux') return Number.NaN;
  const ticks = pids.map((pid) => {
    // The fields after the name, which may have spaces; 11 and 12 of them are user and system time in 1/100 s.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return Number(fields[11]) + Number(fields[12]);
  });
  return 10 * ticks.reduce((sum, each) => sum + each, 0);
}
