import { request } from 'node:http';
import fc from 'fast-check';
import { OperationTypeNode, parse, validate } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { triesOf } from '../../scripts/attack/longest-turn.js';
import { AttackedServer } from '../../scripts/attack/server.js';
import { schema } from '../../src/schema/index.ts';
import { TIMES } from '../documents/growing-texts.ts';
import { IDS, type RandomOperation, randomOperation, resultsIn, SEED } from './random-query.ts';

/** The operations of one run. */
const RUNS = 120 * TIMES;

const MAX_RESULT_SIZE = 2_000_000;
/** Errors of one result. */
const MOST_ERRORS = 500;
/** For how long an operation may hold the event loop, in milliseconds. */
const MOST_MS_A_TURN = 50;
/** After this, a stream that has no end is left. */
const LONGEST_STREAM_MS = 1000;

const NAMES = 'Angela Merkel, Paul Simon and Bob Dylan met in Berlin. ';
const TEXTS = [
  '',
  'Good.',
  NAMES.repeat(4),
  NAMES.repeat(150),
  'Angela Merkel, Paul Simon, Bob Dylan, '.repeat(60),
  'It was late. The food was awful, but Anna loved the rest of it. '.repeat(80),
  'A b. '.repeat(3000),
  '1.\n'.repeat(4000),
  '• '.repeat(5000),
  'x'.repeat(400_000),
  'a '.repeat(20_000),
  'é,'.repeat(5000),
  '.\u0301'.repeat(200_000),
  '[a](b) '.repeat(200_000),
  'a\u2028'.repeat(10_000),
  '😀 Łódź "\\\u0000 '.repeat(1000),
  'cut \ud83d in a character',
];

const PARTS = { schema, texts: TEXTS, ids: IDS, width: 4, depth: 9 };

let server: AttackedServer;
beforeAll(async () => {
  server = await AttackedServer.start({
    MAX_RESULT_SIZE: String(MAX_RESULT_SIZE),
    MAX_REQUEST_TOKENS: '150000',
    REQUEST_TIMEOUT_MS: '5000',
    ANALYSES_KEPT: '50',
  });
});
afterAll(() => server.stop());

/** What came back, text and status; of a stream that has no end, what came in a while. */
function send({ query, variables }: RandomOperation, accept: string) {
  return new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', accept };
    const sent = request(server.url, { method: 'POST', headers }, (response) => {
      let body = '';
      const patience = setTimeout(() => response.destroy(), LONGEST_STREAM_MS);
      if (accept !== 'text/event-stream') clearTimeout(patience);
      response.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      response
        .on('error', () => undefined)
        .once('close', () => {
          clearTimeout(patience);
          resolve({ status: response.statusCode ?? 0, body });
        });
    });
    sent.once('error', reject);
    sent.end(JSON.stringify({ query, variables }));
  });
}

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

function expectBounded(json: string, query: string): void {
  expect(Buffer.byteLength(json), query).toBeLessThanOrEqual(MAX_RESULT_SIZE);
  const { data, errors = [] } = JSON.parse(json) as Result;
  const codes = errors.map(({ extensions }) => extensions?.code);
  expect(codes, query).not.toContain('INTERNAL');
  expect(codes.length, query).toBeLessThanOrEqual(MOST_ERRORS);
  if (codes.includes('QUERY_TOO_COSTLY')) {
    expect(codes, query).toHaveLength(1);
    expect(data ?? null, query).toBeNull();
  }
}

test.each([
  [OperationTypeNode.QUERY, 'application/json', 0.75],
  [OperationTypeNode.MUTATION, 'application/json', 0.1],
  [OperationTypeNode.SUBSCRIPTION, 'text/event-stream', 0.15],
] as const)(
  'a random %s takes no more than its share',
  { timeout: 60_000 + 2000 * RUNS },
  async (type, accept, share) => {
    const runs = fc.asyncProperty(fc.gen(), async (g) => {
      const operation = randomOperation(g, type, PARTS);
      expect(validate(schema, parse(operation.query)).map(({ message }) => message)).toEqual([]);
      const [{ turnMs }] = await triesOf(MOST_MS_A_TURN, async () => {
        await server.seen();
        const { status, body } = await send(operation, accept);
        expect(status, operation.query).toBeLessThan(500);
        for (const result of resultsIn(body, accept)) expectBounded(result, operation.query);
        return server.seen();
      });
      expect(turnMs, operation.query).toBeLessThanOrEqual(MOST_MS_A_TURN);
      expect(server.lives, operation.query).toBe(true);
    });
    await fc.assert(runs, { numRuns: Math.ceil(RUNS * share), seed: SEED });
  },
);
