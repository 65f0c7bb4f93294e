/**
 * `npm run idle-readers`: 500 subscriptions that do not read, over 10 WebSockets, next to one that does. It shows the
 * memory of the server, and how fast the one is served without and with the others.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from 'graphql-sse';
import { WebSocket } from 'ws';
import { ServerProcess } from './cluster.js';

const story = readFileSync(join(dirname(import.meta.dirname), 'test/texts/scandal-in-bohemia.txt'), 'utf8');
const QUERY = `subscription ($text: String!) { analyze(text: $text) {
  ... on ChunkAnalyzed { cursor chunk { start end } entities { id text start end tokens { text label } sentence { text } } }
  ... on AnalysisCompleted { entityCount progress { tokensTotal } }
} }`;

const server = await ServerProcess.start({ STALL_TIMEOUT_MS: '600000' });
const ROUNDS = 5;
/** Reads a text that nobody has read before; gives its tokens a second. @param {number} round */
async function rate(round) {
  const client = createClient({ url: server.url, retryAttempts: 0 });
  // Another first word is another text: nothing of it is in the cache but what lies beyond the first chunks.
  const text = story.slice(1000 * round, 1000 * round + 12_000).replaceAll('the', `the${'abcdefghijklm'[round]}`);
  const begun = performance.now();
  let tokens = 0;
  for await (const { data } of client.iterate({ query: QUERY, variables: { text } })) {
    const event = /** @type {{ progress?: { tokensTotal: number } }} */ (data?.['analyze'] ?? {});
    tokens = event.progress?.tokensTotal ?? tokens;
  }
  client.dispose();
  return (1000 * tokens) / (performance.now() - begun);
}
const median = (/** @type {number[]} */ values) =>
  Math.round(values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0);
const memory = () => {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))?.[1];
  return `${Math.round(Number(kilobytes) / 1024)} MiB`;
};

await rate(12);
const alone = [];
for (let round = 0; round < ROUNDS; round++) alone.push(await rate(round));
console.log(`Alone: ${median(alone)} tokens a second, the server has ${memory()}.`);

for (let connection = 0; connection < 10; connection++) {
  const socket = new WebSocket(server.url.replace('http', 'ws'), 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  for (let each = 0; each < 50; each++) {
    socket.send(
      JSON.stringify({ type: 'subscribe', id: `${each}`, payload: { query: QUERY, variables: { text: story } } }),
    );
  }
  socket.pause();
}
for (let last = ''; last !== memory(); await delay(3000)) last = memory();
console.log(`500 subscriptions were opened and not read: the server has ${memory()}.`);
const beside = [];
for (let round = ROUNDS; round < 2 * ROUNDS; round++) beside.push(await rate(round));
console.log(`Beside them: ${median(beside)} tokens a second, the server has ${memory()}.`);
await server.stop();
process.exit(0);
