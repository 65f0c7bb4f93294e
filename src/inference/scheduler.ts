import { abortError, BertqlError } from '../errors.ts';
import type { Model } from '../models/registry.ts';
import { InferenceWorker, WorkerDied } from './inference-worker.ts';
import { ScoreCache } from './score-cache.ts';
import { Waiters } from './waiters.ts';
import type { QueuedWork, Scores, Work } from './work.ts';
import { WorkQueue } from './work-queue.ts';

export interface SchedulerOptions {
  /** Threads. */
  readonly workers: number;
  /** Padded tokens in a batch. */
  readonly batchTokens: number;
  /** Tokens that may wait before work is refused with OVERLOADED. */
  readonly queueTokens: number;
  /** Bytes of remembered scores; 0 for none. */
  readonly cacheBytes: number;
}

/** Counts since the start; they only grow. */
export interface SchedulerCounts {
  readonly batches: number;
  readonly sequences: number;
  readonly tokens: number;
  readonly paddedTokens: number;
  readonly workerRestarts: number;
}

/** Tokens a second of one worker, for a first guess of how long a full queue takes; then it is measured. */
const FIRST_GUESS_TOKENS_PER_MS = 20;

/**
 * Hands batches to the workers. There is no timer: a batch is formed the moment a worker is free,
 * from whatever waits then, so that an idle server answers at once and a busy one batches by itself.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #queue = new WorkQueue();
  readonly #cache: ScoreCache;
  readonly #waiters = new Waiters((work) => this.#abandon(work));
  readonly #models: Model[] = [];
  readonly #workers = new Set<InferenceWorker>();
  readonly #idle = new Set<InferenceWorker>();
  readonly #counts = { batches: 0, sequences: 0, tokens: 0, paddedTokens: 0, workerRestarts: 0 };
  #tokensPerMs = FIRST_GUESS_TOKENS_PER_MS;
  #dispatching = false;
  #closed: Promise<void> | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#cache = new ScoreCache(options.cacheBytes);
  }

  get counts(): SchedulerCounts {
    return { ...this.#counts };
  }

  /** Tokens that wait for a worker. */
  get queuedTokens(): number {
    return this.#queue.tokens;
  }

  /** Starts the workers and loads the models in all of them. Rejects where a model cannot be loaded. */
  async start(models: readonly Model[]): Promise<void> {
    this.#models.push(...models);
    await Promise.all(Array.from({ length: this.#options.workers }, () => this.#startWorker()));
  }

  /**
   * Queues work and resolves with its scores. Rejects at once with OVERLOADED where the queue is full,
   * with the signal's reason as soon as it is aborted, and with SHUTTING_DOWN after {@link close}.
   */
  submit({ signal, ...work }: Work): Promise<Scores> {
    if (this.#closed) return Promise.reject(shuttingDown());
    if (signal?.aborted) return Promise.reject(abortError(signal));
    const key = this.#cache.keyOf(work);
    if (key !== undefined) {
      const known = this.#cache.scoresOf(key);
      if (known) return Promise.resolve(known);
      const underWay = this.#cache.underWay(key);
      if (underWay) return this.#waiters.wait(underWay, signal);
    }
    if (this.#queue.tokens + work.ids.length > this.#options.queueTokens) return Promise.reject(this.#overloaded());
    const queued: QueuedWork = { ...work, key, enqueuedAt: performance.now(), queued: true, failures: 0 };
    this.#cache.begin(queued);
    this.#queue.push(queued);
    this.#dispatchSoon();
    return this.#waiters.wait(queued, signal);
  }

  /** Refuses what waits, lets running batches finish, and ends the workers. */
  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  async #drain(): Promise<void> {
    for (let batch = this.#queue.take(1); batch.length > 0; batch = this.#queue.take(1)) {
      for (const work of batch) this.#fail(work, shuttingDown());
    }
    await Promise.all([...this.#workers].map((worker) => worker.close()));
  }

  async #startWorker(): Promise<void> {
    const worker = new InferenceWorker();
    this.#workers.add(worker);
    void worker.ended.then(() => this.#onEnded(worker));
    for (const model of this.#models) await worker.load(model);
    this.#free(worker);
  }

  #onEnded(worker: InferenceWorker): void {
    this.#workers.delete(worker);
    this.#idle.delete(worker);
    if (worker.closing || this.#closed) return;
    this.#counts.workerRestarts++;
    // A replacement that dies while it loads is replaced in its turn, through its own `ended`.
    this.#startWorker().catch(() => undefined);
  }

  /** Nobody waits for the work any more: it is dropped, unless it runs already. */
  #abandon(work: QueuedWork): void {
    if (work.queued) this.#cache.end(work);
    this.#queue.remove(work);
  }

  #fail(work: QueuedWork, error: Error): void {
    this.#cache.end(work);
    this.#waiters.reject(work, error);
  }

  #free(worker: InferenceWorker): void {
    if (!this.#workers.has(worker)) return;
    this.#idle.add(worker);
    this.#dispatch();
  }

  /** Dispatches once all work of this turn of the event loop is in, so that it shares batches. */
  #dispatchSoon(): void {
    if (this.#dispatching || this.#idle.size === 0) return;
    this.#dispatching = true;
    setImmediate(() => {
      this.#dispatching = false;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (const worker of this.#idle) {
      // Little work is split between the idle workers instead of making one big batch for one of them.
      const share = Math.ceil(this.#queue.tokens / this.#idle.size);
      const batch = this.#queue.take(Math.min(this.#options.batchTokens, share));
      if (batch.length === 0) return;
      this.#idle.delete(worker);
      void this.#run(worker, batch);
    }
  }

  async #run(worker: InferenceWorker, batch: readonly QueuedWork[]): Promise<void> {
    const startedAt = performance.now();
    const request = concatenate(batch);
    const tokens = request.ids.length;
    const padded = request.lengths.length * request.lengths.reduce((most, length) => Math.max(most, length), 0);
    try {
      const { probabilities, inferenceMs } = await worker.run(request);
      this.#count(batch.length, tokens, padded, inferenceMs);
      let at = 0;
      for (const work of batch) {
        const rows = work.model.task === 'NER' ? work.ids.length : 1;
        const own = probabilities.slice(at, at + rows * work.model.labels.length);
        at += own.length;
        const queueMs = startedAt - work.enqueuedAt;
        this.#cache.end(work, own);
        this.#waiters.resolve(work, {
          probabilities: own,
          queueMs,
          inferenceMs,
          batchSize: batch.length,
          cached: false,
        });
      }
    } catch (error) {
      for (const work of batch) this.#retryOrReject(work, error);
    }
    this.#free(worker);
  }

  /** A batch that died with its worker is run once more; any other failure is final. */
  #retryOrReject(work: QueuedWork, error: unknown): void {
    if (error instanceof WorkerDied && work.failures === 0 && !this.#closed && this.#waiters.has(work)) {
      this.#queue.push(Object.assign(work, { queued: true, failures: 1 }));
      this.#dispatchSoon();
      return;
    }
    this.#fail(work, this.#closed && error instanceof WorkerDied ? shuttingDown() : toError(error));
  }

  #count(sequences: number, tokens: number, padded: number, inferenceMs: number): void {
    this.#counts.batches++;
    this.#counts.sequences += sequences;
    this.#counts.tokens += tokens;
    this.#counts.paddedTokens += padded;
    this.#tokensPerMs += 0.1 * (tokens / Math.max(inferenceMs, 0.01) - this.#tokensPerMs);
  }

  #overloaded(): BertqlError {
    const waiting = this.#queue.tokens;
    const retryAfterMs = Math.ceil(waiting / (this.#tokensPerMs * this.#options.workers));
    return new BertqlError(
      'OVERLOADED',
      `The queue is full: ${waiting} tokens wait, and at most ${this.#options.queueTokens} may. Try again in ${retryAfterMs} ms.`,
      { retryAfterMs },
    );
  }
}

function concatenate(batch: readonly QueuedWork[]) {
  const lengths = Int32Array.from(batch, (work) => work.ids.length);
  const ids = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const work of batch) {
    ids.set(work.ids, at);
    at += work.ids.length;
  }
  const first = batch[0];
  if (!first) throw new Error('A batch holds at least one sequence.');
  return { type: 'run', model: first.model.id, ids, lengths, padId: first.model.vocabulary.padId } as const;
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function shuttingDown(): BertqlError {
  return new BertqlError('SHUTTING_DOWN', 'The server is stopping and takes no new work; try again in a moment.');
}
