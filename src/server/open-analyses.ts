import type { Config } from '../config.ts';
import type { ReportFailure } from '../documents/analysis.ts';
import type { Inference } from '../inference/inference.ts';
import { Analyses } from '../jobs/analyses.ts';
import type { Job } from '../jobs/analysis.ts';
import { endAnalysis } from '../jobs/events.ts';
import { MemoryJobQueue } from '../jobs/memory-queue.ts';
import { MemoryAnalysisStore } from '../jobs/memory-store.ts';
import { TEXT_JOBS } from '../jobs/text-runner.ts';
import { documentOptions, textsAtOnce } from './document-options.ts';

/** Opens the analyses of a server, in memory or in a configured Redis. Throws `RedisUnreachable`. */
export async function openAnalyses(
  config: Config,
  inference: Inference,
  reportFailure: ReportFailure,
  onTail?: (tookMs: number) => void,
): Promise<Analyses> {
  const parts = {
    inference,
    documents: documentOptions(config),
    reportFailure,
    openTextIdleMs: config.openTextIdleMs,
    jobLockMs: config.jobLockMs,
    textsAtOnce: textsAtOnce(config),
    onTail,
  };
  const textQueue = { ...config, jobConcurrency: TEXT_JOBS };
  if (config.redisUrl === undefined) {
    const store = new MemoryAnalysisStore(config);
    return new Analyses({ ...parts, store, jobs: new MemoryJobQueue(config), textJobs: new MemoryJobQueue(textQueue) });
  }
  // These packages are loaded only if Redis is used.
  const [{ RedisConnections }, { RedisAnalysisStore }, { RedisJobQueue }] = await Promise.all([
    import('../jobs/redis/connections.ts'),
    import('../jobs/redis/store.ts'),
    import('../jobs/redis/queue.ts'),
  ]);
  const connections = await RedisConnections.open(config.redisUrl, reportFailure);
  const store = new RedisAnalysisStore(connections, config);
  const progress = {
    reached: async ({ id }: Job) => (await store.find(id))?.lastSequence ?? -1,
    giveUp: async ({ id, run }: Job) => {
      const message = 'The analysis was given up, since too many workers died while running it.';
      await endAnalysis(store, id, { state: 'FAILED', code: 'INTERNAL', message }, run);
    },
  };
  const jobs = new RedisJobQueue(connections, 'analyses', config, progress);
  const textJobs = new RedisJobQueue(connections, 'texts', textQueue, progress);
  return new Analyses({ ...parts, store, jobs, textJobs });
}
