import { setMaxListeners } from 'node:events';
import { type Job as BullJob, Queue, UnrecoverableError, WaitingError, Worker } from 'bullmq';
import { BertqlError } from '../../errors.ts';
import type { Job } from '../analysis.ts';
import { type JobQueue, type JobQueueOptions, type QueueCounts, RETRY_JOB_AFTER_MS, type RunJob } from '../queue.ts';
import { noRoom } from '../store-errors.ts';
import { KEY_PREFIX } from './commands.ts';
import { type RedisConnections, withStoreErrors } from './connections.ts';

export interface RedisJobQueueOptions extends JobQueueOptions {
  /** Milliseconds without a sign of life after which a job goes to another worker. */
  readonly jobLockMs: number;
}

const PREFIX = `${KEY_PREFIX}jobs`;

/** Workers that may die over one job before it is given up: it may well be what kills them. */
const MOST_DEATHS = 25;

/** A job is done again where Redis was lost under it; every second, for a day. */
const ATTEMPTS = { attempts: 86_400, backoff: { type: 'fixed', delay: 1000 } } as const;

/** Milliseconds that closing waits for Redis to take a running job back. */
const CLOSE_TIMEOUT_MS = 5000;

/** The queue of many machines: BullMQ's. A job whose worker dies goes to another one. */
export class RedisJobQueue implements JobQueue {
  readonly #connections: RedisConnections;
  readonly #options: RedisJobQueueOptions;
  readonly #name: string;
  readonly #giveUp: (job: Job) => Promise<void>;
  readonly #queue: Queue<Job>;
  readonly #closing = new AbortController();
  #worker: Worker<Job> | undefined;

  /**
   * @param name of the queue in Redis
   * @param giveUp called with a job that too many workers have died over
   */
  constructor(
    connections: RedisConnections,
    name: string,
    options: RedisJobQueueOptions,
    giveUp: (job: Job) => Promise<void>,
  ) {
    this.#name = name;
    this.#connections = connections;
    this.#options = options;
    this.#giveUp = giveUp;
    // All jobs listen to it.
    setMaxListeners(0, this.#closing.signal);
    this.#queue = new Queue<Job>(name, { connection: connections.commands, prefix: PREFIX });
    // The connections report an outage once; here it would be told with every attempt.
    this.#queue.on('error', () => undefined);
  }

  async fullness(): Promise<BertqlError | undefined> {
    this.#connections.health.check(true);
    const waiting = await withStoreErrors(this.#queue.getWaitingCount(), this.#connections.health);
    if (waiting < this.#options.jobQueue) return undefined;
    return noRoom(`${waiting} analyses wait, and no more may.`, RETRY_JOB_AFTER_MS);
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
      maxStalledCount: MOST_DEATHS,
      runRetryDelay: 1000,
    });
    this.#worker = worker;
    worker.on('error', () => undefined);
    worker.on('failed', (job, error) => {
      const final = error instanceof UnrecoverableError || (job && job.attemptsMade >= ATTEMPTS.attempts);
      if (job && final) this.#giveUp(job.data).catch(() => undefined);
    });
    await withStoreErrors(worker.waitUntilReady());
  }

  async close(): Promise<readonly Job[]> {
    this.#closing.abort(new BertqlError('SHUTTING_DOWN', 'The server is stopping; another one goes on.'));
    const closed = Promise.all([this.#worker?.close(), this.#queue.close()]);
    closed.catch(() => undefined);
    // Where Redis is away there is nobody to wait for: the locks run out, and the jobs go to others.
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, CLOSE_TIMEOUT_MS)))]);
    clearTimeout(timer);
    return [];
  }

  async #process(job: BullJob<Job>, token: string | undefined, run: RunJob): Promise<void> {
    const { signal } = this.#closing;
    try {
      const rest = await run(job.data, signal);
      // Before this one is done, so that no death between the two loses it.
      if (rest) await this.add(rest);
    } catch (error) {
      if (!signal.aborted) throw error;
      // Given back, the job is taken by another worker at once and not when its lock runs out.
      await job.moveToWait(token);
      throw new WaitingError();
    }
  }
}
