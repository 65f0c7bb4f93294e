import type { BertqlError } from '../errors.ts';
import type { Job } from './analysis.ts';

/**
 * Runs a job. Resolves when nothing is left to do, however the analysis ended, or with a job for the rest, to be queued
 * after the others. Rejects if the job was interrupted by its signal or by the loss of the store. Running a job twice,
 * even at the same time, is harmless.
 */
export type RunJob = (job: Job, signal: AbortSignal) => Promise<Job | undefined>;

/** The state of a queue. */
export interface QueueCounts {
  readonly waiting: number;
  readonly running: number;
  /** Milliseconds since the oldest queued job was added; 0 if none is queued. */
  readonly oldestMs: number;
}

/** A queue of jobs, with the workers of this process. */
export interface JobQueue {
  /** The OVERLOADED error if the queue is full, otherwise `undefined`. */
  fullness(): Promise<BertqlError | undefined>;
  counts(): Promise<QueueCounts>;
  /** Queues a job. Does nothing if it is queued or running already. */
  add(job: Job): Promise<void>;
  /** Runs jobs in this process until the queue is closed. */
  work(run: RunJob): Promise<void>;
  /**
   * Takes no more jobs, interrupts those that run here with SHUTTING_DOWN, and waits until they have stopped. Resolves
   * with the jobs that nobody will run now; none if the queue outlives this process.
   */
  close(): Promise<readonly Job[]>;
}

export interface JobQueueOptions {
  /** The most jobs that run in this process at a time. */
  readonly jobConcurrency: number;
  /** The most queued jobs. */
  readonly jobQueue: number;
}

/** Milliseconds after which a client should retry if the queue is full: jobs take seconds, not milliseconds. */
export const RETRY_JOB_AFTER_MS = 5000;
