import type { BertqlError } from '../errors.ts';
import type { Job } from './analysis.ts';

/**
 * Does a job. It resolves when nothing is left to do, whatever the end, or with a job that does the rest and waits its
 * turn after those that wait already. It rejects if it was interrupted: by its signal or by the loss of the store.
 * Doing a job twice, also at the same time, is harmless.
 */
export type RunJob = (job: Job, signal: AbortSignal) => Promise<Job | undefined>;

/** How a queue is. */
export interface QueueCounts {
  readonly waiting: number;
  readonly running: number;
  /** Milliseconds that the oldest job has waited; 0 if none waits. */
  readonly oldestMs: number;
}

/** Jobs that wait for a worker, and the workers of this process. */
export interface JobQueue {
  /** Why no more jobs may wait, OVERLOADED; nothing if they may. */
  fullness(): Promise<BertqlError | undefined>;
  counts(): Promise<QueueCounts>;
  /** Queues a job. Does nothing for one that waits or runs. */
  add(job: Job): Promise<void>;
  /** Runs jobs in this process until the queue is closed. */
  work(run: RunJob): Promise<void>;
  /**
   * Takes no more jobs, interrupts those that run here with SHUTTING_DOWN, and resolves when they have let go.
   * Gives the jobs that nobody will do now; none where the queue outlives this process.
   */
  close(): Promise<readonly Job[]>;
}

export interface JobQueueOptions {
  /** Jobs that run in this process at a time. */
  readonly jobConcurrency: number;
  /** Jobs that may wait. */
  readonly jobQueue: number;
}

/** What an OVERLOADED queue of jobs asks a client to wait: jobs take seconds, not milliseconds. */
export const RETRY_JOB_AFTER_MS = 5000;
