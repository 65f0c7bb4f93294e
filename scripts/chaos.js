/**
 * `npm run chaos`: shows that analyses survive. It starts Redis, two API replicas and two workers on this machine,
 * starts analyses, follows each over a replica that changes with every connection, and kills a random process with
 * SIGKILL every so often. At the end each analysis must have the very events of an undisturbed run.
 *
 * Settings: `CHAOS_ANALYSES` (default 20), `CHAOS_KILL_MS` (mean time between kills, default 1500), `CHAOS_SEED`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'graphql-sse';

const root = dirname(import.meta.dirname);
const analyses = Number(process.env['CHAOS_ANALYSES'] || 20);
const meanMs = Number(process.env['CHAOS_KILL_MS'] || 1500);
const seed = Number(process.env['CHAOS_SEED'] || Date.now() % 100_000);
const random = randomFrom(seed);
const story = readFileSync(join(root, 'test/texts/scandal-in-bohemia.txt'), 'utf8');

const START = `mutation ($input: StartAnalysisInput!) { startAnalysis(input: $input) { id state } }`;
const EVENTS = `subscription ($id: ID!, $after: String) {
  analysisEvents(id: $id, after: $after) {
    __typename
    ... on ChunkAnalyzed {
      cursor sequence chunk { index start end tokenCount }
      entities { id text type confidence start end chunkIndex tokens { text piece label confidence start end } sentence { index start end } }
      sentiment { label confidence tokenCount }
      progress { chunksDone chunksTotal tokensDone tokensTotal fraction }
    }
    ... on AnalysisCompleted {
      cursor sequence entityCount entityGroups { text type count confidence mentions { id } }
      sentiment { label confidence }
      progress { chunksDone chunksTotal tokensDone tokensTotal fraction }
    }
    ... on AnalysisFailed { cursor sequence code message }
  }
}`;

/** A process that is started again whenever it was killed. */
class Server {
  /** @param {string} role @param {number} port @param {string} redis */
  constructor(role, port, redis) {
    this.role = role;
    this.url = `http://127.0.0.1:${port}/graphql`;
    this.environment = {
      ROLE: role,
      PORT: `${port}`,
      REDIS_URL: redis,
      WORKERS: '1',
      JOB_LOCK_MS: '2000',
      CACHE_BYTES: '0',
    };
    this.wanted = true;
    this.started = this.start();
  }

  async start() {
    const environment = { ...process.env, ...this.environment };
    this.child = spawn(process.execPath, [join(root, 'dist/main.js')], {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(this.child.stdout, 'data');
  }

  async kill() {
    await this.started;
    if (!this.child) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
    if (this.wanted) this.started = this.start();
  }

  async stop() {
    this.wanted = false;
    await this.kill();
  }
}

const redisPort = await freePort();
const redis = spawn('redis-server', ['--port', `${redisPort}`, '--save', '', '--appendonly', 'no'], {
  stdio: 'ignore',
});
redis.once('error', () => {
  console.error('There is no redis-server here; install it (apt-get install redis-server).');
  process.exit(1);
});
const redisUrl = `redis://127.0.0.1:${redisPort}`;
await untilListening(redisPort);

const replicas = [new Server('api', await freePort(), redisUrl), new Server('api', await freePort(), redisUrl)];
const workers = [new Server('worker', await freePort(), redisUrl), new Server('worker', await freePort(), redisUrl)];
const all = [...replicas, ...workers];
await Promise.all(all.map((server) => server.started));
console.log(`Seed ${seed}. Two API replicas and two workers are ready.`);

const inputs = Array.from({ length: analyses }, (_, index) => {
  const at = Math.floor(random() * (story.length - 12_000));
  return { text: story.slice(at, at + 2000 + Math.floor(random() * 10_000)), sentiment: index % 2 === 0 };
});

const undisturbed = await Promise.all(
  inputs.map((input, index) => follow({ ...input, idempotencyKey: `calm ${index}` })),
);
const events = undisturbed.reduce((sum, { received }) => sum + received.length, 0);
console.log(`Undisturbed: ${analyses} analyses, ${events} events.`);

let kills = 0;
let chaos = true;
const killing = (async () => {
  while (chaos) {
    await delay(meanMs * (0.5 + random()));
    const victim = all[Math.floor(random() * all.length)];
    if (!chaos || !victim) return;
    await victim.kill();
    kills++;
  }
})();
const disturbed = await Promise.all(
  inputs.map((input, index) => follow({ ...input, idempotencyKey: `chaos ${index}` })),
);
chaos = false;
await killing;

let lost = 0;
let doubled = 0;
let different = 0;
for (const [index, { received }] of disturbed.entries()) {
  const expected = undisturbed[index]?.received ?? [];
  const seen = new Set();
  for (const event of received) {
    if (seen.has(event.sequence)) doubled++;
    seen.add(event.sequence);
    if (JSON.stringify(event) !== JSON.stringify(expected[event.sequence])) different++;
  }
  lost += expected.filter(({ sequence }) => !seen.has(sequence)).length;
}
const reconnects = disturbed.reduce((sum, each) => sum + each.reconnects, 0);
console.log(
  `Under ${kills} kills: ${analyses} analyses, ${disturbed.reduce((sum, each) => sum + each.received.length, 0)} events, ` +
    `${reconnects} reconnects; ${lost} lost, ${doubled} doubled, ${different} different.`,
);
await Promise.all(all.map((server) => server.stop()));
redis.kill('SIGKILL');
process.exit(lost + doubled + different === 0 && kills > 0 ? 0 : 1);

/**
 * Starts an analysis and reads all of its events, over another replica with each connection.
 * @param {object} input
 */
async function follow(input) {
  let turn = Math.floor(random() * replicas.length);
  let reconnects = -1;
  /** @type {{ sequence: number, cursor: string, __typename: string }[]} */
  const received = [];
  while (received.at(-1)?.__typename !== 'AnalysisCompleted') {
    if (received.at(-1)?.__typename === 'AnalysisFailed') return { received, reconnects };
    const url = replicas[turn++ % replicas.length]?.url ?? '';
    const client = createClient({ url, retryAttempts: 0 });
    reconnects++;
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: START, variables: { input } }),
      });
      const { data } = await answer.json();
      const id = data.startAnalysis.id;
      const variables = { id, after: received.at(-1)?.cursor ?? null };
      for await (const { data, errors } of client.iterate({ query: EVENTS, variables })) {
        if (errors) break;
        received.push(/** @type {typeof received[number]} */ (data?.['analysisEvents']));
      }
    } catch {
      // The replica was killed, or is not back yet.
      await delay(100);
    } finally {
      client.dispose();
    }
  }
  return { received, reconnects };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('A TCP server has a port.');
  return address.port;
}

/** @param {number} port */
async function untilListening(port) {
  const { connect } = await import('node:net');
  while (true) {
    const socket = connect(port, '127.0.0.1');
    const open = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (open) return;
    await delay(20);
  }
}

/**
 * Numbers from 0 to 1 that follow from a seed (mulberry32).
 * @param {number} seed
 */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
