import { abortError, BertqlError } from '../errors.ts';
import type { Model } from '../models/registry.ts';
import { InferenceWorker, WorkerDied } from './inference-worker.ts';
import type { QueuedWork, Scores, Work } from './work.ts';
import { WorkQueue } from './work-queue.ts';

export interface SchedulerOptions {
  /** Threads. */
  readonly workers: number;
  /** Padded tokens in a batch. */
  readonly batchTokens: number;
  /** Tokens that may wait before work is refused with OVERLOADED. */
  readonly queueTokens: number;
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
  readonly #models: Model[] = [];
  readonly #workers = new Set<InferenceWorker>();
  readonly #idle = new Set<InferenceWorker>();
  /** One listener a signal, however much work waits on it. */
  readonly #bySignal = new Map<AbortSignal, Set<QueuedWork>>();
  readonly #counts = { batches: 0, sequences: 0, tokens: 0, paddedTokens: 0, workerRestarts: 0 };
  #tokensPerMs = FIRST_GUESS_TOKENS_PER_MS;
  #dispatching = false;
  #closed: Promise<void> | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
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
  submit(work: Work): Promise<Scores> {
    if (this.#closed) return Promise.reject(shuttingDown());
    if (work.signal?.aborted) return Promise.reject(abortError(work.signal));
    if (this.#queue.tokens + work.ids.length > this.#options.queueTokens) return Promise.reject(this.#overloaded());
    return new Promise((resolve, reject) => {
      this.#enqueue({ ...work, enqueuedAt: performance.now(), resolve, reject, queued: true, failures: 0 });
    });
  }

  /** Refuses what waits, lets running batches finish, and ends the workers. */
  close(): Promise<void> {
    this.#closed ??= this.#drain();
    return this.#closed;
  }

  async #drain(): Promise<void> {
    for (let batch = this.#queue.take(1); batch.length > 0; batch = this.#queue.take(1)) {
      for (const work of batch) this.#settle(work, () => work.reject(shuttingDown()));
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

  #enqueue(work: QueuedWork): void {
    this.#queue.push(work);
    if (work.signal) this.#watch(work.signal, work);
    this.#dispatchSoon();
  }

  #watch(signal: AbortSignal, work: QueuedWork): void {
    const known = this.#bySignal.get(signal);
    if (known) {
      known.add(work);
      return;
    }
    const waiting = new Set([work]);
    this.#bySignal.set(signal, waiting);
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  readonly #onAbort = (event: Event): void => {
    const signal = event.target as AbortSignal;
    for (const work of this.#bySignal.get(signal) ?? []) {
      this.#queue.remove(work);
      this.#settle(work, () => work.reject(abortError(signal)));
    }
  };

  /** Ends the bookkeeping of work and settles its promise. */
  #settle(work: QueuedWork, settle: () => void): void {
    const { signal } = work;
    const waiting = signal && this.#bySignal.get(signal);
    if (waiting) {
      waiting.delete(work);
      if (waiting.size === 0) {
        this.#bySignal.delete(signal);
        signal.removeEventListener('abort', this.#onAbort);
      }
    }
    settle();
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
        const scores = {
          probabilities: own,
          queueMs: startedAt - work.enqueuedAt,
          inferenceMs,
          batchSize: batch.length,
        };
        this.#settle(work, () => work.resolve(scores));
      }
    } catch (error) {
      for (const work of batch) this.#retryOrReject(work, error);
    }
    this.#free(worker);
  }

  /** A batch that died with its worker is run once more; any other failure is final. */
  #retryOrReject(work: QueuedWork, error: unknown): void {
    if (error instanceof WorkerDied && work.failures === 0 && !this.#closed && !work.signal?.aborted) {
      this.#queue.push(Object.assign(work, { queued: true, failures: 1 }));
      this.#dispatchSoon();
      return;
    }
    const failure = error instanceof Error ? error : new Error(String(error));
    this.#settle(work, () => work.reject(this.#closed && error instanceof WorkerDied ? shuttingDown() : failure));
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

function shuttingDown(): BertqlError {
  return new BertqlError('SHUTTING_DOWN', 'The server is stopping and takes no new work; try again in a moment.');
}
