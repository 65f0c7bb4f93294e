import { afterAll, beforeAll } from 'vitest';
import type { TypedDocumentString } from '../src/client/graphql.ts';
import { type Settings as Given, loadConfig } from '../src/config.ts';
import { BertqlServer } from '../src/server/server.ts';

/** The answer to an operation, as GraphQL over HTTP has it. */
export interface Answer<T> {
  readonly data?: T | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions?: Readonly<Record<string, unknown>>;
  }[];
}

/** A server with the real models, and ways to ask it. */
export interface Service {
  readonly server: BertqlServer;
  /** Unexpected failures that the server reported. */
  readonly failures: unknown[];
  /** The ids of the requests in which they happened. */
  readonly requestIds: readonly string[];
  /** Runs an operation through `fetch` and gives the whole answer. */
  ask<T, V>(operation: TypedDocumentString<T, V>, variables?: V): Promise<Answer<T>>;
  /** Runs an operation that must succeed and gives its data. */
  data<T, V>(operation: TypedDocumentString<T, V>, variables?: V): Promise<T>;
  /** Runs an operation that must fail and gives the code of its first error. */
  code<T, V>(operation: TypedDocumentString<T, V>, variables?: V): Promise<unknown>;
}

type Settings = Readonly<Record<string, string>>;

/**
 * Starts a server for the tests of a file and closes it after them.
 * Settings that are known only once other hooks have run are given as a function.
 * @param given settings that have no variable
 */
export function useService(settings: Settings | (() => Settings) = {}, given: Given = {}): Service {
  let running: BertqlServer | undefined;
  const failures: unknown[] = [];
  const requestIds: string[] = [];
  beforeAll(async () => {
    running = await startServer(typeof settings === 'function' ? settings() : settings, failures, requestIds, given);
  });
  afterAll(async () => {
    await running?.close();
  });
  const server = () => {
    if (!running) throw new Error('The server is not running yet; ask inside a test.');
    return running;
  };
  const ask = async <T, V>(operation: TypedDocumentString<T, V>, variables?: V): Promise<Answer<T>> => {
    const response = await server().graph.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query: operation.toString(), variables }),
    });
    return (await response.json()) as Answer<T>;
  };
  return {
    get server() {
      return server();
    },
    failures,
    requestIds,
    ask,
    data: async (operation, variables) => {
      const { data, errors } = await ask(operation, variables);
      if (errors || data == null) throw new Error(`The operation failed: ${JSON.stringify(errors)}`);
      return data;
    },
    code: async (operation, variables) => {
      const { errors } = await ask(operation, variables);
      return errors?.[0]?.extensions?.['code'];
    },
  };
}

export async function startServer(
  settings: Settings = {},
  failures: unknown[] = [],
  requestIds: string[] = [],
  given: Given = {},
): Promise<BertqlServer> {
  // Without the cache, so that what is asked is computed, however often a file asks it.
  const config = loadConfig({ PORT: '0', CACHE_BYTES: '0', ...settings }, given);
  const server = await BertqlServer.create(config, (error, requestId) => {
    failures.push(error);
    requestIds.push(requestId);
  });
  await server.start();
  return server;
}
