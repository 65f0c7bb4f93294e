import { serverAudits } from 'graphql-http';
import { beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { useService } from '../service.ts';

const service = useService();
let url = '';
beforeAll(async () => {
  url = await service.server.listen();
});

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => url, fetchFn: fetch });

  test('has the expected number of audits', () => expect(audits).toHaveLength(61));

  test.each(audits.map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    const result = await audit.fn();
    if (result.status !== 'ok') throw new Error(result.reason);
  });
});

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A WebSocket with what has come over it, to be read in order. */
class Peer {
  readonly socket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  readonly #messages: Message[] = [];
  readonly #waiting: ((message: Message) => void)[] = [];

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      const message: Message = JSON.parse(String(data));
      const waiting = this.#waiting.shift();
      if (waiting) waiting(message);
      else this.#messages.push(message);
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  static async open(protocol: string | string[] = 'graphql-transport-ws'): Promise<Peer> {
    const socket = new WebSocket(url.replace('http', 'ws'), protocol);
    const peer = new Peer(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return peer;
  }

  /** A connection that was acknowledged. */
  static async ready(): Promise<Peer> {
    const peer = await Peer.open();
    peer.send({ type: 'connection_init' });
    expect(await peer.next()).toEqual({ type: 'connection_ack' });
    return peer;
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables: object = {}): void {
    this.send({ id, type: 'subscribe', payload: { query, variables } });
  }

  next(): Promise<Message> {
    const message = this.#messages.shift();
    return message ? Promise.resolve(message) : new Promise((resolve) => this.#waiting.push(resolve));
  }
}

const ANALYZE = 'subscription ($text: String!) { analyze(text: $text) { __typename } }';
const LONG_TEXT = 'Anna met Ben in Berlin and Paris. '.repeat(3000);

describe('graphql-transport-ws', () => {
  test.each([
    ['a wrong subprotocol', 'graphql-json', 4406],
    ['the old subprotocol', 'graphql-ws', 4406],
  ])('%s closes with %s', async (_title, protocol, code) => {
    const socket = new WebSocket(url.replace('http', 'ws'), protocol);
    socket.on('error', () => undefined);
    const closed = await new Promise((resolve) => socket.once('close', resolve));
    // A client that was told no protocol of its own may end the handshake itself.
    expect([code, 1006]).toContain(closed);
  });

  test('no subprotocol closes with 4406', async () => {
    const peer = await Peer.open([]);
    expect(await peer.closed).toMatchObject({ code: 4406 });
  });

  test.each<[string, number, (peer: Peer) => void]>([
    ['a message that is no JSON', 4400, (peer) => peer.send('{')],
    ['a message that is no object', 4400, (peer) => peer.send('7')],
    ['a message without a type', 4400, (peer) => peer.send({})],
    ['a message of an unknown type', 4400, (peer) => peer.send({ type: 'start' })],
    ['a subscription without an id', 4400, (peer) => peer.send({ type: 'subscribe', payload: { query: '{a}' } })],
    ['a subscription without a query', 4400, (peer) => peer.send({ id: '1', type: 'subscribe', payload: {} })],
    ['a second connection_init', 4429, (peer) => peer.send({ type: 'connection_init' })],
    [
      'an id that is in use',
      4409,
      (peer) => {
        peer.subscribe('1', ANALYZE, { text: LONG_TEXT });
        peer.subscribe('1', ANALYZE, { text: LONG_TEXT });
      },
    ],
  ])('%s closes with %s', async (_title, code, misbehave) => {
    const peer = await Peer.ready();
    misbehave(peer);
    expect(await peer.closed).toMatchObject({ code });
  });

  test('a subscription before the acknowledgement closes with 4401', async () => {
    const peer = await Peer.open();
    peer.subscribe('1', '{ __typename }');
    expect(await peer.closed).toMatchObject({ code: 4401, reason: 'Unauthorized' });
  });

  test('no connection_init in time closes with 4408', async () => {
    const peer = await Peer.open();
    expect(await peer.closed).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  test('a ping is answered with its payload', async () => {
    const peer = await Peer.open();
    peer.send({ type: 'ping', payload: { sent: 1 } });
    expect(await peer.next()).toEqual({ type: 'pong', payload: { sent: 1 } });
    peer.socket.close();
  });

  test('a query gives one next and then complete', async () => {
    const peer = await Peer.ready();
    peer.subscribe('q', '{ __typename }');
    expect(await peer.next()).toEqual({ id: 'q', type: 'next', payload: { data: { __typename: 'Query' } } });
    expect(await peer.next()).toEqual({ id: 'q', type: 'complete' });
    peer.socket.close();
  });

  test.each([
    ['a syntax error', '{'],
    ['a field that is not there', '{ nothing }'],
    ['a variable of a wrong type', 'query ($text: String! = "a") { sentiment(text: $text, model: 7.5) { label } }'],
  ])('%s only fails its own operation, and not its siblings', async (_title, query) => {
    const peer = await Peer.ready();
    peer.subscribe('stream', ANALYZE, { text: LONG_TEXT });
    expect(await peer.next()).toMatchObject({ id: 'stream', type: 'next' });
    peer.subscribe('bad', query);
    let message = await peer.next();
    while (message.id !== 'bad') message = await peer.next();
    expect(message).toMatchObject({ type: 'error', payload: [{ message: expect.any(String) }] });
    expect(JSON.stringify(message)).not.toContain('"http"');
    expect(await peer.next()).toMatchObject({ id: 'stream', type: 'next' });
    peer.socket.close();
    await peer.closed;
  });

  test('the id of a completed operation can be used again', async () => {
    const peer = await Peer.ready();
    for (let round = 0; round < 2; round++) {
      peer.subscribe('1', '{ __typename }');
      expect(await peer.next()).toMatchObject({ id: '1', type: 'next' });
      expect(await peer.next()).toEqual({ id: '1', type: 'complete' });
    }
    peer.socket.close();
  });

  test('nothing is sent after a client has completed its subscription', async () => {
    const peer = await Peer.ready();
    peer.subscribe('1', ANALYZE, { text: LONG_TEXT });
    expect(await peer.next()).toMatchObject({ id: '1', type: 'next' });
    peer.send({ id: '1', type: 'complete' });
    peer.send({ type: 'ping' });
    let message = await peer.next();
    // What was on its way when the client completed may still come, but not the end.
    while (message.id === '1') {
      expect(message.type).toBe('next');
      message = await peer.next();
    }
    expect(message).toEqual({ type: 'pong' });
    peer.subscribe('2', '{ __typename }');
    expect(await peer.next()).toMatchObject({ id: '2' });
    peer.socket.close();
  });

  test('a message that is too long closes with 1009', async () => {
    const peer = await Peer.ready();
    peer.subscribe('1', ANALYZE, { text: 'x'.repeat(10_000_000) });
    expect(await peer.closed).toMatchObject({ code: 1009 });
  });
});

describe('GraphQL over SSE', () => {
  const stream = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });

  /** Names and data of the events of a stream. */
  const events = (text: string) =>
    text
      .split('\n\n')
      .filter((block) => block.startsWith('event:'))
      .map((block) => [/^event: ?(.*)$/m.exec(block)?.[1], /^data: ?(.*)$/m.exec(block)?.[1] ?? '']);

  test('a subscription is a stream of next events that ends with complete', async () => {
    const response = await stream({ query: ANALYZE, variables: { text: 'Anna lives in Berlin.' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const all = events(await response.text());
    expect(all.map(([name]) => name)).toEqual(['next', 'next', 'complete']);
    expect(JSON.parse(all[0]?.[1] ?? '')).toEqual({ data: { analyze: { __typename: 'ChunkAnalyzed' } } });
  });

  test('a query is one next event', async () => {
    const all = events(await (await stream({ query: '{ __typename }' })).text());
    expect(all.map(([name]) => name)).toEqual(['next', 'complete']);
  });

  test('a subscription can be a GET', async () => {
    const query = new URLSearchParams({ query: ANALYZE, variables: JSON.stringify({ text: 'Anna' }) });
    const response = await fetch(`${url}?${query}`, { headers: { accept: 'text/event-stream' } });
    expect(events(await response.text()).map(([name]) => name)).toEqual(['next', 'next', 'complete']);
  });

  test.each<[string, unknown]>([
    ['a body that is no JSON', '{'],
    ['a body without a query', {}],
    ['a syntax error', { query: '{' }],
    ['a field that is not there', { query: '{ nothing }' }],
  ])('%s is refused', async (_title, body) => {
    const response = await stream(body);
    const text = await response.text();
    expect(text).toContain('errors');
    if (response.status === 200) expect(events(text).map(([name]) => name)).toEqual(['next', 'complete']);
    else expect(response.status).toBe(400);
  });

  test('a subscription that does not accept a stream is not acceptable', async () => {
    const response = await stream(
      { query: ANALYZE, variables: { text: 'Anna' } },
      { accept: 'application/graphql-response+json' },
    );
    expect(response.status).toBe(406);
  });

  test('a reader that disconnects ends the stream', async () => {
    const controller = new AbortController();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: ANALYZE, variables: { text: `${LONG_TEXT} Once more.` } }),
      signal: controller.signal,
    });
    const reader = response.body?.getReader();
    await reader?.read();
    controller.abort();
    await reader?.closed.catch(() => undefined);
    const peer = await Peer.ready();
    peer.subscribe('q', '{ __typename }');
    expect(await peer.next()).toMatchObject({ type: 'next' });
    peer.socket.close();
  });
});
