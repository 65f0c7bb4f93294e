import type { TypedDocumentString } from '../client/graphql.ts';

/**
 * The graph that a command asks, in this process or on a server: it gives the same either way. What it refuses is an
 * error with a `code`.
 */
export interface Graph {
  query<T, V extends object>(operation: TypedDocumentString<T, V>, variables: V): Promise<T>;
  /** Runs a subscription. Where a connection breaks, it goes on behind the last event's `cursor`. */
  subscribe<T, V extends object>(operation: TypedDocumentString<T, V>, variables: V): AsyncGenerator<T, void, void>;
  close(): Promise<void>;
}

/** Which graph, and what it is asked for. */
export interface GraphRequest {
  /** URL of a server; the graph is in this process where there is none, or an empty one. */
  readonly server: string | undefined;
  readonly apiKey: string | undefined;
  /** What is to be done: `tokens` need no model, `one` short text no more than one thread. */
  readonly work: 'tokens' | 'one' | 'many';
}
