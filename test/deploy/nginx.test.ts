import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { parse } from 'yaml';
import { AnalysisEventsDocument } from '../../src/client/graphql.ts';
import { freePort, hasRedis, startRedis, type TestRedis } from '../jobs/redis.ts';
import { type ServerProcess, spawnServer } from '../process/child.ts';
import { type NameServer, startNameServer } from './name-server.ts';
import { hasNginx, looksUpAgain, type Nginx, startNginx } from './nginx.ts';

const { services } = parse(readFileSync(new URL('../../compose.yaml', import.meta.url), 'utf8'), { merge: true });
const KEY = 'key-of-the-tests';
/** WebSockets and streams of one address in one replica. */
const MAX_SOCKETS = 2;
const MAX_BODY_BYTES = 8 * 1024 * 1024;
/** A text that must not be in any log. */
const SECRET = 'Zacharias Zimmermann';

type Events = AsyncIterableIterator<{
  readonly data?: { readonly analysisEvents?: { readonly __typename: string; readonly length?: number } } | null;
}>;

const HEADERS = { authorization: `Bearer ${KEY}` };

describe.skipIf(!hasRedis() || !hasNginx)('the proxy of compose.yaml, with two replicas and two workers', () => {
  let redis: TestRedis;
  let names: NameServer;
  let nginx: Nginx;
  let port: number;
  const running = new Map<string, ServerProcess>();

  /** The settings of a service in compose.yaml, with what is elsewhere here. */
  const settingsOf = (service: 'api' | 'worker') => ({
    ...(services[service].environment as Record<string, string>),
    REDIS_URL: redis.url,
    API_KEYS: `tests:${createHash('sha256').update(KEY).digest('hex')}`,
    WORKERS: '1',
    LOG_FORMAT: 'json',
  });
  /** Starts a replica at an address of its own, and the same port as the others, as in a network of containers. */
  const startReplica = async (address: string) => {
    const replica = spawnServer({
      ...settingsOf('api'),
      HOST: address,
      PORT: `${port}`,
      MAX_SOCKETS: `${MAX_SOCKETS}`,
    });
    running.set(address, replica);
    await replica.ready;
  };
  const kill = async (name: string) => {
    const server = running.get(name);
    server?.child.kill('SIGKILL');
    await server?.ended;
  };

  beforeAll(async () => {
    redis = await startRedis();
    port = await freePort();
    const replicas = ['127.0.0.2', '127.0.0.3'];
    names = await startNameServer(replicas);
    for (const worker of ['first worker', 'second worker']) {
      running.set(worker, spawnServer({ ...settingsOf('worker'), HOST: '127.0.0.1' }));
    }
    await Promise.all([...replicas.map(startReplica), ...[...running.values()].map(({ ready }) => ready)]);
    nginx = await startNginx(replicas, port, names.port);
    // It takes a moment until it has looked up the names.
    while ((await ask('{ __typename }')).status === 502);
  });
  afterAll(async () => {
    await nginx?.stop();
    for (const name of running.keys()) await kill(name);
    names?.close();
    await redis?.stop();
  });

  const post = async (body: string) => {
    const headers = { ...HEADERS, 'content-type': 'application/json' };
    const response = await fetch(nginx.url, { method: 'POST', headers, body });
    return { status: response.status, text: await response.text() };
  };
  const ask = (query: string, variables = {}) => post(JSON.stringify({ query, variables }));
  const data = async (query: string, variables = {}) => {
    const { status, text } = await ask(query, variables);
    expect(status, text).toBe(200);
    const answer = JSON.parse(text);
    expect(answer.errors).toBeUndefined();
    return answer.data;
  };

  /** Opens a WebSocket from an address of the client; gives the status with which it is answered. */
  const dial = async (localAddress: string, headers: Record<string, string> = {}) => {
    const socket = new WebSocket(nginx.url.replace('http', 'ws'), 'graphql-transport-ws', { localAddress, headers });
    onTestFinished(() => socket.terminate());
    return new Promise<number>((resolve, reject) => {
      socket.once('open', () => resolve(101));
      socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
      socket.once('error', reject);
    });
  };

  test('a client is known by its own address, whatever it writes into X-Forwarded-For', async () => {
    // The replicas count on their own; together they let in so many.
    const statuses: number[] = [];
    for (let index = 0; index <= 2 * MAX_SOCKETS; index++) {
      statuses.push(await dial('127.0.0.20', { 'x-forwarded-for': `10.0.0.${index}, 10.0.1.${index}` }));
    }
    expect(statuses).toEqual([...Array<number>(2 * MAX_SOCKETS).fill(101), 429]);
    expect(await dial('127.0.0.21')).toBe(101);
  });

  test('a page that the server gave may use it under the name and port of the proxy', async () => {
    const { origin } = new URL(nginx.url);
    expect(await dial('127.0.0.22', { origin })).toBe(101);
    expect(await dial('127.0.0.22', { origin: 'http://elsewhere.example' })).toBe(403);
    const asked = `${nginx.url}?query=${encodeURIComponent('{ __typename }')}`;
    expect((await fetch(asked, { headers: { ...HEADERS, origin } })).status).toBe(200);
  });

  const follow = {
    SSE: (id: string) => {
      const client = createSseClient({ url: nginx.url, headers: HEADERS, retryAttempts: 0 });
      onTestFinished(() => client.dispose());
      return client.iterate({ query: AnalysisEventsDocument.toString(), variables: { id } }) as Events;
    },
    WebSocket: (id: string) => {
      const client = createSocketClient({
        url: nginx.url.replace('http', 'ws'),
        webSocketImpl: WebSocket,
        connectionParams: HEADERS,
        retryAttempts: 0,
      });
      onTestFinished(() => void client.dispose());
      return client.iterate({ query: AnalysisEventsDocument.toString(), variables: { id } }) as Events;
    },
  };

  test.each(['SSE', 'WebSocket'] as const)('events arrive by %s as they happen', async (name) => {
    const { startAnalysis } = await data(
      `mutation { startAnalysis(input: { text: "Angela Merkel (${name})", open: true }) { id length } }`,
    );
    let { length } = startAnalysis;
    const events = follow[name](startAnalysis.id);
    const seen: string[] = [];
    for await (const event of events) {
      const step = event.data?.analysisEvents;
      expect(step).toBeDefined();
      seen.push(step?.__typename ?? '');
      if (step?.__typename !== 'TailAnalyzed' || step.length !== length) continue;
      // More is written only after the last tail has arrived, so nothing may be held back.
      const text = ' met Emmanuel Macron.';
      if (length > 200) {
        await data('mutation ($id: ID!) { finishText(id: $id) { id } }', { id: startAnalysis.id });
      } else {
        await data(
          'mutation ($id: ID!, $at: Int!, $text: String!) { appendText(id: $id, at: $at, text: $text) { id } }',
          {
            id: startAnalysis.id,
            at: length,
            text,
          },
        );
        length += text.length;
      }
    }
    expect(seen.at(-1)).toBe('AnalysisCompleted');
    expect(seen.filter((type) => type === 'TailAnalyzed').length).toBeGreaterThan(8);
  });

  test('a body of the largest size arrives, and a larger one is answered by the server', async () => {
    const body = JSON.stringify({ query: '{ __typename }' });
    expect(await post(body.padEnd(MAX_BODY_BYTES))).toMatchObject({ status: 200 });
    const { status, text } = await post(body.padEnd(MAX_BODY_BYTES + 1));
    expect(status).toBe(413);
    expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'REQUEST_TOO_LARGE' } }] });
  });

  test('an address of 15 kB arrives', async () => {
    const query = `{ similarity(a: "${'a'.repeat(15_000)}", b: "b") }`;
    const asked = await fetch(`${nginx.url}?query=${encodeURIComponent(query)}`, { headers: HEADERS });
    expect(asked.status).toBe(200);
  });

  test('a client that leaves a stream has left the replica, too', async () => {
    const { startAnalysis } = await data('mutation { startAnalysis(input: { text: "Bye", open: true }) { id } }');
    for (let index = 0; index < 3 * MAX_SOCKETS; index++) {
      const body = JSON.stringify({ query: AnalysisEventsDocument.toString(), variables: { id: startAnalysis.id } });
      const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
        const headers = { ...HEADERS, accept: 'text/event-stream', 'content-type': 'application/json' };
        const sent = request(nginx.url, { method: 'POST', headers, localAddress: '127.0.0.23' }, resolve);
        sent.once('error', reject).end(body);
      });
      if (response.statusCode === 429) {
        // The server has not heard of it yet.
        response.resume();
        index--;
        continue;
      }
      expect(response.statusCode).toBe(200);
      await once(response, 'data');
      response.destroy();
    }
    await data('mutation ($id: ID!) { cancelAnalysis(id: $id) { id } }', { id: startAnalysis.id });
  });

  test('a replica that is gone gets no requests, and a new one is found', async () => {
    const [gone, other] = ['127.0.0.2', '127.0.0.3'] as const;
    await kill(gone);
    for (let index = 0; index < 20; index++) await data(`{ sentiment(text: "Good, ${index}") { label } }`);

    const found = looksUpAgain ? '127.0.0.4' : gone;
    await startReplica(found);
    names.addresses = [found, other];
    if (looksUpAgain) await untilHeard(found);
    await kill(other);
    // With an nginx that does not look up names again, until it tries the first one again.
    while ((await ask('{ __typename }')).status === 502);
    for (let index = 0; index < 20; index++) await data(`{ sentiment(text: "Well, ${index}") { label } }`);
  });

  test('no log has a text, even if no replica can be reached', async () => {
    const asked = `${nginx.url}?query=${encodeURIComponent(`{ sentiment(text: "${SECRET}") { label } }`)}`;
    expect((await fetch(asked, { headers: HEADERS })).status).toBe(200);
    for (const name of [...running.keys()].filter((key) => key.startsWith('127.'))) await kill(name);
    expect((await fetch(asked, { headers: HEADERS })).status).toBe(502);
    expect(nginx.output).not.toContain(SECRET.split(' ')[0]);
    for (const server of running.values()) {
      server.child.kill('SIGKILL');
      expect((await server.ended).output).not.toContain(SECRET.split(' ')[0]);
    }
  });

  /** Asks until a replica has answered a request, by its own count of them. */
  async function untilHeard(address: string): Promise<void> {
    const heard = async () => {
      const metrics = await (await fetch(`http://${address}:${port}/metrics`, { headers: HEADERS })).text();
      return /^bertql_operations_total\{.*\} [1-9]/m.test(metrics);
    };
    while (!(await heard())) await data('{ __typename }');
  }
});
