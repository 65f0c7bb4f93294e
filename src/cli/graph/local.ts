import type { GraphAccess } from '../../client/graph-client.ts';
import { RequestError } from '../../client/request-error.ts';
import { loadConfig } from '../../config.ts';
import { asBertqlError } from '../../errors.ts';
import { InProcessGraph } from '../../library/in-process-graph.ts';
import { openRegistry } from '../../models/open-registry.ts';
import { documentOptions } from '../../server/document-options.ts';
import { ClientLimits } from '../../server/limits/client-limits.ts';
import { ErrorMask } from '../../server/mask-errors.ts';
import { openAnalyses } from '../../server/open-analyses.ts';
import { Operations } from '../../server/operations.ts';
import { VERSION } from '../../version.ts';
import { startInference, withInference } from './inference.ts';

/** How much there is to do: `tokens` need no model, and `one` short text no more than one thread. */
export type Work = 'tokens' | 'one' | 'many';

/** Somebody at a terminal may wait as long as they like, for as much as they like. */
const NO_LIMITS = {
  requestTimeoutMs: 2 ** 31 - 1,
  maxRequestTokens: Number.MAX_SAFE_INTEGER,
  maxClientTokens: Number.MAX_SAFE_INTEGER,
  openTextIdleMs: 2 ** 31 - 1,
};

/** Runs the graph in this process, with the settings of a server but without its limits. */
export async function withLocalGraph<T>(
  work: Work,
  signal: AbortSignal,
  use: (graph: GraphAccess) => Promise<T>,
): Promise<T> {
  const settings = loadConfig();
  const config = { ...settings, ...NO_LIMITS, ...(work !== 'many' && { workers: 1 }) };
  const registry = await openRegistry(config);
  return withInference(registry, config, async (inference) => {
    if (work !== 'tokens') await startInference(inference, signal);
    const analyses = await openAnalyses({ ...config, redisUrl: undefined }, inference, unexpected);
    try {
      if (work === 'many') await analyses.work();
      const documents = documentOptions(config);
      const facts = { version: VERSION, limits: settings };
      const operations = new Operations({
        ...config,
        services: { ...config, inference, analyses, documents, facts, reportFailure: unexpected },
        clients: new ClientLimits(config),
        errors: new ErrorMask(unexpected),
        persisted: undefined,
        report: () => undefined,
        observers: [],
      });
      return await use(accessTo(new InProcessGraph(operations), signal));
    } finally {
      await analyses.close();
    }
  });
}

/** The graph as a client queries it on a server. */
function accessTo(graph: InProcessGraph, signal: AbortSignal): GraphAccess {
  return {
    query: (operation, variables, own = signal) =>
      graph.query(operation, variables, own).catch((error: unknown) => {
        throw asRequestError(error);
      }),
    subscribe: async function* (operation, variables, own = signal) {
      try {
        yield* graph.subscribe(operation, variables, own);
      } catch (error) {
        throw asRequestError(error);
      }
    },
  };
}

function asRequestError(error: unknown): unknown {
  const expected = asBertqlError(error);
  return expected ? RequestError.of([expected]) : error;
}

function unexpected(error: unknown): never {
  throw error;
}
