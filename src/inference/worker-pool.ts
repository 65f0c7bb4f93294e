import type { Model } from '../models/registry.ts';
import { InferenceWorker, WorkerDied } from './inference-worker.ts';
import type { RunReply, RunRequest } from './protocol.ts';

/** Milliseconds before a thread is replaced after the second death in a row; doubles with each further one. */
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 30_000;
/** Deaths in a row, without a batch in between, that count as a crash loop. */
const LOOP_DEATHS = 3;

/** Health of the worker threads. */
export interface WorkerHealth {
  /** Number of threads that take batches. */
  readonly ready: number;
  /** Number of hung threads that were given up. They cannot be stopped, since that would abort the process. */
  readonly lost: number;
}

export interface WorkerPoolOptions {
  readonly size: number;
  /** Milliseconds after which a batch counts as hung. */
  readonly batchTimeoutMs: number;
  /** Whether a model's files are still those that the other threads loaded. Default: always. */
  readonly isCurrent?: ((model: Model) => Promise<boolean>) | undefined;
  /** Called when a model's files have changed, so that it must be unloaded from all threads. */
  readonly onStale?: ((model: Model) => void) | undefined;
  /** Called when a thread has loaded all models and takes batches. */
  readonly onReady: (worker: InferenceWorker) => void;
  /** Called when a thread takes no more batches. */
  readonly onGone: (worker: InferenceWorker) => void;
}

/**
 * The inference threads. A thread that dies is replaced, at once at first and with growing delays if its replacements
 * die, too. A thread that hangs is given up and replaced, since it cannot be stopped inside the engine. Own code, since
 * piscina and tinypool terminate threads, which would abort the process.
 */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #models = new Set<Model>();
  readonly #all = new Set<InferenceWorker>();
  readonly #ready = new Set<InferenceWorker>();
  readonly #lost = new Set<InferenceWorker>();
  readonly #delays = new Set<NodeJS.Timeout>();
  #deathsInARow = 0;
  #replacementAt = 0;
  #restarts = 0;
  #closed = false;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
  }

  get health(): WorkerHealth {
    return { ready: this.#ready.size, lost: this.#lost.size };
  }

  /** Number of threads replaced since the start. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Milliseconds until the next thread is started if all die as soon as they start; otherwise `undefined`. */
  get outageMs(): number | undefined {
    if (this.#ready.size > 0 || this.#deathsInARow < LOOP_DEATHS) return undefined;
    return Math.max(1, Math.ceil(this.#replacementAt - performance.now()));
  }

  /** Starts the threads and loads the models in all of them. Rejects if a model cannot be loaded. */
  async start(models: readonly Model[]): Promise<void> {
    for (const model of models) this.#models.add(model);
    await Promise.all(Array.from({ length: this.#options.size }, () => this.#add()));
  }

  /**
   * Loads a model in all threads, half of them at a time, so that the others keep working. A single thread is replaced
   * by one that has the model. Rejects if the model cannot be loaded; no thread has it then.
   */
  async load(model: Model): Promise<void> {
    try {
      if (this.#ready.size === 0) throw new Error('No inference thread is ready.');
      if (this.#ready.size === 1) {
        const [alone] = this.#ready;
        await this.#add([...this.#models, model]);
        this.#models.add(model);
        if (alone) this.#retire(alone);
      } else {
        const waiting = [...this.#ready].values();
        const lane = async () => {
          for (const worker of waiting) await this.#loadIn(worker, model);
        };
        await Promise.all(Array.from({ length: Math.max(1, this.#ready.size >> 1) }, lane));
        this.#models.add(model);
      }
      // Threads that were started meanwhile do not have it.
      for (const worker of this.#ready) if (!worker.models.has(model)) await this.#loadIn(worker, model);
    } catch (error) {
      await this.unload(model);
      throw error;
    }
  }

  /** Unloads a model from all threads. */
  async unload(model: Model): Promise<void> {
    this.#models.delete(model);
    // A thread that has ended has nothing to unload.
    await Promise.all([...this.#ready].map((worker) => worker.unload(model).catch(ignoreDeath)));
  }

  /** Runs a batch. Rejects with `WorkerDied` if the thread dies or hangs. */
  async run(worker: InferenceWorker, request: RunRequest): Promise<RunReply> {
    const running = worker.run(request);
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        this.#lose(worker);
        reject(new WorkerDied(`An inference thread did not answer for ${this.#options.batchTimeoutMs} ms.`));
      }, this.#options.batchTimeoutMs);
    });
    try {
      const reply = await Promise.race([running, hung]);
      this.#deathsInARow = 0;
      return reply;
    } finally {
      clearTimeout(timer);
      // A hung thread may still answer or die, but nobody waits for it.
      running.catch(() => undefined);
    }
  }

  /** Lets running batches finish and ends the threads, without waiting for lost ones. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const delay of this.#delays) clearTimeout(delay);
    this.#delays.clear();
    await Promise.all([...this.#all].map((worker) => worker.close()));
  }

  async #loadIn(worker: InferenceWorker, model: Model): Promise<void> {
    if (!this.#ready.has(worker)) return;
    worker.loading = true;
    this.#options.onGone(worker);
    try {
      await worker.load(model);
    } finally {
      worker.loading = false;
      if (this.#ready.has(worker) && !worker.closing) this.#options.onReady(worker);
    }
  }

  /** Takes a thread out of service; it ends after its current batch. */
  #retire(worker: InferenceWorker): void {
    if (!this.#ready.delete(worker)) return;
    this.#options.onGone(worker);
    void worker.close();
  }

  async #add(models: Iterable<Model> = this.#models): Promise<void> {
    const worker = new InferenceWorker();
    this.#all.add(worker);
    void worker.ended.then(() => this.#onEnded(worker));
    try {
      for (const model of models) if (await this.#checkCurrent(model)) await this.#loadAtStart(worker, model);
    } catch (error) {
      void worker.close();
      throw error;
    }
    if (!this.#all.has(worker) || worker.closing) return;
    this.#ready.add(worker);
    this.#options.onReady(worker);
  }

  /** A replacement goes into service even if it cannot load a model that is not bundled. */
  async #loadAtStart(worker: InferenceWorker, model: Model): Promise<void> {
    try {
      await worker.load(model);
    } catch (error) {
      if (model.bundled || !this.#models.has(model) || error instanceof WorkerDied) throw error;
      this.#models.delete(model);
      this.#options.onStale?.(model);
    }
  }

  async #checkCurrent(model: Model): Promise<boolean> {
    const { isCurrent, onStale } = this.#options;
    if (!isCurrent || (await isCurrent(model))) return true;
    this.#models.delete(model);
    onStale?.(model);
    return false;
  }

  #onEnded(worker: InferenceWorker): void {
    this.#all.delete(worker);
    this.#lost.delete(worker);
    // If a thread dies while it loads, its starter handles that.
    if (!this.#ready.delete(worker)) return;
    this.#options.onGone(worker);
    this.#replace();
  }

  #lose(worker: InferenceWorker): void {
    if (!this.#ready.delete(worker)) return;
    this.#all.delete(worker);
    this.#lost.add(worker);
    worker.abandon();
    this.#options.onGone(worker);
    this.#replace();
  }

  #replace(): void {
    if (this.#closed) return;
    this.#restarts++;
    const deaths = this.#deathsInARow++;
    const delayMs = deaths === 0 ? 0 : Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (deaths - 1));
    this.#replacementAt = performance.now() + delayMs;
    const delay = setTimeout(() => {
      this.#delays.delete(delay);
      this.#add().catch(() => this.#replace());
    }, delayMs);
    this.#delays.add(delay);
  }
}

function ignoreDeath(error: unknown): void {
  if (!(error instanceof WorkerDied)) throw error;
}
