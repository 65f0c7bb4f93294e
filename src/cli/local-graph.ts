import { loadConfig } from '../config.ts';
import { InProcessGraph } from '../library/in-process-graph.ts';
import { openRegistry } from '../models/open-registry.ts';
import { documentOptions } from '../server/document-options.ts';
import { ClientLimits } from '../server/limits/client-limits.ts';
import { ErrorMask } from '../server/mask-errors.ts';
import { openAnalyses } from '../server/open-analyses.ts';
import { Operations } from '../server/operations.ts';
import { VERSION } from '../version.ts';
import type { Graph, GraphRequest } from './graph.ts';
import { startInference } from './local-inference.ts';

/** A person at a terminal waits as long as they like, for as much as they like. */
const NO_LIMITS = {
  requestTimeoutMs: 2_147_483_647,
  maxRequestTokens: Number.MAX_SAFE_INTEGER,
  maxClientTokens: Number.MAX_SAFE_INTEGER,
  openTextIdleMs: 2_147_483_647,
};

/** Loads what the work needs in this process, as the settings of a server say. */
export async function openLocalGraph(work: GraphRequest['work'], signal: AbortSignal): Promise<Graph> {
  const settings = loadConfig();
  const config = work === 'many' ? settings : { ...settings, workers: 1 };
  const registry = await openRegistry(config);
  const inference = await startInference(registry, config, signal, work !== 'tokens');
  const unexpected = (error: unknown) => {
    throw error;
  };
  const documents = documentOptions(config);
  const analyses = await openAnalyses({ ...config, ...NO_LIMITS, redisUrl: undefined }, inference, unexpected);
  if (work === 'many') await analyses.work();
  const facts = { version: VERSION, limits: config };
  const graph = new InProcessGraph(
    new Operations({
      ...config,
      ...NO_LIMITS,
      services: { ...config, inference, analyses, documents, facts, reportFailure: unexpected },
      clients: new ClientLimits({ ...config, ...NO_LIMITS }),
      errors: new ErrorMask(unexpected),
      persisted: undefined,
      report: () => undefined,
      observers: [],
    }),
  );
  return {
    query: (operation, variables) => graph.query(operation, variables, signal),
    subscribe: (operation, variables) => graph.subscribe(operation, variables, signal),
    close: async () => {
      await analyses.close();
      await inference.close();
    },
  };
}
