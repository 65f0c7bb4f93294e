import { request } from 'node:http';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { EntitiesDocument, SentimentDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

/** What is ordinary is answered without Yoga, so every answer is compared to the one that Yoga gives. */
const service = useService({ MAX_REQUEST_TOKENS: '3000', MAX_TEXTS: '3' });
let url: string;
beforeAll(async () => {
  url = await service.server.listen();
});

interface Sent {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const REQUEST_ID = 'the-same-for-both';

async function read(response: Response) {
  const varying = new Set(['date', 'connection', 'keep-alive', 'transfer-encoding', 'content-length']);
  const named = [...response.headers].map(([name, value]) => [name.toLowerCase(), value] as const);
  const headers = new Map(named.filter(([name]) => !varying.has(name)));
  return { status: response.status, headers, body: await response.text() };
}

/** The answers to a request over a socket, and from Yoga alone. */
async function answersTo({ method = 'POST', headers, body }: Sent) {
  const init: RequestInit = {
    method,
    headers: { 'content-type': 'application/json', 'x-request-id': REQUEST_ID, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
  const direct = await read(await fetch(url, init));
  return { direct, byYoga: await read(await service.server.graph.fetch(url, init)) };
}

const SENTIMENT =
  'query One($text: String!, $model: ID) { sentiment(text: $text, model: $model) { label confidence } }';
const SEVERAL = `${SENTIMENT} query Two { models { id } } subscription Three { analyze(text: "Anna") { __typename } }`;
const variables = { text: 'Anna 😀 was delighted.' };

describe('the answer is the one that Yoga gives', () => {
  test.each<[name: string, sent: Sent]>([
    ['an operation', { body: { query: SENTIMENT, variables } }],
    ['no variables', { body: { query: '{ models { id } }' } }],
    ['null for all that may be', { body: { query: '{ models { id } }', variables: null, operationName: null } }],
    ['a failure inside', { body: { query: SENTIMENT, variables: { text: ' ' } } }],
    ['a failure beside a success', { body: { query: `{ a: sentiment(text: " ") { label } models { id } }` } }],
    ['an unknown model', { body: { query: SENTIMENT, variables: { text: 'a', model: 'x' } } }],
    ['a list', { body: { query: '{ sentiments(texts: ["a", " "]) { __typename } }' } }],
    ['a list that is too long', { body: { query: '{ sentiments(texts: ["a", "b", "c", "d"]) { __typename } }' } }],
    ['too costly', { body: { query: SENTIMENT, variables: { text: 'a '.repeat(4000) } } }],
    ['a variable that is missing', { body: { query: SENTIMENT } }],
    ['a variable of the wrong type', { body: { query: SENTIMENT, variables: { text: 5 } } }],
    ['variables that are a list', { body: { query: SENTIMENT, variables: [] } }],
    ['a variable nobody asked for', { body: { query: SENTIMENT, variables: { ...variables, other: 1 } } }],
    ['one of several operations', { body: { query: SEVERAL, operationName: 'Two' } }],
    ['several operations and no name', { body: { query: SEVERAL } }],
    ['an operation that is not there', { body: { query: SEVERAL, operationName: 'Four' } }],
    ['a name that is no string', { body: { query: SEVERAL, operationName: 5 } }],
    ['a subscription', { body: { query: SEVERAL, operationName: 'Three' } }],
    ['a mutation', { body: { query: 'mutation { cancelAnalysis(id: "x") { id } }' } }],
    ['a syntax error', { body: { query: '{ models { id }' } }],
    ['a field that is not there', { body: { query: '{ nothing }' } }],
    ['no query', { body: { variables } }],
    ['a query that is no string', { body: { query: 5 } }],
    ['a member that has no meaning', { body: { query: '{ models { id } }', extra: 1 } }],
    ['a member that has no meaning, but is null', { body: { query: '{ models { id } }', extra: null } }],
    ['extensions', { body: { query: '{ models { id } }', extensions: { persistedQuery: { version: 1 } } } }],
    ['extensions that are a string', { body: { query: '{ models { id } }', extensions: 'x' } }],
    ['a list of operations', { body: [{ query: '{ models { id } }' }] }],
    ['no object', { body: '5' }],
    ['null', { body: 'null' }],
    ['no JSON', { body: '{' }],
    ['nothing', { body: '' }],
    ['a byte order mark', { body: `\ufeff${JSON.stringify({ query: '{ models { id } }' })}` }],
    ['a form', { body: 'query=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['a type in capitals', { body: { query: '{ models { id } }' }, headers: { 'content-type': 'Application/JSON' } }],
    [
      'a charset',
      { body: { query: '{ models { id } }' }, headers: { 'content-type': 'application/json; charset=utf-8' } },
    ],
    ['an origin', { body: { query: '{ models { id } }' }, headers: { origin: 'https://elsewhere.example' } }],
    ['PUT', { method: 'PUT', body: { query: '{ models { id } }' } }],
  ])('%s', async (_name, sent) => {
    for (const accept of [
      'application/json',
      'application/graphql-response+json',
      'application/graphql-response+json, application/json;q=0.9',
      'application/json, */*',
      '*/*',
      'text/html',
    ]) {
      const withAccept = { ...sent, headers: { ...sent.headers, accept } };
      // The first time it is not known yet, the second time it is.
      for (const time of ['first', 'second']) {
        const { direct, byYoga } = await answersTo(withAccept);
        expect(direct, `${accept}, ${time} time`).toEqual(byYoga);
      }
    }
  });

  test('whatever is sent', async () => {
    const params = fc.record(
      {
        query: fc.oneof(
          { weight: 4, arbitrary: fc.constantFrom(SENTIMENT, SEVERAL, '{ models { id } }', '{ nothing }') },
          fc.jsonValue(),
        ),
        variables: fc.oneof(fc.record({ text: fc.string({ unit: 'binary' }), model: fc.string() }), fc.jsonValue()),
        operationName: fc.oneof(fc.constantFrom('One', 'Two', null, ''), fc.jsonValue()),
        extensions: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 5, arbitrary: params }, fc.jsonValue()), async (body) => {
        const { direct, byYoga } = await answersTo({ body });
        expect(direct).toEqual(byYoga);
      }),
      { numRuns: 200 },
    );
  });
});

test('an operation is counted once, known or not', async () => {
  const counted = async () => {
    const metrics = await (await fetch(new URL('/metrics', url))).text();
    return Number(/bertql_operations_total\{[^}]*field="entities"[^}]*code="OK"\} (\d+)/.exec(metrics)?.[1] ?? 0);
  };
  const before = await counted();
  const body = JSON.stringify({ query: EntitiesDocument.toString(), variables: { text: 'Anna lives in Bergen.' } });
  for (let time = 0; time < 3; time++) {
    await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  }
  expect((await counted()) - before).toBe(3);
});

test('a body in small parts is read to its end', async () => {
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

test('a client that goes in the middle of its body or of its answer leaves nothing behind', async () => {
  const body = JSON.stringify({ query: SentimentDocument.toString(), variables: { text: 'Anna '.repeat(300) } });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  // Known from now on.
  await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  for (const length of [10, body.length]) {
    const sent = request(url, { method: 'POST', headers });
    const gone = new Promise((resolve) => sent.once('close', resolve));
    sent.on('error', () => undefined);
    sent.write(body.slice(0, length), () => sent.destroy());
    await gone;
  }
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(answer.status).toBe(200);
  expect(service.server.inference.queuedTokens).toBe(0);
  expect(service.failures).toEqual([]);
});
