import { setMaxListeners } from 'node:events';
import { MapperKind, mapSchema } from '@graphql-tools/utils';
import fc from 'fast-check';
import {
  defaultFieldResolver,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  subscribe,
} from 'graphql';
import { expect, test } from 'vitest';
import { Operation } from '../../src/schema/context.ts';
import { schema } from '../../src/schema/index.ts';
import { TIMES } from '../documents/growing-texts.ts';
import { collect } from '../jobs/watching.ts';
import { useService } from '../service.ts';
import { IDS, type RandomOperation, randomOperation, resultsIn, SEED } from './random-query.ts';

/** The operations of one run. */
const RUNS = 50 * TIMES;

const NAMES = 'Angela Merkel, Paul Simon and Bob Dylan met in Berlin. ';
const TEXTS = [
  '',
  'Good.',
  NAMES,
  NAMES.repeat(40),
  'It was late. The food was awful, but Anna loved the rest of it. '.repeat(10),
  // Long enough for lists that are completed, and results that are written, in turns.
  'A b. '.repeat(1500),
  '😀 Łódź "\\\u0000 '.repeat(20),
  'cut \ud83d in a character',
];
const PARTS = { schema, texts: TEXTS, ids: IDS, width: 5, depth: 7 };

const service = useService({ MAX_RESULT_SIZE: '200000000' });
const plain = withWholeLists(schema);

/** The schema without any list that is made item by item, of which graphql-js 16 knows nothing. */
function withWholeLists(original: GraphQLSchema): GraphQLSchema {
  return mapSchema(original, {
    [MapperKind.OBJECT_FIELD]: (field) => {
      const { resolve = defaultFieldResolver } = field;
      return {
        ...field,
        resolve: (...given) => {
          const value: unknown = resolve(...given);
          return value instanceof Promise ? value.then(whole) : whole(value);
        },
      };
    },
  });
}

function whole(value: unknown): unknown {
  return isAsyncIterable(value) ? collect(value) : value;
}

function isAsyncIterable<T>(value: unknown): value is AsyncIterable<T> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** The results of an operation by the server's road: its transport, plugins and executor. */
async function byTheRoad({ query, variables }: RandomOperation, accept: string): Promise<readonly ExecutionResult[]> {
  const response = await service.server.graph.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query, variables }),
  });
  return resultsIn(await response.text(), accept).map((result) => JSON.parse(result));
}

/** The results of an operation by graphql-js alone. */
async function byGraphqlJs({ query, variables }: RandomOperation): Promise<readonly ExecutionResult[]> {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const operation = new Operation(service.server.services, {
    signal: controller.signal,
    requestId: 'plain',
    owner: 'everybody',
    mayLoadModels: true,
  });
  // As JSON.parse makes them of what was sent.
  const variableValues = JSON.parse(JSON.stringify(variables));
  const args: ExecutionArgs = { schema: plain, document: parse(query), variableValues, contextValue: { operation } };
  try {
    if (!query.startsWith(OperationTypeNode.SUBSCRIPTION)) return [await execute(args)];
    const events = await subscribe(args);
    return isAsyncIterable<ExecutionResult>(events) ? await collect(events) : [events];
  } finally {
    operation.dispose();
    controller.abort();
  }
}

/** Fields that say how a result was made. Each has its name at the end of its key. */
const OF_ITS_MAKING = /(?:^|_)(?:tokenizeMs|queueMs|inferenceMs|batchSize|cached)$/;

/** The data as JSON, with keys in their order. */
function written({ data }: ExecutionResult): string {
  return JSON.stringify(data ?? null, (key, value) => (OF_ITS_MAKING.test(key) ? 'as it was made' : value), 1);
}

/**
 * Where the result has errors, and which. What fails below a field that is null for another reason, since one of its own must not
 * be null, may be said or not.
 */
function failures({ data, errors = [] }: ExecutionResult): readonly string[] {
  const inTheirPlace = errors.filter(({ path }) => path && isParentIn(data, path));
  return inTheirPlace.map(({ message, path }) => `${path?.join('.')}: ${message}`).sort();
}

function isParentIn(data: unknown, path: readonly (string | number)[]): boolean {
  const parent = path.slice(0, -1).reduce<unknown>((value, key) => Object(value)[key], data);
  return typeof parent === 'object' && parent !== null;
}

/** Whether the server refused an operation for its cost, before or while it ran. */
function isRefused({ errors = [] }: ExecutionResult): boolean {
  return errors.some(({ extensions }) => extensions?.['code'] === 'QUERY_TOO_COSTLY');
}

test.each([
  [OperationTypeNode.QUERY, 'application/json', 0.8],
  [OperationTypeNode.SUBSCRIPTION, 'text/event-stream', 0.2],
] as const)(
  'a random %s has the data and errors that graphql-js gives',
  { timeout: 60_000 + 2000 * RUNS },
  async (type, accept, share) => {
    let compared = 0;
    const runs = fc.asyncProperty(fc.gen(), async (g) => {
      const operation = randomOperation(g, type, PARTS);
      // The other subscriptions tell what happens in the server, and need not end.
      fc.pre(type === OperationTypeNode.QUERY || /\banalyze\(/.test(operation.query));
      const given = await byTheRoad(operation, accept);
      if (given.some(isRefused)) return;
      const expected = await byGraphqlJs(operation);
      expect(given.map(written), operation.query).toEqual(expected.map(written));
      expect(given.map(failures), operation.query).toEqual(expected.map(failures));
      compared++;
    });
    const numRuns = Math.ceil(RUNS * share);
    await fc.assert(runs, { numRuns, seed: SEED });
    expect(compared).toBeGreaterThan(numRuns / 2);
  },
);
