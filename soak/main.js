/**
 * `npm run soak -- --minutes 30`: a server in its own process, asked everything at once by clients, many of which
 * vanish. It fails if an answer is wrong, or if memory, handles, streams, sockets or queue entries are left
 * when nobody asks any more. The server is then stopped and must end with code 0.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    clients: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
  },
});
/** Growth of the resident memory over the run that counts as a leak. Caches have a bound, which is reached in the first rounds. */
const LEAK_BYTES = 100 * 1024 * 1024;
const ROUNDS = 6;

let state = Number(values.seed);
/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
const upTo = (/** @type {number} */ most) => Math.floor(random() * most);

const root = new URL('../', import.meta.url);
const operation = (/** @type {string} */ name) =>
  readFileSync(new URL(`schema/operations/${name}.graphql`, root), 'utf8');
const story = readFileSync(new URL('test/texts/scandal-in-bohemia.txt', root), 'utf8');
const textOf = (/** @type {number} */ most) => {
  const start = upTo(story.length - most);
  return story.slice(start, start + 1 + upTo(most)).toWellFormed();
};

/** @type {readonly (() => { query: string; variables: Record<string, unknown> })[]} */
const QUERIES = [
  () => ({ query: operation('sentiment'), variables: { text: textOf(300) } }),
  () => ({ query: operation('entities'), variables: { text: textOf(4000) } }),
  () => ({ query: operation('tokenize'), variables: { text: textOf(1000) } }),
  () => ({ query: operation('document'), variables: { text: textOf(2000) } }),
  () => ({ query: operation('detokenize'), variables: { ids: [101, 2023, 2003, 102] } }),
  () => ({ query: operation('models'), variables: {} }),
  () => ({
    query: operation('sentiments'),
    variables: { texts: Array.from({ length: upTo(30) }, () => textOf(200)) },
  }),
  () => ({ query: '{ broken', variables: {} }),
  () => ({ query: operation('sentiment'), variables: { text: '' } }),
];
const ANALYZE = operation('analyze');

const server = spawn(process.execPath, ['--expose-gc', fileURLToPath(new URL('dist/main.js', root))], {
  env: { ...process.env, PORT: '0', LOG_FORMAT: 'json', CACHE_BYTES: String(8 * 1024 * 1024) },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const url = await new Promise((/** @type {(url: string) => void} */ resolve, reject) => {
  server.once('exit', () => reject(new Error('The server ended before it was ready.')));
  let output = '';
  server.stdout.on('data', (data) => {
    if (output.length > 10_000) return;
    output += data;
    const ready = /is ready: ([^\s"]+)/.exec(output)?.[1];
    if (ready) resolve(ready);
  });
});

/** Asks over HTTP; now and then the client goes before the answer is there. */
async function ask() {
  const make = QUERIES[upTo(QUERIES.length)];
  const signal = random() < 0.2 ? AbortSignal.timeout(1 + upTo(50)) : undefined;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(make?.()),
      ...(signal ? { signal } : {}),
    });
    const text = await response.text();
    if (text.includes('"INTERNAL"')) throw new Error(`A request failed: ${text.slice(0, 500)}`);
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** Follows a stream; many are left before their end, or cut off. */
async function watch() {
  const overSocket = random() < 0.5;
  const client = overSocket
    ? createSocketClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 })
    : createSseClient({ url, retryAttempts: 0 });
  const leaveAfter = random() < 0.5 ? upTo(5) : Number.POSITIVE_INFINITY;
  const cutOff = random() < 0.5;
  let events = 0;
  try {
    for await (const { data, errors } of client.iterate({ query: ANALYZE, variables: { text: textOf(20_000) } })) {
      const event = /** @type {{ analyze?: { __typename: string } } | undefined} */ (data)?.analyze;
      if (errors || event?.__typename === 'AnalysisFailed') throw new Error(`A stream failed: ${JSON.stringify(data)}`);
      if (++events <= leaveAfter) continue;
      if (cutOff && 'terminate' in client) client.terminate();
      break;
    }
  } catch (error) {
    if (!(cutOff && events > leaveAfter)) throw error;
  } finally {
    await client.dispose();
  }
}

/** @returns {Promise<Map<string, number>>} */
async function metrics() {
  const text = await (await fetch(new URL('/metrics', url))).text();
  return new Map([...text.matchAll(/^(\w+) ([\d.e+-]+)$/gm)].map(([, name = '', value]) => [name, Number(value)]));
}

const NOTHING_LEFT = ['bertql_queue_tokens', 'bertql_live_streams', 'bertql_sockets', 'bertql_workers_lost'];

/** Waits until the server has nothing left to do; throws if that does not happen. */
async function settle() {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const now = await metrics();
    const left = NOTHING_LEFT.filter((name) => now.get(name) !== 0);
    if (left.length === 0) return now;
    if (Date.now() > deadline)
      throw new Error(`Left behind: ${left.map((name) => `${name} ${now.get(name)}`).join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** @type {number[]} */
const memory = [];
/** @type {number[]} */
const handles = [];
let asked = 0;
let failure;
try {
  for (let round = 0; round < ROUNDS; round++) {
    const until = Date.now() + (Number(values.minutes) * 60_000) / ROUNDS;
    const client = async () => {
      while (Date.now() < until) {
        await (random() < 0.8 ? ask() : watch());
        asked++;
      }
    };
    await Promise.all(Array.from({ length: Number(values.clients) }, client));
    const now = await settle();
    memory.push(now.get('process_resident_memory_bytes') ?? 0);
    handles.push(now.get('bertql_handles') ?? 0);
    console.log(
      `round ${round + 1}: ${asked} operations, ${Math.round((memory.at(-1) ?? 0) / 1024 / 1024)} MiB, ${handles.at(-1)} handles, ${now.get('bertql_worker_restarts_total')} restarts`,
    );
  }
  const [, , settled = 0] = memory;
  const growth = (memory.at(-1) ?? 0) - settled;
  if (growth > LEAK_BYTES)
    throw new Error(`Memory grew by ${Math.round(growth / 1024 / 1024)} MiB since the third round.`);
  const [, , usual = 0] = handles;
  if ((handles.at(-1) ?? 0) > usual + 20) throw new Error(`Handles grew from ${usual} to ${handles.at(-1)}.`);
} catch (error) {
  failure = error;
}
server.kill('SIGTERM');
const [code] = await once(server, 'exit');
if (failure) throw failure;
if (code !== 0) throw new Error(`The server ended with code ${code}.`);
console.log(`soak: ${asked} operations in ${values.minutes} minutes, nothing was left behind`);
