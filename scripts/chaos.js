/**
 * `npm run chaos`: shows that analyses survive. It starts Redis, two API replicas and two workers on this machine,
 * starts analyses of whole texts and of open ones, appends to these part by part, follows each over a replica that changes
 * with every connection, and kills a random process with SIGKILL every so often. At the end each analysis must have the
 * events of an undisturbed run, and each reader must have seen all of them.
 *
 * Settings: `CHAOS_ANALYSES` (default 20), `CHAOS_TEXTS` (open texts, default 10), `CHAOS_SECONDS` (how long an open text
 * grows, default 20), `CHAOS_KILL_MS` (mean time between kills, default 1500), `CHAOS_SEED`.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'graphql-sse';
import { ServerProcess, startRedis } from './cluster.js';

/**
 * @typedef {{ __typename: string, sequence: number, cursor: string, code?: string, message?: string }} Event
 * @typedef {{ received: Event[], tails: number, reconnects: number }} Followed
 */

const root = dirname(import.meta.dirname);
const analyses = Number(process.env['CHAOS_ANALYSES'] || 20);
const openTexts = Number(process.env['CHAOS_TEXTS'] || 10);
const seconds = Number(process.env['CHAOS_SECONDS'] || 20);
const meanMs = Number(process.env['CHAOS_KILL_MS'] || 1500);
const seed = Number(process.env['CHAOS_SEED'] || Date.now() % 100_000);
const random = randomFrom(seed);
const story = readFileSync(join(root, 'test/texts/scandal-in-bohemia.txt'), 'utf8');
/** The most UTF-16 code units that are appended at a time. */
const LONGEST_PART = 200;
/** The codes of errors that pass. */
const PASSING = new Set(['STORE_UNAVAILABLE', 'SHUTTING_DOWN', 'OVERLOADED']);

const START = `mutation ($input: StartAnalysisInput!) { startAnalysis(input: $input) { id state } }`;
const APPEND = `mutation ($id: ID!, $at: Int!, $text: String!) { appendText(id: $id, at: $at, text: $text) { length open } }`;
const FINISH = `mutation ($id: ID!) { finishText(id: $id) { length open } }`;
const FIND = `query ($id: ID!) { analysis(id: $id) { length open } }`;
const EVENTS = `subscription ($id: ID!, $after: String) {
  analysisEvents(id: $id, after: $after) {
    __typename
    ... on ChunkAnalyzed {
      cursor sequence chunk { index start end tokenCount }
      entities { id text type confidence start end chunkIndex tokens { text piece label confidence start end } sentence { index start end } }
      sentiment { label confidence tokenCount }
      progress { chunksDone chunksTotal tokensDone tokensTotal fraction }
    }
    ... on TailAnalyzed { length entities { id text type start end } }
    ... on AnalysisCompleted {
      cursor sequence entityCount entityGroups { text type count confidence mentions { id } }
      sentiment { label confidence }
      progress { chunksDone chunksTotal tokensDone tokensTotal fraction }
    }
    ... on AnalysisFailed { cursor sequence code message }
  }
}`;

const redis = await startRedis();
const settings = { REDIS_URL: redis.url, WORKERS: '1', JOB_LOCK_MS: '2000', CACHE_BYTES: '0' };
const start = (/** @type {string} */ role) => ServerProcess.start({ ...settings, ROLE: role });
const replicas = await Promise.all([start('api'), start('api')]);
const workers = await Promise.all([start('worker'), start('worker')]);
const all = [...replicas, ...workers];
let turn = 0;
console.log(`Seed ${seed}. Two API replicas and two workers are ready.`);

const inputs = Array.from({ length: analyses + openTexts }, (_, index) => {
  const at = Math.floor(random() * (story.length - 12_000));
  return { text: story.slice(at, at + 2000 + Math.floor(random() * 10_000)), sentiment: index % 2 === 0 };
});

const undisturbed = await Promise.all(
  inputs.map((input, index) => follow({ ...input, idempotencyKey: `calm ${index}` })),
);
const events = undisturbed.reduce((sum, { received }) => sum + received.length, 0);
console.log(`Undisturbed: ${inputs.length} analyses, ${events} events.`);

let kills = 0;
let killedWorkers = 0;
let chaos = true;
const killing = (async () => {
  while (chaos) {
    await delay(meanMs * (0.5 + random()));
    // Two of three victims are workers: a replica that dies is soon forgotten, a worker's job has to be taken over.
    const kind = random() < 2 / 3 ? workers : replicas;
    const victim = kind[Math.floor(random() * kind.length)];
    if (!chaos || !victim) return;
    await victim.kill();
    kills++;
    if (workers.includes(victim)) killedWorkers++;
  }
})();
const disturbed = await Promise.all(
  inputs.map(({ text, sentiment }, index) => {
    const idempotencyKey = `chaos ${index}`;
    if (index < analyses) return follow({ text, sentiment, idempotencyKey });
    const input = { open: true, sentiment, idempotencyKey };
    return Promise.all([follow(input), write(input, text, index % 2 === 0)]).then(([followed]) => followed);
  }),
);
chaos = false;
await killing;

let lost = 0;
let doubled = 0;
let different = 0;
for (const [index, { received }] of disturbed.entries()) {
  const isOpen = index >= analyses;
  const expected = undisturbed[index]?.received ?? [];
  const seen = new Set();
  for (const event of received) {
    if (seen.has(event.sequence)) doubled++;
    seen.add(event.sequence);
    const [one, other] = [event, expected[event.sequence]].map((each) =>
      JSON.stringify(isOpen ? whileOpen(each) : each),
    );
    if (one !== other) tell(index, one, other);
  }
  const missed = expected.filter(({ sequence }) => !seen.has(sequence)).map(({ sequence }) => sequence);
  lost += missed.length;
  if (missed.length > 0) {
    const last = received.at(-1);
    const end = last?.code ? `${last.code}: ${last.message}` : last?.__typename;
    console.log(`Analysis ${index} lacks ${missed.join(', ')} of ${expected.length} events. Its last one is ${end}.`);
  }
  if (!isOpen) continue;
  // Whoever reads it afterwards gets the events of one reading, with the ids that readers knew before.
  const later = await follow({ open: true, sentiment: index % 2 === 0, idempotencyKey: `chaos ${index}` });
  const pairs = [
    [withoutIds(later.received), withoutIds(expected)],
    [idsOf(later.received), idsOf(received)],
  ].map((pair) => pair.map((each) => JSON.stringify(each)));
  for (const [one, other] of pairs) if (one !== other) tell(index, one, other);
}
const sum = (/** @type {(followed: Followed) => number} */ of) =>
  disturbed.reduce((total, each) => total + of(each), 0);
console.log(
  `Under ${kills} kills, ${killedWorkers} of them of workers: ${analyses} analyses of whole texts and ${openTexts} of open ones, ` +
    `${sum(({ received }) => received.length)} events, ${sum(({ tails }) => tails)} tails, ${sum(({ reconnects }) => reconnects)} reconnects; ` +
    `${lost} lost, ${doubled} doubled, ${different} different.`,
);
await Promise.all(all.map((server) => server.stop()));
redis.stop();
process.exit(lost + doubled + different === 0 && kills > 0 ? 0 : 1);

/**
 * Counts something that is not as it should be, and shows where it differs.
 * @param {number} index
 * @param {string | undefined} one
 * @param {string | undefined} other
 */
function tell(index, one = '', other = '') {
  different++;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  const [came, wanted] = [one, other].map((each) => each.slice(Math.max(0, at - 40), at + 120));
  console.log(`Analysis ${index} has ${came}, but should have ${wanted}.`);
}

/**
 * Starts an analysis and reads all of its events, over another replica with each connection.
 * @param {object} input
 * @returns {Promise<Followed>}
 */
async function follow(input) {
  let reconnects = -1;
  let tails = 0;
  /** @type {Event[]} */
  const received = [];
  while (received.at(-1)?.__typename !== 'AnalysisCompleted') {
    if (received.at(-1)?.__typename === 'AnalysisFailed') break;
    const client = createClient({ url: nextUrl(), retryAttempts: 0 });
    reconnects++;
    try {
      const { id } = await ask(START, { input });
      const variables = { id, after: received.at(-1)?.cursor ?? null };
      for await (const { data, errors } of client.iterate({ query: EVENTS, variables })) {
        if (errors) break;
        const event = /** @type {Event} */ (data?.['analysisEvents']);
        if (event.__typename === 'TailAnalyzed') tails++;
        else received.push(event);
      }
    } catch {
      // The replica was killed, or is not back yet.
      await delay(100);
    } finally {
      client.dispose();
    }
  }
  return { received, tails, reconnects };
}

/**
 * Appends a text part by part, over another replica each time, and finishes it.
 * @param {object} input
 * @param {string} text
 * @param {boolean} repeats whether it sends a part again if the answer is lost, or asks first whether it is there
 */
async function write(input, text, repeats) {
  const { id } = await persistently(() => ask(START, { input }));
  for (let at = 0; at < text.length; ) {
    const part = text.slice(at, at + 1 + Math.floor(random() * LONGEST_PART));
    await delay((2 * random() * seconds * 1000 * part.length) / text.length);
    at = await change({ id, at, text: part }, ({ length }) => length > at);
  }
  await change({ id }, ({ open }) => !open);

  /**
   * @param {{ id: string, at?: number, text?: string }} variables
   * @param {(found: { length: number, open: boolean }) => boolean} isDone
   * @returns {Promise<number>} the length of the text
   */
  async function change(variables, isDone) {
    const query = variables.text === undefined ? FINISH : APPEND;
    while (true) {
      try {
        return (await ask(query, variables)).length;
      } catch {
        if (repeats) continue;
        const found = await persistently(() => ask(FIND, { id }));
        if (isDone(found)) return found.length;
      }
    }
  }
}

/**
 * Does something until it succeeds.
 * @template T
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
async function persistently(action) {
  while (true) {
    try {
      return await action();
    } catch {
      // The replica was killed, or is not back yet.
    }
  }
}

/** Ends this run: what came is no matter of time. @param {string} why */
function fail(why) {
  console.error(why);
  process.exit(1);
}

/**
 * Asks the next replica, and gives the only field of the answer. Throws after a moment if there is none.
 * @param {string} query
 * @param {object} variables
 */
async function ask(query, variables) {
  try {
    const answer = await fetch(nextUrl(), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await answer.json();
    if (!errors) return Object.values(data)[0];
    if (!PASSING.has(errors[0].extensions?.code)) fail(JSON.stringify(errors));
  } catch {
    // The replica was killed, or is not back yet.
  }
  await delay(100);
  throw new Error('There is no answer.');
}

function nextUrl() {
  return replicas[turn++ % replicas.length]?.url ?? '';
}

/** An event without what depends on the text to come. @param {any} event */
function whileOpen({ cursor: _, progress, ...event }) {
  if (event.__typename !== 'ChunkAnalyzed') return withoutIds({ ...event, progress });
  const { chunksDone, tokensDone } = progress;
  return withoutIds({ ...event, chunksDone, tokensDone });
}

/** @param {unknown} value */
function withoutIds(value) {
  return JSON.parse(JSON.stringify(value, (key, each) => (key === 'id' ? undefined : each)));
}

/** The ids of entities in order. @param {any[]} received */
function idsOf(received) {
  return received.flatMap(({ entities = [] }) => entities.map((/** @type {{ id: string }} */ { id }) => id));
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
