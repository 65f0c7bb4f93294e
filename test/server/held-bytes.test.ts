import { once } from 'node:events';
import { beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { StartAnalysisDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { answersOf, STREAMING } from './transports.ts';

const service = useService({ MAX_HELD_BYTES: '1000000' });
let url: string;
beforeAll(async () => {
  url = await service.server.listen();
});

/** Follows an analysis, with a variable that is declared and valid and is read by no field. */
const FOLLOW = new TypedDocumentString<unknown, object>(`
  subscription ($id: ID!, $model: ID, $no: Boolean = false) {
    analysisEvents(id: $id) {
      ... on ChunkAnalyzed { entities { sentence { sentiment(model: $model) @include(if: $no) { label } } } }
      ... on TailAnalyzed { length }
    }
  }
`);
const model = 'x'.repeat(400_000);

/** The id of an analysis whose text is open, so that its events never end. */
async function open(): Promise<string> {
  const { startAnalysis } = await service.data(StartAnalysisDocument, {
    input: { text: 'Ada met Grace in Berlin. They talked.', open: true },
  });
  return startAnalysis?.id ?? '';
}

/** A socket that was acknowledged. */
async function greet(): Promise<WebSocket> {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  return socket;
}

test('variables of streams count as long as these are open', async () => {
  const id = await open();
  const [, connect] = STREAMING.find(([name]) => name === 'SSE') ?? [];
  const transport = connect?.(url);
  if (!transport) throw new Error('There is no transport of that name.');
  const follow = () => transport.run(FOLLOW, { id, model });
  const streams = [follow(), follow()];
  await Promise.all(streams.map((stream) => stream.next()));
  const [refused] = await answersOf(follow());
  expect(refused?.errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', limit: 1_000_000 });
  expect(refused?.errors?.[0]?.message).toContain('bytes of requests in memory');

  await streams[0]?.return?.();
  const next = follow();
  expect(await next.next()).toMatchObject({ done: false });
  await Promise.all([next.return?.(), streams[1]?.return?.()]);
  await transport.dispose();
});

test('variables of streams over WebSocket count with the messages that come', async () => {
  const id = await open();
  const socket = await greet();
  const subscribe = (stream: string) => {
    const payload = { query: FOLLOW.toString(), variables: { id, model } };
    socket.send(JSON.stringify({ id: stream, type: 'subscribe', payload }));
  };
  for (const stream of ['1', '2']) {
    subscribe(stream);
    await once(socket, 'message');
  }
  subscribe('3');
  expect((await once(socket, 'close'))[0]).toBe(1013);
});

test('a long message is read before those that follow it', async () => {
  const id = await open();
  const socket = await greet();
  const payload = { query: FOLLOW.toString(), variables: { id, model } };
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
  socket.send('{"id":"1","type":"complete"}');
  const answered = new Promise<void>((resolve) => {
    socket.on('message', (data) => String(data).includes('"id":"2","type":"complete"') && resolve());
  });
  socket.send('{"id":"2","type":"subscribe","payload":{"query":"{ __typename }"}}');
  await answered;
  // It would be open for ever if nobody had completed it.
  await vi.waitFor(() => expect(service.server.streams).toBe(0));
  socket.close();
  await once(socket, 'close');
});

test('what a socket has not read yet counts, too', async () => {
  const sockets = await Promise.all([greet(), greet()]);
  const closed = Promise.race(sockets.map((socket) => once(socket, 'close')));
  for (const socket of sockets) socket.send(`{"id":"1","type":"subscribe","x":"${'x'.repeat(600_000)}`, { fin: false });
  expect((await closed)[0]).toBe(1013);
  for (const socket of sockets) socket.terminate();
});
