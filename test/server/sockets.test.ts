import { once } from 'node:events';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { AnalyzeDocument } from '../../src/client/graphql.ts';
import { startServer, useService } from '../service.ts';
import { answersOf, STREAMING } from './transports.ts';

const LONG_TEXT = 'Anna met Ben in Berlin and Paris. '.repeat(2000);
const ANALYZE = 'subscription ($text: String!) { analyze(text: $text) { __typename } }';

const dial = (url: string) => new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');

/** A socket that was acknowledged, and whatever comes over it. */
async function greet(url: string) {
  const socket = dial(url);
  const messages: { id?: string; type: string; payload?: unknown }[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await until(() => messages.length > 0);
  return { socket, messages };
}

const subscribe = (socket: WebSocket, id: string, query = ANALYZE, variables: object = { text: LONG_TEXT }) =>
  socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query, variables } }));

describe('limits of sockets', () => {
  const service = useService({ MAX_SOCKETS: '3', MAX_SUBSCRIPTIONS: '2' });
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });

  test('apply to the sockets of one address, and free them when they are closed', async () => {
    for (let round = 0; round < 2; round++) {
      const open = [dial(url), dial(url), dial(url)];
      await Promise.all(open.map((socket) => once(socket, 'open')));
      const refused = dial(url);
      refused.on('error', () => undefined);
      const [, response] = await once(refused, 'unexpected-response');
      expect(response.statusCode).toBe(429);
      for (const socket of open) socket.close();
      await Promise.all(open.map((socket) => once(socket, 'close')));
      await until(async () => (await socketsOpen(url)) === 0);
    }
  });

  test('apply to streams over SSE, too', async () => {
    const [, overSse] = STREAMING[0] ?? [];
    if (!overSse) throw new Error('SSE is the first of them.');
    const open = [1, 2, 3].map((index) => overSse(url).run(AnalyzeDocument, { text: `${index} ${LONG_TEXT}` }));
    await Promise.all(open.map((stream) => stream.next()));
    const [refused] = await answersOf(overSse(url).run(AnalyzeDocument, { text: 'One too many.' }));
    expect(refused?.errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', limit: 3, actual: 4 });
    await Promise.all(open.map((stream) => stream.return?.()));
  });

  test('apply to the operations on one socket, and an error ends none of them', async () => {
    const { socket, messages } = await greet(url);
    for (const id of ['1', '2', '3']) subscribe(socket, id);
    await until(() => messages.some(({ type }) => type === 'error'));
    expect(messages.find(({ type }) => type === 'error')).toMatchObject({
      id: '3',
      payload: [{ extensions: { code: 'RATE_LIMITED', limit: 2, actual: 3 } }],
    });
    const heard = messages.length;
    await until(() => messages.length > heard + 3);
    socket.send('{"id":"1","type":"complete"}');
    subscribe(socket, '4', '{ __typename }', {});
    await until(() => messages.some(({ id, type }) => id === '4' && type === 'complete'));
    socket.close();
    await once(socket, 'close');
  });
});

describe('a client that does not read', () => {
  const service = useService({ STALL_TIMEOUT_MS: '300' });

  test('is disconnected, and its work stops', async () => {
    const url = await service.server.listen();
    const { socket, messages } = await greet(url);
    const fields = Array.from({ length: 90 }, (_, index) => `a${index}: entities { tokens { text label piece } }`);
    subscribe(
      socket,
      '1',
      `subscription ($text: String!) { analyze(text: $text) { ... on ChunkAnalyzed { ${fields.join(' ')} } } }`,
      { text: LONG_TEXT },
    );
    await until(() => messages.some(({ id }) => id === '1'));
    socket.pause();
    await until(() => service.server.streams === 0);
    socket.resume();
    await once(socket, 'close');
    expect(service.server.inference.queuedTokens).toBe(0);
    expect(await socketsOpen(url)).toBe(0);
  });
});

test('a server that stops closes its sockets with 1001, after the end of their streams', async () => {
  const server = await startServer();
  const url = await server.listen();
  const { socket, messages } = await greet(url);
  subscribe(socket, '1');
  await until(() => messages.length > 3);
  const closed = once(socket, 'close');
  const stopped = server.close();
  expect((await closed)[0]).toBe(1001);
  expect(messages.at(-2)).toMatchObject({ id: '1', payload: { data: { analyze: { __typename: 'AnalysisFailed' } } } });
  expect(messages.at(-1)).toEqual({ id: '1', type: 'complete' });
  await stopped;
});

test('adjusting the clock does not affect deadlines, budgets and streams', async () => {
  const server = await startServer({ REQUESTS_PER_MINUTE: '1000' });
  try {
    const url = await server.listen();
    const now = Date.now.bind(Date);
    for (const years of [-20, 20]) {
      vi.spyOn(Date, 'now').mockImplementation(() => now() + years * 31_536_000_000);
      for (const [, connect] of STREAMING) {
        const transport = connect(url);
        const all = await answersOf(transport.run(AnalyzeDocument, { text: 'Anna lives in Berlin.' }));
        expect(all.at(-1)?.data?.analyze.__typename).toBe('AnalysisCompleted');
        await transport.dispose();
      }
    }
  } finally {
    vi.restoreAllMocks();
    await server.close();
  }
});

async function socketsOpen(url: string): Promise<number> {
  const text = await (await fetch(new URL('/metrics', url))).text();
  return Number(/^bertql_sockets (\d+)$/m.exec(text)?.[1]);
}

/** Waits until something holds. */
function until(holds: () => boolean | Promise<boolean>): Promise<unknown> {
  return vi.waitUntil(holds, { timeout: 20_000 });
}
