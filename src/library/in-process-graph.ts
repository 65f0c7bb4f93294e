import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
  parse,
  subscribe,
  validate,
} from 'graphql';
import type { TypedDocumentString } from '../client/graphql.ts';
import { asBertqlError } from '../errors.ts';
import { Operation, type Services } from '../schema/context.ts';
import { schema } from '../schema/index.ts';

/**
 * Runs operations on the graph in this process, without any transport: their results are those that a server gives.
 * What fails throws, an expected failure as `BertqlError`.
 */
export class InProcessGraph {
  readonly #services: Services;
  readonly #documents = new WeakMap<object, DocumentNode>();

  constructor(services: Services) {
    this.#services = services;
  }

  /** Runs a query or mutation. Its work stops when `signal` is aborted. */
  async query<T, V>(operation: TypedDocumentString<T, V>, variables: V, signal?: AbortSignal): Promise<T> {
    const work = new Operation(this.#services, signal);
    try {
      return dataOf<T>(await execute(this.#args(operation, variables, work)));
    } finally {
      work.dispose();
    }
  }

  /** Runs a subscription. Its work stops when the reader stops, or `signal` is aborted. */
  async *subscribe<T, V>(
    operation: TypedDocumentString<T, V>,
    variables: V,
    signal?: AbortSignal,
  ): AsyncGenerator<T, void, void> {
    const work = new Operation(this.#services, signal);
    try {
      const results = await subscribe(this.#args(operation, variables, work));
      if (!(Symbol.asyncIterator in results)) throw failureOf(results.errors);
      for await (const result of results) yield dataOf<T>(result);
    } finally {
      work.dispose();
    }
  }

  #args<T, V>(operation: TypedDocumentString<T, V>, variables: V, work: Operation): ExecutionArgs {
    const document = this.#documents.get(operation) ?? checked(operation.toString());
    this.#documents.set(operation, document);
    return { schema, document, variableValues: { ...(variables as object) }, contextValue: { operation: work } };
  }
}

function checked(source: string): DocumentNode {
  const document = parse(source);
  const [error] = validate(schema, document);
  if (error) throw error;
  return document;
}

function dataOf<T>({ data, errors }: ExecutionResult): T {
  if (errors || !data) throw failureOf(errors);
  return data as T;
}

/** What was thrown, where it was not the graph itself that did. */
function failureOf(errors: readonly GraphQLError[] | undefined): Error {
  const [error] = errors ?? [];
  if (!error) return new Error('The operation gave neither data nor an error.');
  return asBertqlError(error) ?? error.originalError ?? error;
}
