import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { AnalyzeDocument, SentimentDocument } from '../../src/client/graphql.ts';
import { type Service, useService } from '../service.ts';

const LONG_TEXT = 'Mr. Holmes of Baker Street met Irene Adler in London. '.repeat(2000);
const MANY_TEXT = 'Mr. Holmes of Baker Street met Irene Adler in London. '.repeat(150);
const OTHER_TEXT = 'Doctor Watson walked from Paddington to Baker Street. '.repeat(100);

// Each event is large, so that few of them fill what the system buffers for a connection.
const copies = Array.from(
  { length: 100 },
  (_, copy) => `copy${copy}: entities { id tokens { text piece } sentence { text } }`,
);
const LARGE_EVENTS = `subscription ($text: String!) { analyze(text: $text) { ... on ChunkAnalyzed { ${copies.join(' ')} } } }`;

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000, interval: 10 });

describe('a client that stops reading', () => {
  const service = useService({ STALL_TIMEOUT_MS: '400', CACHE_BYTES: '67108864' });
  const request = { query: LARGE_EVENTS, variables: { text: LONG_TEXT } };
  let url: URL;
  beforeAll(async () => {
    url = new URL(await service.server.listen());
  });
  afterEach(() => expect(service.failures).toEqual([]));

  function unreadStream(): void {
    const socket = connect(Number(url.port), url.hostname);
    onTestFinished(() => void socket.destroy());
    socket.pause();
    const body = JSON.stringify(request);
    const head = [
      'POST /graphql HTTP/1.1',
      'host: localhost',
      'accept: text/event-stream',
      'content-type: application/json',
    ];
    socket.write(`${[...head, `content-length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`);
  }

  async function openSocket(): Promise<WebSocket> {
    const socket = new WebSocket(url.href.replace('http', 'ws'), 'graphql-transport-ws');
    onTestFinished(() => socket.terminate());
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await once(socket, 'message');
    return socket;
  }

  async function unreadSocket(): Promise<void> {
    const socket = await openSocket();
    socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: request }));
    socket.pause();
  }

  test.each([
    ['SSE', unreadStream],
    ['WebSocket', unreadSocket],
  ])('is disconnected, and its work stops: %s', async (_transport, stopReading) => {
    const complaints = vi.spyOn(console, 'error');
    const total = await chunkCount(service, LONG_TEXT);
    const before = service.server.inference.counts.sequences;
    await stopReading();
    await until(() => service.server.streams === 1);
    await until(() => service.server.streams === 0);
    expect(service.server.inference.counts.sequences - before).toBeLessThan(total / 2);
    expect(complaints).not.toHaveBeenCalled();
    complaints.mockRestore();
  });

  test('does not affect a client that has nothing to read', async () => {
    const idle = await openSocket();
    unreadStream();
    await until(() => service.server.streams === 1);
    await until(() => service.server.streams === 0);
    idle.send(JSON.stringify({ type: 'ping' }));
    const [pong] = await once(idle, 'message');
    expect(String(pong)).toContain('pong');
  });
});

describe('500 subscriptions that do not read', () => {
  const service = useService({
    CACHE_BYTES: '67108864',
    WORKERS: '2',
    MAX_SOCKETS: '600',
    MAX_SUBSCRIPTIONS: '600',
    MAX_CLIENT_TOKENS: '1000000000',
  });

  test('only run a few windows ahead, and one that reads gets all of its events', async () => {
    const { inference } = service.server;
    const total = await chunkCount(service, OTHER_TEXT);
    const before = inference.counts.sequences;
    // Each is under way: its first event was read, and no other.
    const first = (await streamOf(service, MANY_TEXT)).body?.getReader();
    await first?.read();
    await untilIdle(service);
    const others = await Promise.all(Array.from({ length: 499 }, () => streamOf(service, MANY_TEXT)));
    const readers = [first, ...others.map(({ body }) => body?.getReader())];
    for (const reader of readers.slice(1)) await reader?.read();
    await untilIdle(service);
    expect(service.server.streams).toBe(500);
    // All read the same text, so that the others find the first one's windows in the cache: whatever any of them runs
    // beyond these is counted, and so are the questions of untilIdle.
    expect(inference.counts.sequences - before).toBeLessThan(40);

    const start = inference.counts.sequences;
    const events = await (await streamOf(service, OTHER_TEXT)).text();
    expect(events).toContain('AnalysisCompleted');
    expect(events.match(/"ChunkAnalyzed"/g)).toHaveLength(total);
    // Nothing but its own windows, and the sentiment at its end, ran meanwhile.
    expect(inference.counts.sequences - start).toBeLessThan(2 * total + 10);
    expect(service.server.streams).toBe(500);
    for (const reader of readers) await reader?.cancel();
    expect(service.server.streams).toBe(0);
    expect(service.failures).toEqual([]);
  });
});

/** Opens a stream whose events wait until its body is read. */
function streamOf(service: Service, text: string): Promise<Response> {
  return Promise.resolve(
    service.server.graph.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: AnalyzeDocument.toString(), variables: { text } }),
    }),
  );
}

/** Asks questions until nothing but the question itself was run. */
async function untilIdle(service: Service): Promise<void> {
  for (let question = 0; ; question++) {
    const before = service.server.inference.counts.sequences;
    await service.data(SentimentDocument, { text: `Does anybody else ask? ${question}` });
    if (service.server.inference.counts.sequences === before + 1) return;
  }
}

async function chunkCount({ server }: Service, text: string): Promise<number> {
  const answer = await server.graph.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'query ($text: String!) { document(text: $text) { coverage { chunkCount } } }',
      variables: { text },
    }),
  });
  const { data } = (await answer.json()) as { data: { document: { coverage: { chunkCount: number } } } };
  return data.document.coverage.chunkCount;
}
