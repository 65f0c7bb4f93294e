import type { ModelRegistry } from '../models/registry.ts';
import { RequestScope } from './request-scope.ts';
import { Scheduler, type SchedulerCounts, type SchedulerOptions } from './scheduler.ts';
import { Tokenizer } from './tokenizer.ts';
import type { WorkerHealth } from './worker-pool.ts';

export interface InferenceOptions extends SchedulerOptions {
  /** Tokens of a request that count as interactive. */
  readonly interactiveTokens: number;
}

/** Counts since the start, for tests and metrics. */
export interface InferenceCounts extends SchedulerCounts {
  /** Texts tokenized. */
  readonly textsTokenized: number;
}

/**
 * The inference layer of one process: tokenizer, scheduler and worker threads.
 * Whoever makes it closes it; closing lets running batches finish, which ending the process would not.
 */
export class Inference {
  readonly registry: ModelRegistry;
  readonly #options: InferenceOptions;
  readonly #tokenizer = new Tokenizer();
  readonly #scheduler: Scheduler;

  constructor(registry: ModelRegistry, options: InferenceOptions) {
    this.registry = registry;
    this.#options = options;
    this.#scheduler = new Scheduler(options);
  }

  /** Loads the models in all workers. Rejects, with the model named, where that fails. */
  async start(): Promise<void> {
    const models = this.registry.models.filter((model) => model.task !== 'TOKENIZATION');
    for (const model of models) model.state = 'LOADING';
    try {
      await this.#scheduler.start(models);
    } catch (error) {
      for (const model of models) model.state = 'FAILED';
      throw error;
    }
    for (const model of models) model.state = 'READY';
    this.#options.observer?.modelsLoaded?.(models);
  }

  get counts(): InferenceCounts {
    return { ...this.#scheduler.counts, textsTokenized: this.#tokenizer.texts };
  }

  /** How the threads are. */
  get workers(): WorkerHealth {
    return this.#scheduler.workers;
  }

  /** Tokens that wait for a worker. */
  get queuedTokens(): number {
    return this.#scheduler.queuedTokens;
  }

  /** What one request works with; its work stops when `signal` is aborted. */
  scope(signal?: AbortSignal): RequestScope {
    return new RequestScope(this.#tokenizer, this.#scheduler, {
      interactiveTokens: this.#options.interactiveTokens,
      signal,
    });
  }

  /** Refuses waiting work, lets running batches finish, and ends the workers. */
  close(): Promise<void> {
    return this.#scheduler.close();
  }
}
