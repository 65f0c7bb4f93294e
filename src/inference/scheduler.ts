import { abortError, type BertqlError } from '../errors.ts';
import type { Model } from '../models/registry.ts';
import { errorOf } from '../thrown.ts';
import { type Batch, isBatch, outputsOf, reportOf, requestOf } from './batch.ts';
import { notFinite, noWorkers, queueFull, shuttingDown } from './errors.ts';
import { type InferenceWorker, WorkerDied } from './inference-worker.ts';
import type { BatchReport, InferenceObserver } from './observer.ts';
import { PendingWork } from './pending-work.ts';
import { WorkQueue } from './queue.ts';
import { ScoreCache } from './score-cache.ts';
import type { ModelOutput, QueuedWork, Work } from './work.ts';
import { type WorkerHealth, WorkerPool } from './worker-pool.ts';

export interface SchedulerOptions {
  /** Number of threads. */
  readonly workers: number;
  /** Padded tokens in a batch on the CPU. */
  readonly batchTokens: number;
  /** Padded tokens in a batch on any other device. */
  readonly gpuBatchTokens: number;
  /** Milliseconds after which a batch counts as hung. */
  readonly batchTimeoutMs: number;
  /** Tokens that may be queued before work is refused with OVERLOADED. */
  readonly queueTokens: number;
  /** Bytes of cached results; 0 turns the cache off. */
  readonly cacheBytes: number;
  /** See `WorkerPoolOptions`. */
  readonly isCurrent?: ((model: Model) => Promise<boolean>) | undefined;
  readonly onStale?: ((model: Model) => void) | undefined;
  /** Called for every batch. */
  readonly observer?: InferenceObserver | undefined;
}

/** Counts since the start; they only grow. */
export interface SchedulerCounts {
  readonly batches: number;
  readonly sequences: number;
  readonly tokens: number;
  readonly paddedTokens: number;
  readonly workerRestarts: number;
}

/** Tokens per millisecond of one worker, to estimate how long a full queue takes until it is measured. */
const FIRST_GUESS_TOKENS_PER_MS = 20;

/**
 * Hands batches to the workers. There is no timer: a batch is formed as soon as a worker is free, from the work that is
 * queued at that moment. So an idle server answers at once, and batches grow with the load.
 */
export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #queue = new WorkQueue();
  /** The cache of results. */
  readonly results: ScoreCache;
  readonly #pending = new PendingWork((work) => this.#queue.remove(work));
  readonly #pool: WorkerPool;
  readonly #idle = new Set<InferenceWorker>();
  readonly #counts = { batches: 0, sequences: 0, tokens: 0, paddedTokens: 0 };
  #tokensPerMs = FIRST_GUESS_TOKENS_PER_MS;
  /** Callbacks for the end of this turn of the event loop; `undefined` if the end is not scheduled. */
  #endOfTurn: (() => void)[] | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.results = new ScoreCache(options.cacheBytes);
    this.#pool = new WorkerPool({
      size: options.workers,
      batchTimeoutMs: options.batchTimeoutMs,
      isCurrent: options.isCurrent,
      onStale: options.onStale,
      onReady: (worker) => this.#free(worker),
      onGone: (worker) => this.#idle.delete(worker),
    });
  }

  get counts(): SchedulerCounts {
    return { ...this.#counts, workerRestarts: this.#pool.restarts };
  }

  /** Tokens that are queued. */
  get queuedTokens(): number {
    return this.#queue.tokens;
  }

  /** Health of the worker threads. */
  get workers(): WorkerHealth {
    return this.#pool.health;
  }

  /** Starts the workers and loads the models in all of them. Rejects if a model cannot be loaded. */
  start(models: readonly Model[]): Promise<void> {
    return this.#pool.start(models);
  }

  /** Loads a model in all workers while they keep serving other models. Rejects if it cannot be loaded. */
  load(model: Model): Promise<void> {
    return this.#pool.load(model);
  }

  unload(model: Model): Promise<void> {
    return this.#pool.unload(model);
  }

  /**
   * Queues a sequence and resolves with its result. Rejects at once with OVERLOADED if the queue is full, with the
   * signal's reason as soon as it is aborted, and with SHUTTING_DOWN after {@link close}.
   */
  submit(work: Work): Promise<ModelOutput> {
    const { model, ids, ranges, lane, group, signal } = work;
    if (this.#closed) return Promise.reject(shuttingDown());
    if (signal?.aborted) return Promise.reject(abortError(signal));
    const key = this.results.keyOf(work);
    const known = key === undefined ? undefined : this.results.get(key);
    if (known) return Promise.resolve(known);
    const { outageMs } = this.#pool;
    if (outageMs !== undefined) return Promise.reject(noWorkers(outageMs));
    const { prefix, suffix } = model.tokenizer;
    const length = prefix.length + ids.length + suffix.length;
    // An empty queue takes one sequence of any length: it could otherwise never be run, however often it is repeated.
    const waiting = this.#queue.tokens;
    if (waiting > 0 && waiting + length > this.#options.queueTokens) return Promise.reject(this.#overloaded());
    const enqueuedAt = performance.now();
    return new Promise((resolve, reject) => {
      // Written out: a spread makes V8 allocate 3 KB for each sequence.
      const queued = {
        model,
        ids,
        ranges,
        lane,
        group,
        signal,
        length,
        key,
        enqueuedAt,
        queued: true,
        failures: 0,
        resolve,
        reject,
      };
      this.#pending.add(queued);
      this.#queue.push(queued);
      this.#dispatchSoon();
    });
  }

  /** Calls back at the end of this turn of the event loop, just before the submitted work is batched. */
  readonly atEndOfTurn = (callback: () => void): void => {
    if (this.#endOfTurn) this.#endOfTurn.push(callback);
    else this.#endTurn([callback]);
  };

  /** Rejects queued work, lets running batches finish and ends the workers. */
  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  async #drain(): Promise<void> {
    for (let batch = this.#queue.take(1); batch.length > 0; batch = this.#queue.take(1)) {
      for (const work of batch) this.#fail(work, shuttingDown());
    }
    await this.#pool.close();
  }

  #fail(work: QueuedWork, error: Error): void {
    this.#pending.delete(work);
    work.reject(error);
  }

  #free(worker: InferenceWorker): void {
    if (worker.closing || worker.dead || worker.loading) return;
    this.#idle.add(worker);
    this.#dispatch();
  }

  /** Dispatches at the end of this turn of the event loop, so that all work of the turn shares batches. */
  #dispatchSoon(): void {
    if (this.#endOfTurn || this.#idle.size === 0) return;
    this.#endTurn([]);
  }

  #endTurn(callbacks: (() => void)[]): void {
    this.#endOfTurn = callbacks;
    setImmediate(() => {
      for (const callback of callbacks) callback();
      this.#endOfTurn = undefined;
      this.#dispatch();
    });
  }

  #dispatch(): void {
    for (const worker of this.#idle) {
      // If there is little work, it is split among the idle workers instead of forming one big batch for one of them.
      const share = Math.ceil(this.#queue.tokens / this.#idle.size);
      const batch = this.#queue.take((model) => Math.min(this.#budgetOf(model), share));
      if (!isBatch(batch)) return;
      this.#idle.delete(worker);
      void this.#run(worker, batch);
    }
  }

  /** The most padded tokens of a batch. If batch-mates would change each other's results, each sequence runs alone. */
  #budgetOf(model: Model): number {
    if (!model.batchInvariant) return 1;
    return model.device === 'cpu' ? this.#options.batchTokens : this.#options.gpuBatchTokens;
  }

  async #run(worker: InferenceWorker, batch: Batch): Promise<void> {
    const startedAt = performance.now();
    try {
      const reply = await this.#pool.run(worker, requestOf(batch));
      const report = reportOf(batch, startedAt, reply);
      this.#count(report);
      this.#options.observer?.batchDone(report);
      const invalid = new Set(reply.notFinite.map((index) => batch[index]));
      for (const [work, output] of outputsOf(batch, startedAt, reply)) {
        if (invalid.has(work)) {
          this.#fail(work, notFinite(work.model.id));
          continue;
        }
        if (work.key !== undefined) this.results.set(work.key, output.values);
        this.#pending.delete(work);
        work.resolve(output);
      }
    } catch (error) {
      for (const work of batch) this.#retryOrReject(work, error);
    }
    this.#free(worker);
  }

  /** Runs a batch once more if its worker died; any other failure is final. */
  #retryOrReject(work: QueuedWork, error: unknown): void {
    if (error instanceof WorkerDied && work.failures === 0 && !this.#closed && this.#pending.has(work)) {
      this.#queue.push(Object.assign(work, { queued: true, failures: 1 }));
      this.#dispatchSoon();
      return;
    }
    this.#fail(work, this.#closed && error instanceof WorkerDied ? shuttingDown() : errorOf(error));
  }

  #count({ sequences, tokens, paddedTokens, inferenceMs }: BatchReport): void {
    this.#counts.batches++;
    this.#counts.sequences += sequences;
    this.#counts.tokens += tokens;
    this.#counts.paddedTokens += paddedTokens;
    this.#tokensPerMs += 0.1 * (tokens / Math.max(inferenceMs, 0.01) - this.#tokensPerMs);
  }

  #overloaded(): BertqlError {
    const waiting = this.#queue.tokens;
    const retryAfterMs = Math.ceil(waiting / (this.#tokensPerMs * this.#options.workers));
    return queueFull(waiting, this.#options.queueTokens, retryAfterMs);
  }
}
