import { loadConfig } from '../config.ts';
import { Analyses } from '../jobs/analyses.ts';
import { MemoryAnalysisLog } from '../jobs/memory-log.ts';
import { MemoryJobQueue } from '../jobs/memory-queue.ts';
import { InProcessGraph } from '../library/in-process-graph.ts';
import { openRegistry } from '../models/open-registry.ts';
import { documentOptions } from '../server/document-options.ts';
import { VERSION } from '../version.ts';
import type { Graph, GraphRequest } from './graph.ts';
import { startInference } from './local-inference.ts';

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
  const log = new MemoryAnalysisLog(config);
  const analyses = new Analyses(new MemoryJobQueue(config), { inference, documents, log, reportFailure: unexpected });
  const facts = { version: VERSION, limits: config };
  const graph = new InProcessGraph({ ...config, inference, analyses, documents, facts, reportFailure: unexpected });
  return {
    query: (operation, variables) => graph.query(operation, variables, signal),
    subscribe: (operation, variables) => graph.subscribe(operation, variables, signal),
    close: async () => {
      await analyses.close();
      await inference.close();
    },
  };
}
