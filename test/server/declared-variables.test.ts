import { once } from 'node:events';
import { beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { TypedDocumentString } from '../../src/client/graphql.ts';
import type { OperationStep } from '../../src/server/call.ts';
import { Operations } from '../../src/server/operations.ts';
import { useService } from '../service.ts';
import { answersOf, TRANSPORTS } from './transports.ts';

const executed: Record<string, unknown>[] = [];
const watch: OperationStep = ({ variableValues }) => {
  executed.push({ ...variableValues });
  return undefined;
};
const steps = Object.getOwnPropertyDescriptor(Operations.prototype, 'steps')?.get;
vi.spyOn(Operations.prototype, 'steps', 'get').mockImplementation(function (this: Operations) {
  return [watch, ...(steps?.call(this) ?? [])];
});

const service = useService();
let url: string;
beforeAll(async () => {
  url = await service.server.listen();
});

const text = 'Anna was delighted with Berlin.';
const SENTIMENT = 'query ($text: String!) { sentiment(text: $text) { label } }';
const ANALYZE =
  'subscription ($text: String!) { analyze(text: $text) { __typename ... on ChunkAnalyzed { entities { text } } } }';
const undeclared = { other: 'x'.repeat(1_000_000), constructor: [1, 2, 3] };

test.each(TRANSPORTS)('undeclared variables change nothing and are not kept: %s', async (_name, connect) => {
  const transport = connect(url);
  const query = transport.name === 'HTTP' ? SENTIMENT : ANALYZE;
  const ask = (variables: object) =>
    answersOf(transport.run(new TypedDocumentString<unknown, object>(query), variables));
  const expected = await ask({ text });
  executed.length = 0;
  const answers = await ask({ text, ...undeclared });
  expect(executed).toEqual([{ text }]);
  expect(answers).toEqual(expected);
  expect(answers[0]?.errors).toBeUndefined();
  await transport.dispose();
});

test.each(TRANSPORTS)('variables that only a fragment uses are kept: %s', async (_name, connect) => {
  const transport = connect(url);
  const operation = new TypedDocumentString<unknown, object>(
    'query ($text: String!, $with: Boolean = false) { ...Asked } fragment Asked on Query { sentiment(text: $text) { label confidence @include(if: $with) } }',
  );
  executed.length = 0;
  const [answer] = await answersOf(transport.run(operation, { text, with: true, label: 'x' }));
  expect(executed).toEqual([{ text, with: true }]);
  expect(answer?.errors).toBeUndefined();
  await transport.dispose();
});

test('the variables of the executed operation are used if a document has several', async () => {
  const query = `query One($text: String!) { sentiment(text: $text) { label } } query Two($other: String!) { sentiment(text: $other) { label } }`;
  executed.length = 0;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, operationName: 'Two', variables: { text, other: 'Good.' } }),
  });
  expect(await answer.json()).toEqual({ data: { sentiment: { label: 'POSITIVE' } } });
  expect(executed).toEqual([{ other: 'Good.' }]);
});

test('a client with invalid ids is closed with 4400', async () => {
  const socket = new WebSocket(url.replace('http', 'ws'), 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const payload = { query: '{ __typename }' };
  socket.send(JSON.stringify({ id: 'x'.repeat(1000), type: 'subscribe', payload }));
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: 'x'.repeat(1001), type: 'subscribe', payload }));
  expect((await once(socket, 'close'))[0]).toBe(4400);
});
