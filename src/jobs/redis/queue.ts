import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { type Job as BullJob, Queue, WaitingError, Worker } from 'bullmq';
import { asBertqlError, BertqlError } from '../../errors.ts';
import type { Job } from '../analysis.ts';
import { type JobQueue, type JobQueueOptions, type QueueCounts, RETRY_JOB_AFTER_MS, type RunJob } from '../queue.ts';
import { noRoom } from '../store-errors.ts';
import { KEY_PREFIX } from './commands.ts';
import { type RedisConnections, withStoreErrors } from './connections.ts';

export interface RedisJobQueueOptions extends JobQueueOptions {
  /** Milliseconds without a sign of life from a job's worker after which another one takes the job. */
  readonly jobLockMs: number;
}

/** What a queue asks and tells about the analyses of its jobs. */
export interface JobProgress {
  /** The sequence number of the last event of a job's analysis. */
  reached(job: Job): Promise<number>;
  /** Ends the analysis of a job during which too many workers have died. */
  giveUp(job: Job): Promise<void>;
}

const PREFIX = `${KEY_PREFIX}jobs`;

/** The workers that may die during one job, which may be what kills them, if it does not advance meanwhile. */
const MOST_DEATHS = 25;

/** Milliseconds after which a job that lost the store runs again. */
const RETRY_PAUSE_MS = 500;

/** A job that fails unexpectedly is retried every second, for a day. */
const ATTEMPTS = { attempts: 86_400, backoff: { type: 'fixed', delay: 1000 } } as const;

/** Milliseconds that closing waits to give running jobs back to Redis. */
const CLOSE_TIMEOUT_MS = 5000;

/** A queue for many machines, on BullMQ. If a worker dies, another one takes its job. */
export class RedisJobQueue implements JobQueue {
  readonly #connections: RedisConnections;
  readonly #options: RedisJobQueueOptions;
  readonly #name: string;
  readonly #progress: JobProgress;
  readonly #queue: Queue<Job>;
  /** The jobs that run in this process. */
  readonly #running = new Map<string | undefined, Promise<void>>();
  readonly #closing = new AbortController();
  #worker: Worker<Job> | undefined;

  /** @param name the name of the queue in Redis */
  constructor(connections: RedisConnections, name: string, options: RedisJobQueueOptions, progress: JobProgress) {
    this.#name = name;
    this.#connections = connections;
    this.#options = options;
    this.#progress = progress;
    // All jobs listen to it.
    setMaxListeners(0, this.#closing.signal);
    this.#queue = new Queue<Job>(name, { connection: connections.commands, prefix: PREFIX });
    // The connections report an outage once; here it would be reported with every attempt.
    this.#queue.on('error', () => undefined);
  }

  async fullness(): Promise<BertqlError | undefined> {
    this.#connections.health.check(true);
    const waiting = await withStoreErrors(this.#queue.getWaitingCount(), this.#connections.health);
    if (waiting < this.#options.jobQueue) return undefined;
    return noRoom(`${waiting} analyses are queued, the most that may be.`, RETRY_JOB_AFTER_MS);
  }

  async counts(): Promise<QueueCounts> {
    this.#connections.health.check(false);
    const [waiting, running, [oldest]] = await withStoreErrors(
      Promise.all([this.#queue.getWaitingCount(), this.#queue.getActiveCount(), this.#queue.getWaiting(0, 0)]),
      this.#connections.health,
    );
    return { waiting, running, oldestMs: oldest ? Date.now() - oldest.timestamp : 0 };
  }

  async add(job: Job): Promise<void> {
    const jobId = [job.id, job.run, job.wake ?? []].flat().join('-');
    const keep = { removeOnComplete: true, removeOnFail: { age: 60 * 60 } };
    this.#connections.health.check(true);
    await withStoreErrors(this.#queue.add(this.#name, job, { jobId, ...ATTEMPTS, ...keep }), this.#connections.health);
  }

  async work(run: RunJob): Promise<void> {
    const { jobConcurrency, jobLockMs } = this.#options;
    const worker = new Worker<Job>(this.#name, (job, token) => this.#process(job, token, run), {
      connection: this.#connections.forWorker(),
      prefix: PREFIX,
      concurrency: jobConcurrency,
      lockDuration: jobLockMs,
      stalledInterval: Math.ceil(jobLockMs / 2),
      // Deaths are judged when a job begins again.
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: 1000,
    });
    this.#worker = worker;
    worker.on('error', () => undefined);
    await withStoreErrors(worker.waitUntilReady());
  }

  async close(): Promise<readonly Job[]> {
    this.#closing.abort(new BertqlError('SHUTTING_DOWN', 'The server is stopping; another one resumes the analysis.'));
    const closed = Promise.all([this.#worker?.close(), this.#queue.close()]);
    closed.catch(() => undefined);
    // If Redis is down, there is nothing to wait for: the locks expire, and other workers take the jobs.
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)))]);
    clearTimeout(timer);
    return [];
  }

  async #process(job: BullJob<Job>, token: string | undefined, run: RunJob): Promise<void> {
    const { signal } = this.#closing;
    try {
      // It comes again if its lock was lost while it runs here, as when Redis was down for longer.
      let running = this.#running.get(job.id);
      if (!running) {
        running = this.#runPatiently(job, run).finally(() => this.#running.delete(job.id));
        this.#running.set(job.id, running);
      }
      await running;
    } catch (error) {
      if (!signal.aborted) throw error;
      // If it is given back, another worker takes the job at once instead of when its lock expires.
      await job.moveToWait(token);
      throw new WaitingError();
    }
  }

  /**
   * Runs a job again as long as the store is lost. This worker keeps the job meanwhile: a Redis that refuses writes does
   * not take it back, so another worker would get it only when its lock expires.
   */
  async #runPatiently(job: BullJob<Job>, run: RunJob): Promise<void> {
    const { signal } = this.#closing;
    while (true) {
      try {
        if (await this.#isDeadly(job)) return await this.#progress.giveUp(job.data);
        const rest = await run(job.data, signal);
        // Before this one is done, so that no death between the two loses it.
        if (rest) await this.add(rest);
        return;
      } catch (error) {
        if (signal.aborted || asBertqlError(error)?.code !== 'STORE_UNAVAILABLE') throw error;
      }
      await delay(RETRY_PAUSE_MS, undefined, { signal });
    }
  }

  /** Whether too many workers have died since the job last advanced: what comes next kills them. */
  async #isDeadly(job: BullJob<Job>): Promise<boolean> {
    const { stalledCounter: deaths } = job;
    if (deaths === 0) return false;
    const reached = await this.#progress.reached(job.data);
    const before = beginningOf(job.progress);
    if (reached <= before.reached) return deaths - before.deaths >= MOST_DEATHS;
    await withStoreErrors(job.updateProgress({ reached, deaths } satisfies Beginning), this.#connections.health);
    return false;
  }
}

/** When a job began again with more events than before. */
interface Beginning {
  /** Sequence number of the last event then. */
  readonly reached: number;
  /** The workers that had died until then. */
  readonly deaths: number;
}

function beginningOf(progress: unknown): Beginning {
  const isBeginning = typeof progress === 'object' && progress !== null && 'reached' in progress;
  return isBeginning ? (progress as Beginning) : { reached: -1, deaths: 0 };
}
