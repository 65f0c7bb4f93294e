import type { ModelRegistry } from '../models/registry.ts';
import { Loaders, type LoadersOptions } from './loaders.ts';
import { ModelLoader, type ModelLoaderOptions } from './model-loader.ts';
import { Scheduler, type SchedulerCounts, type SchedulerOptions } from './scheduler.ts';
import { Tokenization } from './tokenization.ts';
import type { WorkerHealth } from './worker-pool.ts';

export interface InferenceOptions extends SchedulerOptions, ModelLoaderOptions {}

/** Counters since the start, for tests and metrics. */
export interface InferenceCounts extends SchedulerCounts {
  /** Texts tokenized. */
  readonly textsTokenized: number;
}

/**
 * The inference layer of one process: tokenization, scheduler and worker threads. Its owner must close it: closing lets
 * running batches finish, whereas ending the process during a batch aborts it.
 */
export class Inference {
  readonly registry: ModelRegistry;
  /** Loads models into the threads. */
  readonly loader: ModelLoader;
  readonly #options: InferenceOptions;
  readonly #tokenization = new Tokenization();
  readonly #scheduler: Scheduler;

  constructor(registry: ModelRegistry, options: InferenceOptions) {
    this.registry = registry;
    this.#options = options;
    this.#scheduler = new Scheduler({
      ...options,
      isCurrent: async ({ entry, files }) => files !== undefined && registry.files.isUnchanged(entry, files),
      onStale: (model) => void this.loader.forget(model),
    });
    this.loader = new ModelLoader(registry, this.#scheduler, options);
  }

  /**
   * Starts the workers with the bundled models and loads the other preloaded ones. Rejects if a bundled model cannot be
   * loaded; any other model becomes FAILED and is tried again when it is used.
   */
  async start(): Promise<void> {
    const wanted = this.registry.models.filter((model) => model.entry.preload && model.task !== 'TOKENIZATION');
    const bundled = wanted.filter((model) => model.bundled);
    await this.loader.start(bundled, this.#scheduler.start(bundled));
    this.#options.observer?.modelsLoaded?.(bundled);
    this.loader.events.on((model) => {
      if (model.state === 'READY') this.#options.observer?.modelsLoaded?.([model]);
    });
    const others = wanted.filter((model) => !model.bundled);
    await Promise.allSettled(others.map((model) => this.loader.load(model, undefined, true)));
  }

  get counts(): InferenceCounts {
    return { ...this.#scheduler.counts, textsTokenized: this.#tokenization.texts };
  }

  /** Health of the worker threads. */
  get workers(): WorkerHealth {
    return this.#scheduler.workers;
  }

  /** Tokens that are queued. */
  get queuedTokens(): number {
    return this.#scheduler.queuedTokens;
  }

  /** Makes the DataLoaders of one operation. The caller disposes of them when the operation ends. */
  loaders(options?: LoadersOptions): Loaders {
    return new Loaders({ tokenization: this.#tokenization, scheduler: this.#scheduler, models: this.loader }, options);
  }

  /** Rejects queued work, lets running batches finish and ends the workers. */
  async close(): Promise<void> {
    await this.loader.close();
    await this.#scheduler.close();
  }
}
