import type { Config } from '../../config.ts';
import type { Inference } from '../../inference/inference.ts';
import type { ReportFailure } from '../analysis.ts';
import { documentOptions } from '../document-options.ts';
import { Analyses } from './analyses.ts';
import { MemoryAnalysisLog } from './memory-log.ts';
import { MemoryJobQueue } from './memory-queue.ts';

/** The analyses of a server: in memory. */
export async function openAnalyses(
  config: Config,
  inference: Inference,
  reportFailure: ReportFailure,
): Promise<Analyses> {
  const parts = { inference, documents: documentOptions(config), reportFailure };
  return new Analyses(new MemoryJobQueue(config), { ...parts, log: new MemoryAnalysisLog(config) });
}
