import { setMaxListeners } from 'node:events';
import { BertqlError } from '../errors.ts';
import type { Job } from './analysis.ts';
import { type JobQueue, type JobQueueOptions, type QueueCounts, RETRY_JOB_AFTER_MS, type RunJob } from './queue.ts';
import { noRoom } from './store-errors.ts';

/** The queue of a single process: jobs run in the order in which they were added, and end with the process. */
export class MemoryJobQueue implements JobQueue {
  readonly #options: JobQueueOptions;
  readonly #waiting = new Map<string, Job>();
  /** When each queued job was added, in milliseconds since 1970. */
  readonly #since = new Map<string, number>();
  readonly #running = new Map<string, { readonly job: Job; readonly done: Promise<void> }>();
  readonly #closing = new AbortController();
  #run: RunJob | undefined;

  constructor(options: JobQueueOptions) {
    this.#options = options;
    // All jobs listen to it.
    setMaxListeners(0, this.#closing.signal);
  }

  async fullness(): Promise<BertqlError | undefined> {
    if (this.#waiting.size < this.#options.jobQueue) return undefined;
    return noRoom(`${this.#waiting.size} analyses are queued, the most that may be.`, RETRY_JOB_AFTER_MS);
  }

  async counts(): Promise<QueueCounts> {
    const [oldest] = this.#since.values();
    const oldestMs = oldest === undefined ? 0 : Date.now() - oldest;
    return { waiting: this.#waiting.size, running: this.#running.size, oldestMs };
  }

  async add(job: Job): Promise<void> {
    if (this.#closing.signal.aborted) {
      throw new BertqlError('SHUTTING_DOWN', 'The server is stopping and starts no analysis; try again in a moment.');
    }
    this.#add(job);
    this.#startNext();
  }

  async work(run: RunJob): Promise<void> {
    this.#run = run;
    this.#startNext();
  }

  async close(): Promise<readonly Job[]> {
    const unfinished = [...this.#running.values()].map(({ job }) => job).concat([...this.#waiting.values()]);
    this.#waiting.clear();
    this.#since.clear();
    this.#closing.abort(new BertqlError('SHUTTING_DOWN', 'The server is stopping.'));
    await Promise.all([...this.#running.values()].map(({ done }) => done));
    return unfinished;
  }

  #add(job: Job): void {
    const key = keyOf(job);
    if (this.#waiting.has(key) || this.#running.has(key)) return;
    this.#waiting.set(key, job);
    this.#since.set(key, Date.now());
  }

  #startNext(): void {
    for (const [key, job] of this.#waiting) {
      if (!this.#run || this.#running.size >= this.#options.jobConcurrency) return;
      this.#waiting.delete(key);
      this.#since.delete(key);
      // A run only rejects if it is interrupted, and `close` then returns its job.
      const done = this.#run(job, this.#closing.signal)
        .catch(() => undefined)
        .then((rest) => {
          this.#running.delete(key);
          if (this.#closing.signal.aborted) return;
          if (rest) this.#add(rest);
          this.#startNext();
        });
      this.#running.set(key, { job, done });
    }
  }
}

function keyOf({ id, run, wake }: Job): string {
  return `${id}:${run}:${wake}`;
}
