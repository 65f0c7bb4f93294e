import type { GraphAccess } from '../../client/graph-client.ts';
import type { Work } from './local.ts';

/** Which graph a command queries. */
export interface ServerFlags {
  /** URL of a server; without it, or if it is empty, the graph runs in this process. */
  readonly server?: string;
  readonly apiKey?: string;
}

/**
 * Opens the graph, in this process or on a server, and closes it after use: its results are the same either way, and
 * what it refuses is a `RequestError`. Its work stops when the signal is aborted.
 */
export async function withGraph<T>(
  { server, apiKey }: ServerFlags,
  work: Work,
  signal: AbortSignal,
  use: (graph: GraphAccess) => Promise<T>,
): Promise<T> {
  if (server) return (await import('./remote.ts')).withRemoteGraph(server, apiKey, signal, use);
  return (await import('./local.ts')).withLocalGraph(work, signal, use);
}
