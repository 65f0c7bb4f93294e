import { randomUUID } from 'node:crypto';
import { type ExecutionArgs, type ExecutionResult, type GraphQLError, OperationTypeNode } from 'graphql';
import { envelop, isAsyncIterable } from 'graphql-yoga';
import type { TypedDocumentString } from '../client/graphql.ts';
import { asBertqlError } from '../errors.ts';
import { type CallContext, inProcessCall } from '../server/call.ts';
import { operationOf } from '../server/limits/operation-cost.ts';
import type { Operations } from '../server/operations.ts';

type Enveloped = ReturnType<ReturnType<typeof envelop<[]>>>;

/**
 * Runs operations in this process, without a transport, with the same plugins and the same results as a server. Results
 * are plain objects. Failures are thrown, expected ones as `BertqlError`.
 */
export class InProcessGraph {
  readonly #getEnveloped: (context: CallContext) => Enveloped;

  constructor(operations: Operations) {
    this.#getEnveloped = envelop({ plugins: operations.plugins }) as (context: CallContext) => Enveloped;
  }

  /** Runs a query or mutation. Its work stops when `signal` is aborted. */
  async query<T, V>(operation: TypedDocumentString<T, V> | string, variables: V, signal?: AbortSignal): Promise<T> {
    const result = await this.#run(operation, variables, signal);
    if (isAsyncIterable(result)) throw new Error('A subscription must be run as one.');
    return dataOf<T>(result);
  }

  /** Runs a subscription. Its work stops when the reader stops, or `signal` is aborted. */
  async *subscribe<T, V>(
    operation: TypedDocumentString<T, V> | string,
    variables: V,
    signal?: AbortSignal,
  ): AsyncGenerator<T, void, void> {
    const results = await this.#run(operation, variables, signal);
    if (!isAsyncIterable(results)) throw failureOf(results.errors);
    for await (const result of results) yield dataOf<T>(result);
  }

  async #run<T, V>(
    operation: TypedDocumentString<T, V> | string,
    variables: V,
    client: AbortSignal | undefined,
  ): Promise<ExecutionResult | AsyncIterable<ExecutionResult>> {
    const { parse, validate, contextFactory, execute, subscribe, schema } = this.#getEnveloped({
      // A separate signal: any number of operations may share the client's, and Node warns about more than ten
      // listeners.
      call: inProcessCall(randomUUID(), client && AbortSignal.any([client])),
    });
    const document = parse(operation.toString());
    const [problem] = validate(schema, document);
    if (problem) throw problem;
    const contextValue: unknown = await contextFactory();
    const args: ExecutionArgs = { schema, document, variableValues: { ...(variables as object) }, contextValue };
    const isStream = operationOf(args)?.operation === OperationTypeNode.SUBSCRIPTION;
    return isStream ? subscribe(args) : execute(args);
  }
}

function dataOf<T>({ data, errors }: ExecutionResult): T {
  if (errors || !data) throw failureOf(errors);
  return plain(data) as T;
}

/**
 * Makes plain objects of GraphQL's, whose missing prototype `assert.deepStrictEqual` and `instanceof Object` notice.
 */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

/** The error to throw: an expected one as it was thrown. */
function failureOf(errors: readonly GraphQLError[] | undefined): Error {
  const [error] = errors ?? [];
  if (!error) return new Error('The operation gave neither data nor an error.');
  return asBertqlError(error) ?? error;
}
