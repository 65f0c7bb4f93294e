import { request } from 'node:http';
import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { EntitiesDocument, SentimentDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { answersOf, TRANSPORTS } from './transports.ts';

const service = useService({ MAX_REQUEST_TOKENS: '3000', MAX_TEXTS: '3' });
let url: string;
beforeAll(async () => {
  url = await service.server.listen();
});

const SENTIMENT = 'query One($text: String!, $model: ID) { sentiment(text: $text, model: $model) { label } }';
const SEVERAL = `${SENTIMENT} query Two { models { id } }`;
const variables = { text: 'Anna 😀 was delighted.' };
const MODELS = { query: '{ models { id } }' };

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

async function send({ method = 'POST', headers = {}, body }: Sent, path = '') {
  const response = await fetch(url + path, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined
      ? {}
      : { body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body) }),
  } as RequestInit);
  return { status: response.status, type: response.headers.get('content-type'), body: await response.text(), response };
}

describe('a POST', () => {
  test.each<[name: string, sent: Sent, status: number, part: string]>([
    ['of an operation is answered', { body: { query: SENTIMENT, variables } }, 200, '"label":"POSITIVE"'],
    [
      'with null for all that may be null is answered',
      { body: { ...MODELS, variables: null, operationName: null } },
      200,
      '"models"',
    ],
    ['with an empty operation name is answered', { body: { ...MODELS, operationName: '' } }, 200, '"models"'],
    ['with members that mean nothing is answered', { body: { ...MODELS, id: 1 } }, 200, '"models"'],
    [
      'with a type in capitals is answered',
      { body: MODELS, headers: { 'content-type': 'Application/JSON' } },
      200,
      '"models"',
    ],
    [
      'with a charset is answered',
      { body: MODELS, headers: { 'content-type': 'application/json; charset="UTF-8"' } },
      200,
      '"models"',
    ],
    ['with a byte order mark is answered', { body: `\ufeff${JSON.stringify(MODELS)}` }, 200, '"models"'],
    ['of one of several operations is answered', { body: { query: SEVERAL, operationName: 'Two' } }, 200, '"models"'],
    [
      'with a failing field keeps its siblings',
      { body: { query: '{ a: sentiment(text: " ") { label } models { id } }' } },
      200,
      '"EMPTY_TEXT"',
    ],
    [
      'of a list that is too long is refused',
      { body: { query: '{ sentiments(texts: ["a", "b", "c", "d"]) { __typename } }' } },
      200,
      'TOO_MANY_TEXTS',
    ],
    [
      'that is too costly is refused',
      { body: { query: SENTIMENT, variables: { text: 'a '.repeat(4000) } } },
      200,
      'QUERY_TOO_COSTLY',
    ],
    ['with a syntax error is refused', { body: { query: '{ models { id }' } }, 200, 'Syntax Error'],
    ['without a query is refused', { body: { variables } }, 400, 'Must provide query string'],
    ['with a query that is no string is refused', { body: { query: 5 } }, 400, 'query must be a string'],
    [
      'with a name that is no string is refused',
      { body: { ...MODELS, operationName: 5 } },
      400,
      'operationName must be a string',
    ],
    [
      'with variables that are a list is refused',
      { body: { ...MODELS, variables: [] } },
      400,
      'variables must be an object',
    ],
    ['of a list of operations is refused', { body: [MODELS] }, 400, 'Batching is not supported'],
    ['of no object is refused', { body: '5' }, 400, 'must be an object'],
    ['of null is refused', { body: 'null' }, 400, 'must be an object'],
    ['of broken JSON is refused without its text', { body: '{"Herr Geheim' }, 400, 'not valid JSON'],
    ['of broken UTF-8 is refused', { body: new Uint8Array([0x22, 0xff, 0x22]) }, 400, 'not valid UTF-8'],
    ['of deep JSON is refused', { body: `{"variables":${'['.repeat(100)}${']'.repeat(100)}}` }, 400, 'levels'],
    [
      'of another charset is refused',
      { body: MODELS, headers: { 'content-type': 'application/json; charset=iso-8859-1' } },
      415,
      'charset',
    ],
    [
      'of another type is refused',
      { body: 'a', headers: { 'content-type': 'text/csv' } },
      415,
      'must be application/json',
    ],
    ['of a packed body is refused', { body: MODELS, headers: { 'content-encoding': 'gzip' } }, 415, 'compressed'],
    ['for another type is refused', { body: MODELS, headers: { accept: 'text/html' } }, 406, 'Accept'],
    [
      'for a type of quality 0 is refused',
      { body: MODELS, headers: { accept: 'application/json;q=0' } },
      406,
      'Accept',
    ],
    [
      'with the hash of an operation alone is told to send it',
      { body: { extensions: { persistedQuery: { version: 1, sha256Hash: 'a'.repeat(64) } } } },
      200,
      'PERSISTED_QUERY_NOT_SUPPORTED',
    ],
  ])('%s', async (_name, sent, status, part) => {
    const answer = await send(sent);
    expect(answer).toMatchObject({ status, body: expect.stringContaining(part) });
    expect(answer.body).not.toContain('Geheim');
    expect(answer.type).toMatch(/^application\/(graphql-response\+)?json/);
  });

  test.each([
    ['application/json;q=0.5, application/graphql-response+json', 'application/graphql-response+json'],
    ['application/graphql-response+json;q=0.1, */*', 'application/json'],
    ['text/event-stream;q=0.1, application/json', 'application/json'],
    ['text/event-stream, application/json;q=0.9', 'text/event-stream'],
  ])('that accepts %s gets %s', async (accept, type) => {
    expect((await send({ body: MODELS, headers: { accept } })).type).toContain(type);
  });

  test('to the endpoint with a trailing slash is answered', async () => {
    expect(await send({ body: MODELS }, '/')).toMatchObject({ status: 200 });
  });
});

test('a GET with variables that are not JSON is refused without repeating them', async () => {
  const answer = await send({ method: 'GET' }, '?query={__typename}&variables=Herr%20Geheim');
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('BAD_ARGUMENT');
  expect(answer.body).not.toContain('Geheim');
});

test('an unexpected failure has one id in its error, in the header and in the log', async () => {
  const broken = new Error('broken');
  const { registry } = service.server.inference;
  const resolve = registry.resolve.bind(registry);
  registry.resolve = () => {
    throw broken;
  };
  try {
    const { body, response } = await send({
      body: { query: SENTIMENT, variables },
      headers: { 'x-request-id': 'same-everywhere' },
    });
    expect(JSON.parse(body)).toMatchObject({
      errors: [{ extensions: { code: 'INTERNAL', requestId: 'same-everywhere' } }],
    });
    expect(response.headers.get('x-request-id')).toBe('same-everywhere');
    expect(service.requestIds.at(-1)).toBe('same-everywhere');
    expect(body).not.toContain('broken');
  } finally {
    registry.resolve = resolve;
    service.failures.length = 0;
  }
});

describe.each(TRANSPORTS)('over %s', (_name, open) => {
  test('an operation is counted once, even if its document is cached', async () => {
    const counted = async () => {
      const metrics = await (await fetch(new URL('/metrics', url))).text();
      return [...metrics.matchAll(/bertql_operations_total\{[^}]*field="entities"[^}]*code="OK"\} (\d+)/g)]
        .map(([, count]) => Number(count))
        .reduce((sum, count) => sum + count, 0);
    };
    const transport = open(url);
    const before = await counted();
    for (let time = 0; time < 3; time++) {
      await answersOf(transport.run(EntitiesDocument, { text: 'Anna lives in Bergen.' }));
    }
    expect((await counted()) - before).toBe(3);
    await transport.dispose();
  });

  test('a message that quotes the request is short', async () => {
    const transport = open(url);
    const long = new TypedDocumentString<unknown, object>(
      `{ sentiment(text: "a", model: "${'m'.repeat(100_000)}") { label } }`,
    );
    const [answer] = await answersOf(transport.run(long, {}));
    expect(answer?.errors?.[0]?.extensions?.['code']).toBe('UNKNOWN_MODEL');
    expect(answer?.errors?.[0]?.message.length).toBeLessThan(1000);
    await transport.dispose();
  });
});

/** What a server answers to bytes, as far as its first line. */
function firstLine(bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    socket.once('data', (data) => {
      resolve(String(data).split('\r\n')[0] ?? '');
      socket.destroy();
    });
    socket.once('error', reject);
    socket.write(bytes);
  });
}

describe('an unusual request line or header', () => {
  const get = (host: string, target = '/health') => `GET ${target} HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
  const upgrade = (host: string, target: string) =>
    `GET ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`;
  test.each([
    ['the absolute form is understood', get('localhost', 'http://localhost/ready'), 200],
    ['the absolute form is understood for a WebSocket', upgrade('localhost', 'http://localhost/graphql'), 101],
    ['a slash at the end is understood for a WebSocket', upgrade('localhost', '/graphql/'), 101],
    [
      'an upgrade that is not taken is passed over',
      'GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: h2c\r\n\r\n',
      200,
    ],
    ['a host with a space is refused', get('a b'), 400],
    ['a host that is no address is refused', get('[::1'), 400],
    ['a host with a port that is none is refused', get('x:99999'), 400],
    ['another name for a loopback address is refused', get('evil.example'), 403],
    ['another name for a loopback address is refused for a WebSocket', upgrade('evil.example', '/graphql'), 403],
  ])('%s', async (_name, bytes, status) => {
    expect(await firstLine(bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });
});

test('the hash of an unknown document does not close the socket of its siblings', async () => {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  const messages: { id?: string; type: string; payload?: unknown }[] = [];
  const done = new Promise<void>((resolve) => {
    socket.on('message', (data) => {
      messages.push(JSON.parse(String(data)));
      if (messages.at(-1)?.type === 'connection_ack') {
        const extensions = { persistedQuery: { version: 1, sha256Hash: 'b'.repeat(64) } };
        socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { extensions } }));
        socket.send(JSON.stringify({ id: '2', type: 'subscribe', payload: { ...MODELS, operationName: '' } }));
      }
      if (messages.at(-1)?.type === 'complete') resolve();
    });
  });
  socket.on('open', () => socket.send('{"type":"connection_init"}'));
  await done;
  expect(messages).toContainEqual(
    expect.objectContaining({
      id: '1',
      type: 'error',
      payload: [expect.objectContaining({ message: 'PersistedQueryNotSupported' })],
    }),
  );
  expect(messages).toContainEqual(expect.objectContaining({ id: '2', type: 'next' }));
  socket.close();
});

test('a body in small parts is read completely', async () => {
  const body = Buffer.from(JSON.stringify({ query: SENTIMENT, variables }));
  const answer = await new Promise<string>((resolve, reject) => {
    const sent = request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': body.length },
    });
    sent.once('error', reject);
    sent.once('response', async (response) => {
      let text = '';
      for await (const part of response.setEncoding('utf8')) text += part;
      resolve(text);
    });
    for (const byte of body) sent.write(Buffer.of(byte));
    sent.end();
  });
  expect(JSON.parse(answer)).toMatchObject({ data: { sentiment: { label: 'POSITIVE' } } });
});

test('a client that disconnects in the middle of its body or of its answer leaves nothing behind', async () => {
  const body = JSON.stringify({ query: SentimentDocument.toString(), variables: { text: 'Anna '.repeat(300) } });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  for (const length of [10, body.length]) {
    const sent = request(url, { method: 'POST', headers });
    const gone = new Promise((resolve) => sent.once('close', resolve));
    sent.on('error', () => undefined);
    sent.write(body.slice(0, length), () => sent.destroy());
    await gone;
  }
  expect((await send({ body })).status).toBe(200);
  expect(service.server.inference.queuedTokens).toBe(0);
  expect(service.failures).toEqual([]);
});
