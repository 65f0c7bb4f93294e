import { once } from 'node:events';
import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { AnalyzeDocument, EntitiesDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { answersOf, STREAMING } from './transports.ts';

const SEED = 20_261_123;
const service = useService({ CACHE_BYTES: '67108864', MAX_TEXT_LENGTH: '2000', SHUTDOWN_TIMEOUT_MS: '2000' });
let url: string;
beforeAll(async () => {
  url = await service.server.listen();
});

/** Words that documents are made of, well-formed or not. */
const WORD = fc.constantFrom(
  ...['query', 'subscription', 'fragment', 'on', '{', '}', '(', ')', '[', ']', ':', '$', '!', '...', '@include', '"'],
  ...['sentiment', 'entities', 'analyze', 'tokenize', 'document', 'sentences', 'text', 'texts', '__schema', 'a', '$a'],
  ...['"Anna"', '"""x"""', 'null', 'true', '1e999', '-0', '{a:1}', '=', '|', '&', '#c\n', '\ufeff', '\u0000', 'Query'],
);
const DOCUMENT = fc.oneof(
  fc.array(WORD, { maxLength: 30 }).map((words) => words.join(' ')),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(EntitiesDocument.toString(), AnalyzeDocument.toString(), '{ __typename }'),
  fc
    .string({ unit: 'binary', maxLength: 40 })
    .map((text) => `{ entities(text: ${JSON.stringify(text)}) { text start } }`),
);
const VALUE = fc.jsonValue({ maxDepth: 3 });
const PARAMS = fc.record(
  {
    query: fc.oneof(DOCUMENT, VALUE),
    variables: fc.oneof(
      fc.record(
        { text: fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), VALUE), after: VALUE },
        { requiredKeys: [] },
      ),
      VALUE,
    ),
    operationName: fc.oneof(fc.constant(null), VALUE),
    extensions: VALUE,
  },
  { requiredKeys: [] },
);
const BODY = fc.oneof(
  PARAMS.map((params) => JSON.stringify(params)),
  fc.string({ unit: 'binary', maxLength: 60 }),
  VALUE.map((value) => JSON.stringify(value)),
  PARAMS.map((params) => JSON.stringify(params).slice(0, -3)),
);
const HEADER = fc.oneof(
  fc.constantFrom(
    'application/json',
    'text/event-stream',
    'multipart/mixed',
    '*/*',
    'application/graphql-response+json',
  ),
  fc.constantFrom('application/x-www-form-urlencoded', 'multipart/form-data; boundary=', 'application/graphql', ''),
  fc.stringMatching(/^[ -~]{0,30}$/),
);
const REQUEST = fc.record({
  method: fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT', 'OPTIONS', 'DELETE', 'HEAD'),
  path: fc.oneof(
    fc.constantFrom('/graphql', '/graphql', '/graphql/', '/', '/ready', '/metrics', '/graphql?query={__typename}'),
    fc.webPath().map((path) => `/graphql?query=${path}`),
  ),
  type: HEADER,
  accept: HEADER,
  other: fc.tuple(
    fc.constantFrom('origin', 'x-request-id', 'authorization', 'traceparent', 'x-forwarded-for', 'sec-fetch-site'),
    HEADER,
  ),
  body: BODY,
});
const FRAME = fc.oneof(
  PARAMS.chain((payload) =>
    fc.record({
      id: fc.constantFrom('1', '2', '3'),
      type: fc.constantFrom('subscribe', 'subscribe', 'complete', 'ping', 'pong', 'connection_init', 'next', 'error'),
      payload: fc.constant(payload),
    }),
  ).map((message) => JSON.stringify(message)),
  BODY,
);

/** Sends a request and reads the answer to its end; a stream that does not end is abandoned. */
function send({
  method,
  path,
  type,
  accept,
  other: [name, value],
  body,
}: typeof REQUEST extends fc.Arbitrary<infer T> ? T : never) {
  return new Promise<number>((resolve, reject) => {
    const outgoing = request(
      new URL(path, url),
      { method, headers: { 'content-type': type, accept, [name]: value }, agent: false },
      (response) => {
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', reject);
        response.resume();
      },
    );
    outgoing.on('error', reject);
    outgoing.end(method === 'GET' || method === 'HEAD' ? undefined : body);
  });
}

/** What must hold after whatever came. */
async function expectHealthy(): Promise<void> {
  for (const [, connect] of STREAMING) {
    const transport = connect(url);
    const [answer] = await answersOf(transport.run(EntitiesDocument, { text: 'Anna lives in Berlin.' }));
    expect(answer?.data?.entities.map(({ text }) => text)).toEqual(['Anna', 'Berlin']);
    await transport.dispose();
  }
  expect(service.failures).toEqual([]);
}

afterAll(expectHealthy);

test('the server survives 5,000 requests of any method, path, header and body', { timeout: 60_000 }, async () => {
  const requests = fc.sample(REQUEST, { numRuns: 5000, seed: SEED });
  const statuses = new Map<number, number>();
  await inTurns(requests, 32, async (each) => {
    const status = await send(each);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
  });
  expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
  expect([...statuses.values()].reduce((sum, count) => sum + count)).toBe(5000);
  await expectHealthy();
});

test('the server survives 2,500 WebSockets with two frames each, well-formed or not', { timeout: 60_000 }, async () => {
  const conversations = fc.sample(fc.tuple(fc.boolean(), FRAME, FRAME), { numRuns: 2500, seed: SEED });
  await inTurns(conversations, 32, async ([polite, ...frames]) => {
    const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
    socket.on('error', () => undefined);
    const closed = once(socket, 'close');
    await once(socket, 'open');
    if (polite) socket.send('{"type":"connection_init"}');
    for (const frame of frames) socket.send(frame);
    // The last frame is wrong, so that the server is done with the others when it closes the socket.
    socket.send('no frame');
    await closed;
  });
  await expectHealthy();
  expect(service.server.inference.queuedTokens).toBe(0);
});

async function inTurns<T>(items: readonly T[], width: number, handle: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of left) await handle(item);
    }),
  );
}
