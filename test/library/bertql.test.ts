import assert from 'node:assert';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'graphql-ws';
import { createSchema, createYoga } from 'graphql-yoga';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Bertql,
  BertqlError,
  ConfigError,
  createBertql,
  DetokenizeDocument,
  ModelsDocument,
  StopReadingDocument,
} from '../../src/index.ts';

const TEXT = 'Angela Merkel met Emmanuel Macron in Paris. 😀';
const QUERY = JSON.stringify({ query: `{ entities(text: ${JSON.stringify(TEXT)}) { text type } }` });
const ENTITIES = [
  ['Angela Merkel', 'PER'],
  ['Emmanuel Macron', 'PER'],
  ['Paris', 'LOC'],
];

let bertql: Bertql;
beforeAll(async () => {
  bertql = await createBertql({ workers: 1 });
});
afterAll(() => bertql.close());

/** Listens on a port of its own until the test ends. */
async function listen(server: Server): Promise<string> {
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function ask(url: string): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: QUERY });
  return answer.json();
}

const names = (entities: readonly { text: string; type: string }[]) => entities.map(({ text, type }) => [text, type]);

describe('bertql as a library', () => {
  it('tokenizes, scores and finds entities', async () => {
    expect((await bertql.tokenize('I love machine learning!')).ids).toEqual([101, 1045, 2293, 3698, 4083, 999, 102]);
    expect(await bertql.sentiment('I absolutely love this product!')).toMatchObject({ label: 'POSITIVE' });
    expect(names(await bertql.entities(TEXT, { minConfidence: 0.5 }))).toEqual(ENTITIES);
    expect(names(await bertql.entities(TEXT, { types: ['LOC'] }))).toEqual(ENTITIES.slice(2));
    expect(await bertql.run(DetokenizeDocument, { ids: [101, 3698, 102] })).toEqual({ detokenize: 'machine' });
  });

  it('returns plain objects for every operation', async () => {
    const [entity] = await bertql.entities('Paris');
    expect(Object.getPrototypeOf(entity)).toBe(Object.prototype);
    const data = await bertql.run('query ($text: String!) { sentiment(text: $text) { label } }', { text: 'lovely' });
    assert.deepStrictEqual(data, { sentiment: { label: 'POSITIVE' } });
    for await (const event of bertql.analyze('Paris')) expect(event).toBeInstanceOf(Object);
  });

  it('runs an operation without variables without a second argument', async () => {
    const { models } = await bertql.run(ModelsDocument);
    expect(models.map(({ id }) => id)).toContain('bertql/sst2-minilm');
    // @ts-expect-error Its id is missing.
    await expect(bertql.run(StopReadingDocument)).rejects.toThrow('$id');
  });

  it('streams, and stops when its reader stops', async () => {
    const events = [];
    for await (const event of bertql.analyze(TEXT)) events.push(event.__typename);
    expect(events).toEqual(['ChunkAnalyzed', 'AnalysisCompleted']);
    const before = bertql.inference.counts.tokens;
    for await (const _ of bertql.analyze('Oslo is a town. '.repeat(20_000))) break;
    expect(bertql.inference.queuedTokens).toBe(0);
    expect(bertql.inference.counts.tokens - before).toBeLessThan(20_000);
  });

  it('throws expected failures with their code', async () => {
    const failure = await bertql.sentiment('').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BertqlError);
    expect(failure).toMatchObject({ code: 'EMPTY_TEXT', message: expect.stringContaining('empty') });
    await expect(bertql.entities(TEXT, { model: 'nobody/nothing' })).rejects.toMatchObject({ code: 'UNKNOWN_MODEL' });
    await expect(bertql.analyze('\ud800').next()).rejects.toMatchObject({ code: 'INVALID_TEXT' });
  });

  it('stops work when its signal is aborted', async () => {
    const signal = AbortSignal.abort();
    await expect(bertql.sentiment('fine', { signal })).rejects.toMatchObject({ code: 'CANCELLED' });
    const controller = new AbortController();
    const long = bertql.entities('Oslo is a town. '.repeat(20_000), { signal: controller.signal });
    controller.abort();
    await expect(long).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('uses its options and not the environment', async () => {
    const listeners = process.eventNames().map((name) => [name, process.listenerCount(name)]);
    process.env['MAX_TEXT_LENGTH'] = '3';
    onTestFinished(() => void delete process.env['MAX_TEXT_LENGTH']);
    await using small = await createBertql({ workers: 1, maxTextLength: 20 });
    await using smallest = await createBertql({ workers: 1, environment: process.env });
    await using open = await createBertql({ workers: 1, environment: process.env, maxTextLength: 4 });
    expect(process.eventNames().map((name) => [name, process.listenerCount(name)])).toEqual(listeners);
    // Side by side with the one of this file, each with its own limit.
    await expect(small.sentiment('Not longer than 20')).resolves.toMatchObject({ label: expect.any(String) });
    await expect(small.sentiment('Longer than twenty characters')).rejects.toThrow(/20/);
    await expect(smallest.sentiment('Good')).rejects.toThrow(/3/);
    await expect(open.sentiment('Good')).resolves.toMatchObject({ label: 'POSITIVE' });
    await expect(bertql.sentiment('Longer than twenty characters')).resolves.toMatchObject({ text: /Longer/ });
  });

  it('names an invalid option', async () => {
    await expect(createBertql({ workers: 0 })).rejects.toThrow(ConfigError);
    await expect(createBertql({ workers: 0 })).rejects.toThrow(
      'workers must be a whole number from 1 to 256, but it is "0".',
    );
    await expect(createBertql({ allowedOrigins: ['example.org'] })).rejects.toThrow(/^allowedOrigins must be origins/);
    await expect(createBertql({ role: 'api' })).rejects.toThrow(/^role is api, which needs REDIS_URL/);
  });

  it('refuses work once it is closed', async () => {
    const closed = await createBertql({ workers: 1 });
    await Promise.all([closed.close(), closed.close()]);
    await expect(closed.sentiment('Too late')).rejects.toMatchObject({ code: expect.any(String) });
    expect((await closed.fetch(new Request('http://localhost/ready'))).status).toBe(503);
  });
});

describe('bertql, mounted,', () => {
  it('answers through fetch', async () => {
    const request = new Request('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: QUERY,
    });
    const answer = (await (await bertql.fetch(request)).json()) as { data: { entities: [] } };
    expect(names(answer.data.entities)).toEqual(ENTITIES);
  });

  it('answers in Node’s HTTP server, including WebSockets, and leaves other WebSockets alone', async () => {
    const server = createServer(bertql.handle);
    bertql.acceptWebSockets(server);
    server.on('upgrade', (request, socket) => {
      if (request.url === '/other') socket.end('HTTP/1.1 418 Other\r\n\r\n');
    });
    const url = await listen(server);
    expect(await ask(`${url}/graphql`)).toMatchObject({ data: { entities: { length: expect.any(Number) } } });
    const client = createClient({ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket });
    const query = `subscription { analyze(text: ${JSON.stringify(TEXT)}) { __typename } }`;
    const events = [];
    for await (const { data } of client.iterate({ query })) events.push(data?.['analyze']);
    expect(events).toEqual([{ __typename: 'ChunkAnalyzed' }, { __typename: 'AnalysisCompleted' }]);
    await client.dispose();
    const other = new WebSocket(`${url.replace('http', 'ws')}/other`);
    const refusal = await new Promise((resolve) => other.once('error', resolve));
    expect(String(refusal)).toContain('418');
  });

  it('answers at a configured path', async () => {
    await using elsewhere = await createBertql({ workers: 1, endpoint: '/nlp/graph' });
    const url = await listen(createServer(elsewhere.handle));
    expect(await ask(`${url}/nlp/graph`)).toMatchObject({ data: { entities: { length: expect.any(Number) } } });
    expect((await fetch(`${url}/graphql`)).status).toBe(404);
  });

  it('runs inside another Yoga, with its limits', async () => {
    await using own = await createBertql({ workers: 1, maxRequestTokens: 100 });
    const yoga = createYoga({ schema: own.schema, plugins: [own.plugin()], logging: false });
    const query = async (query: string) => {
      const body = JSON.stringify({ query });
      const headers = { 'content-type': 'application/json' };
      return (await yoga.fetch('http://localhost/graphql', { method: 'POST', headers, body })).json();
    };
    expect(await query('{ sentiment(text: "lovely") { label } }')).toEqual({
      data: { sentiment: { label: 'POSITIVE' } },
    });
    expect(await query('{ sentiment(text: "") { label } }')).toMatchObject({
      errors: [{ extensions: { code: 'EMPTY_TEXT' } }],
    });
    expect(await query(`{ entities(text: "${'Oslo '.repeat(200)}") { text } }`)).toMatchObject({
      errors: [{ extensions: { code: 'QUERY_TOO_COSTLY' } }],
    });
    await own.close();
    expect(await query('{ sentiment(text: "late") { label } }')).toMatchObject({
      errors: [{ extensions: { code: 'SHUTTING_DOWN' } }],
    });
  });

  it('leaves the rest of another Yoga alone', async () => {
    const schema = createSchema({
      typeDefs: 'type Query { hello: String! }',
      resolvers: { Query: { hello: () => 'hi' } },
    });
    const yoga = createYoga({ schema, plugins: [bertql.plugin()], logging: false });
    const answer = await yoga.fetch('http://localhost/graphql?query={hello}', {
      headers: { accept: 'application/json' },
    });
    expect(await answer.json()).toEqual({ data: { hello: 'hi' } });
  });
});
