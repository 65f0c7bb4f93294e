import type { Config } from '../config.ts';
import type { ReportFailure } from '../documents/analysis.ts';
import type { Inference } from '../inference/inference.ts';
import { Analyses } from '../jobs/analyses.ts';
import type { Job } from '../jobs/analysis-record.ts';
import { endAnalysis } from '../jobs/ending.ts';
import { MemoryAnalysisLog } from '../jobs/memory-log.ts';
import { MemoryJobQueue } from '../jobs/memory-queue.ts';
import { documentOptions } from './document-options.ts';

/** The analyses of a server: in memory, or in Redis where one is configured. Throws `RedisUnreachable`. */
export async function openAnalyses(
  config: Config,
  inference: Inference,
  reportFailure: ReportFailure,
): Promise<Analyses> {
  const parts = { inference, documents: documentOptions(config), reportFailure };
  if (config.redisUrl === undefined) {
    return new Analyses(new MemoryJobQueue(config), { ...parts, log: new MemoryAnalysisLog(config) });
  }
  // Only those who want Redis should load its packages.
  const [{ RedisConnections }, { RedisAnalysisLog }, { RedisJobQueue }] = await Promise.all([
    import('../jobs/redis/connections.ts'),
    import('../jobs/redis/redis-log.ts'),
    import('../jobs/redis/redis-queue.ts'),
  ]);
  const connections = await RedisConnections.open(config.redisUrl, reportFailure);
  const log = new RedisAnalysisLog(connections, config);
  const giveUp = async ({ id, run }: Job) => {
    const message = 'The analysis was given up, since too many workers ended while they were at it.';
    await endAnalysis(log, id, { state: 'FAILED', code: 'INTERNAL', message }, run);
  };
  return new Analyses(new RedisJobQueue(connections, config, giveUp), { ...parts, log });
}
