import type { Graph, GraphRequest } from './graph.ts';

/** Opens the graph; only what it needs is loaded. Its work stops when the signal is aborted. */
export async function openGraph({ server, apiKey, work }: GraphRequest, signal: AbortSignal): Promise<Graph> {
  if (server) return (await import('./remote-graph.ts')).openRemoteGraph(server, apiKey, signal);
  return (await import('./local-graph.ts')).openLocalGraph(work, signal);
}
