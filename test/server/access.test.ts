import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'graphql-ws';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { AnalyzeDocument, ModelsDocument, SentimentDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { loadConfig } from '../../src/config.ts';
import { BertqlServer } from '../../src/server/server.ts';
import { useService } from '../service.ts';
import { answersOf, TRANSPORTS } from './transports.ts';

const folder = mkdtempSync(join(tmpdir(), 'bertql-access-'));
afterAll(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string, content: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content));
  return path;
};
const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');

const { publicKey, privateKey } = await generateKeyPair('ES256');
const stranger = await generateKeyPair('ES256');
const keySet = inFolder('keys.json', { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }] });
interface Claims {
  readonly expires?: Date;
  readonly audience?: string;
  readonly issuer?: string;
  readonly key?: CryptoKey;
}
const token = ({ expires, audience = 'bertql', issuer = 'the-issuer', key = privateKey }: Claims = {}) =>
  new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setSubject('ada')
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expires ?? new Date(Date.now() + 60_000))
    .sign(key);

const post = (
  url: string,
  headers: Readonly<Record<string, string>> = {},
  body: object = { query: '{ __typename }' },
) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

/** How a WebSocket ends that says these parameters, or `acknowledged`. */
function connect(url: string, connectionParams?: Record<string, unknown>): Promise<number | 'acknowledged'> {
  return new Promise((resolve) => {
    const client = createClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      lazy: false,
      retryAttempts: 0,
      onNonLazyError: () => undefined,
      ...(connectionParams ? { connectionParams } : {}),
      on: {
        connected: () => {
          resolve('acknowledged');
          void client.dispose();
        },
        closed: (event) => resolve((event as { code: number }).code),
      },
    });
  });
}

describe('a server with keys and a key set', () => {
  const service = useService({
    API_KEYS: `first:${sha256('key-one')}, second:${sha256('key-two')}`,
    API_KEYS_FILE: inFolder('api-keys.json', [{ name: 'slow', sha256: sha256('key-slow'), requestsPerMinute: 1 }]),
    JWT_KEY_SET: keySet,
    JWT_ISSUER: 'the-issuer',
    JWT_AUDIENCE: 'bertql',
  });
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });

  const good: readonly [string, () => Promise<string>][] = [
    ['a key', async () => 'Bearer key-one'],
    ['another key', async () => 'bearer key-two'],
    ['a token', async () => `Bearer ${await token()}`],
  ];
  const bad: readonly [string, () => Promise<string | undefined>][] = [
    ['nothing', async () => undefined],
    ['an unknown key', async () => 'Bearer key-three'],
    ['the hash of a key', async () => `Bearer ${sha256('key-one')}`],
    ['a key under another scheme', async () => 'Basic key-one'],
    ['an expired token', async () => `Bearer ${await token({ expires: new Date(Date.now() - 60_000) })}`],
    ['a token for another service', async () => `Bearer ${await token({ audience: 'other' })}`],
    ['a token of another issuer', async () => `Bearer ${await token({ issuer: 'other' })}`],
    ['a token that another key has signed', async () => `Bearer ${await token({ key: stranger.privateKey })}`],
    ['a token without a signature', async () => `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`],
  ];

  test.each(good)('accepts %s over HTTP, SSE and WebSocket', async (_title, make) => {
    const authorization = await make();
    expect(await (await post(url, { authorization })).json()).toEqual({ data: { __typename: 'Query' } });
    const stream = await post(url, { authorization, accept: 'text/event-stream' });
    expect(await stream.text()).toContain('"__typename":"Query"');
    expect(await connect(url, { Authorization: authorization })).toBe('acknowledged');
    expect(await connect(url, { authorization })).toBe('acknowledged');
  });

  test.each(bad)('refuses %s everywhere', async (_title, make) => {
    const authorization = await make();
    const headers: Record<string, string> = authorization ? { authorization } : {};
    for (const accept of ['application/json', 'text/event-stream']) {
      const response = await post(url, { ...headers, accept });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    }
    expect((await fetch(new URL('/metrics', url), { headers })).status).toBe(401);
    expect(await connect(url, authorization ? { authorization } : undefined)).toBe(4403);
  });

  test('keeps the operator’s paths open', async () => {
    expect((await fetch(new URL('/ready', url))).status).toBe(200);
    expect((await fetch(new URL('/health', url))).status).toBe(200);
  });

  test('gives a key its own budget', async () => {
    const headers = { authorization: 'Bearer key-slow' };
    expect((await post(url, headers)).status).toBe(200);
    const refused = await post(url, headers);
    expect(await refused.json()).toMatchObject({ errors: [{ extensions: { code: 'RATE_LIMITED', limit: 1 } }] });
    expect((await post(url, { authorization: 'Bearer key-one' })).status).toBe(200);
  });

  test('closes a socket with 4403 when its token expires, which ends its stream', async () => {
    const authorization = `Bearer ${await token({ expires: new Date(Date.now() + 2000) })}`;
    const client = createClient({
      url: url.replace('http', 'ws'),
      webSocketImpl: WebSocket,
      lazy: false,
      retryAttempts: 0,
      connectionParams: { authorization },
      onNonLazyError: () => undefined,
    });
    const closed = new Promise<unknown>((resolve) => client.on('closed', (event) => resolve(event)));
    expect(await closed).toMatchObject({ code: 4403, reason: 'Token expired' });
    await client.dispose();
  });
});

describe('a stream over SSE whose token expires', () => {
  const service = useService({
    JWT_KEY_SET: keySet,
    JWT_ISSUER: 'the-issuer',
    JWT_AUDIENCE: 'bertql',
  });

  test('ends with UNAUTHENTICATED', async () => {
    const url = await service.server.listen();
    const authorization = `Bearer ${await token({ expires: new Date(Date.now() + 2000) })}`;
    const text = Array.from({ length: 40_000 }, (_, index) => `Anna met Ben in Berlin, time ${index}.`).join(' ');
    const body = { query: AnalyzeDocument.toString(), variables: { text } };
    const stream = await post(url, { authorization, accept: 'text/event-stream' }, body);
    expect(await stream.text()).toContain('"code":"UNAUTHENTICATED"');
  });
});

describe('an invalid setting of access is reported:', () => {
  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['a key without a hash', { API_KEYS: 'first' }, /API_KEYS must be words/],
    ['a hash that is none', { API_KEYS: 'first:abc' }, /"first" must have the SHA-256/],
    ['two keys of one name', { API_KEYS: `a:${sha256('1')},a:${sha256('2')}` }, /two API keys named "a"/],
    ['a file that is not there', { API_KEYS_FILE: join(folder, 'none.json') }, /API_KEYS_FILE/],
    ['an entry of a wrong shape', { API_KEYS_FILE: inFolder('bad.json', [{ name: 'a' }]) }, /entry 0/],
    ['a key set without an issuer', { JWT_KEY_SET: keySet }, /JWT_ISSUER must be set/],
    ['an origin with a path', { ALLOWED_ORIGINS: 'https://a.example/b' }, /ALLOWED_ORIGINS/],
    ['a flag that is none', { GRAPHIQL: 'yes' }, /GRAPHIQL must be one of true, false/],
    ['operations that are not there', { PERSISTED_OPERATIONS: join(folder, 'none') }, /PERSISTED_OPERATIONS/],
  ])('%s', async (_title, settings, message) => {
    const open = async () => BertqlServer.create(loadConfig(settings), () => undefined);
    await expect(open()).rejects.toThrow(message);
  });
});

describe('web pages', () => {
  const service = useService({ ALLOWED_ORIGINS: 'https://app.example.org' });
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });
  const upgrade = (origin: string | undefined): Promise<number> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws', origin ? { origin } : {});
      socket.on('open', () => resolve(101));
      socket.on('open', () => socket.close());
      socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.on('error', () => undefined);
    });

  test.each([
    ['of the list', 'https://app.example.org', 101],
    ['that is none', undefined, 101],
    ['elsewhere', 'https://evil.example.org', 403],
    ['that is like one of the list', 'https://app.example.org.evil.org', 403],
    ['of a file', 'null', 403],
  ])('a page %s', async (_title, origin, status) => {
    const { headers } = await post(url, origin ? { origin } : {});
    // A browser only passes the answer to a page if this is the page's own origin.
    expect([null, 'https://app.example.org']).toContain(headers.get('access-control-allow-origin'));
    expect(headers.get('access-control-allow-credentials')).not.toBe('true');
    expect(await upgrade(origin)).toBe(status);
  });

  test('the server’s own page may use it', async () => {
    expect(await upgrade(new URL(url).origin)).toBe(101);
  });

  test.each<[string, string, RequestInit, number]>([
    ['a form', '', { method: 'POST', body: new URLSearchParams({ query: '{ __typename }' }) }, 403],
    ['plain text', '', { method: 'POST', body: '{"query":"{ __typename }"}' }, 403],
    ['a link from elsewhere', '?query={__typename}', { headers: { 'sec-fetch-site': 'cross-site' } }, 403],
    ['a script from elsewhere', '?query={__typename}', { headers: { origin: 'https://evil.example.org' } }, 403],
    ['a link of its own', '?query={__typename}', { headers: { 'sec-fetch-site': 'same-origin' } }, 200],
    ['a program', '?query={__typename}', {}, 200],
    [
      'a form with the header',
      '',
      {
        method: 'POST',
        body: new URLSearchParams({ query: '{ __typename }' }),
        headers: { 'graphql-require-preflight': '1' },
      },
      200,
    ],
  ])('a request without a preflight: %s', async (_title, query, init, status) => {
    const response = await fetch(url + query, init);
    expect(response.status).toBe(status);
    if (status === 403)
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });
});

describe.each(TRANSPORTS)('over %s', (_name, open) => {
  describe('without introspection', () => {
    const service = useService({ INTROSPECTION: 'false', GRAPHIQL: 'false' });

    test('the schema is hidden, and the graph answers', async () => {
      const url = await service.server.listen();
      const transport = open(url);
      for (const query of ['{ __schema { types { name } } }', '{ __type(name: "Query") { name } }']) {
        const [answer] = await answersOf(
          transport.run(new TypedDocumentString<unknown, Record<string, never>>(query), {}),
        ).catch((error: unknown) => [{ data: null, errors: [{ message: String(error) }] }]);
        expect(answer?.data ?? null).toBeNull();
        expect(answer?.errors?.[0]?.message).toBeTruthy();
      }
      const [answer] = await answersOf(transport.run(SentimentDocument, { text: 'Good.' }));
      expect(answer?.data?.sentiment.label).toBe('POSITIVE');
      const page = await fetch(url, { headers: { accept: 'text/html' } });
      expect(page.headers.get('content-type') ?? '').not.toContain('text/html');
      await transport.dispose();
    });
  });

  describe('with a list of operations', () => {
    const service = useService({ PERSISTED_OPERATIONS: new URL('../../schema/operations', import.meta.url).pathname });

    test('only those run', async () => {
      const url = await service.server.listen();
      const transport = open(url);
      const foreign = new TypedDocumentString<unknown, Record<string, never>>('{ models { id } }');
      const [refused] = await answersOf(transport.run(foreign, {}));
      expect(refused?.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
      const listed = listedDocument('models');
      const [answer] = await answersOf(transport.run(listed, {}));
      expect(answer?.data).toBeTruthy();
      await transport.dispose();
    });
  });
});

describe('an operation of the list by its hash', () => {
  const service = useService({
    PERSISTED_OPERATIONS: inFolder('persisted.json', { anything: ModelsDocument.toString() }),
  });

  test('runs over HTTP and WebSocket', async () => {
    const url = await service.server.listen();
    const extensions = { persistedQuery: { version: 1, sha256Hash: sha256(ModelsDocument.toString().trim()) } };
    expect(await (await post(url, {}, { extensions })).json()).toHaveProperty('data.models');
    const unknown = { persistedQuery: { version: 1, sha256Hash: sha256('{ other }') } };
    expect(await (await post(url, {}, { extensions: unknown })).json()).toMatchObject({
      errors: [{ message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } }],
    });
    const client = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
    const answers = client.iterate({ query: '', extensions });
    expect((await answers.next()).value).toHaveProperty('data.models');
    await client.dispose();
  });

  test('is refused as a stream if it is not on the list', async () => {
    expect(await service.code(AnalyzeDocument, { text: 'a' })).toBe('FORBIDDEN');
  });
});

function listedDocument(name: string): TypedDocumentString<unknown, Record<string, never>> {
  return new TypedDocumentString(
    readFileSync(new URL(`../../schema/operations/${name}.graphql`, import.meta.url), 'utf8'),
  );
}
