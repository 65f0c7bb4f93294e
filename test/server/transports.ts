import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { TypedDocumentString } from '../../src/client/graphql.ts';
import type { Answer } from '../service.ts';

/** A way to run operations against a listening server. */
export interface Transport {
  readonly name: 'HTTP' | 'SSE' | 'WebSocket';
  /** Runs an operation; leaving the loop unsubscribes. */
  run<T, V>(operation: TypedDocumentString<T, V>, variables?: V): AsyncIterableIterator<Answer<T>>;
  dispose(): void | Promise<void>;
}

type Connect = (url: string) => Transport;

const overSse: Connect = (url) => {
  const client = createSseClient({ url, retryAttempts: 0 });
  return {
    name: 'SSE',
    run: <T, V>(operation: TypedDocumentString<T, V>, variables?: V) =>
      client.iterate({ query: operation.toString(), variables: { ...variables } }) as AsyncIterableIterator<Answer<T>>,
    dispose: () => client.dispose(),
  };
};

const overWebSocket: Connect = (url) => {
  const client = createSocketClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  return {
    name: 'WebSocket',
    run: <T, V>(operation: TypedDocumentString<T, V>, variables?: V) =>
      client.iterate({ query: operation.toString(), variables: { ...variables } }) as AsyncIterableIterator<Answer<T>>,
    dispose: () => client.dispose(),
  };
};

const overHttp: Connect = (url) => ({
  name: 'HTTP',
  async *run<T, V>(operation: TypedDocumentString<T, V>, variables?: V) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: operation.toString(), variables }),
    });
    yield (await response.json()) as Answer<T>;
  },
  dispose: () => undefined,
});

/** The transports that carry subscriptions; both must give the same events. */
export const STREAMING: readonly (readonly [name: string, connect: Connect])[] = [
  ['SSE', overSse],
  ['WebSocket', overWebSocket],
];

/** All transports: a guard must hold on each of them. */
export const TRANSPORTS: readonly (readonly [name: string, connect: Connect])[] = [['HTTP', overHttp], ...STREAMING];

/** Everything that an iterable gives, and the failure that it ended with, as an answer like the others. */
export async function answersOf<T>(answers: AsyncIterable<Answer<T>>): Promise<readonly Answer<T>[]> {
  const all: Answer<T>[] = [];
  try {
    for await (const answer of answers) all.push(answer);
  } catch (error) {
    // graphql-ws rejects with the errors of a refused operation.
    if (!Array.isArray(error)) throw error;
    all.push({ errors: error as NonNullable<Answer<T>['errors']> });
  }
  return all;
}
