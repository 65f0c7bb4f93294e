import { abortError, BertqlError, orAborted } from '../errors.ts';
import type { FileProgress } from '../models/hub/download.ts';
import type { Model, ModelRegistry } from '../models/registry.ts';
import { messageOf } from '../thrown.ts';
import { ModelRefused } from './inference-worker.ts';
import { LoadFailures } from './load-failures.ts';
import { ModelEvents } from './model-events.ts';
import { ModelMemory } from './model-memory.ts';

/** Whether requests wait for a model that is not loaded, or fail at once with MODEL_UNAVAILABLE. */
type LoadMode = 'WAIT' | 'FAIL';

/** The worker threads, as the loader sees them. */
export interface ModelEngine {
  /** Loads a model and runs it once, while other models are being served. Rejects if that fails. */
  load(model: Model): Promise<void>;
  unload(model: Model): Promise<void>;
}

export interface ModelLoaderOptions {
  readonly load: LoadMode;
  /** Bytes that loaded models may take in all threads together. */
  readonly modelMemoryBytes: number;
  /** Number of threads; each has a copy of the weights. */
  readonly workers: number;
}

/**
 * Fetches models and loads them into the threads. However many requests ask for a model, it is loaded once, and the
 * load continues if they are aborted. Leased models stay; of the others, the least recently used is evicted when memory
 * is needed. Its owner must close it.
 */
export class ModelLoader {
  readonly events = new ModelEvents();
  readonly #registry: ModelRegistry;
  readonly #engine: ModelEngine;
  readonly #options: ModelLoaderOptions;
  readonly #memory: ModelMemory;
  readonly #opens = new Map<Model, Promise<void>>();
  readonly #loads = new Map<Model, Promise<void>>();
  readonly #reads = new Map<Model, Promise<void>>();
  readonly #failures = new LoadFailures();
  readonly #closing = new AbortController();
  readonly #started = deferred();
  /** Models are loaded into the threads one after the other, once the threads have started. */
  #turn: Promise<void> = this.#started.promise;

  constructor(registry: ModelRegistry, engine: ModelEngine, options: ModelLoaderOptions) {
    this.#registry = registry;
    this.#engine = engine;
    this.#options = options;
    this.#memory = new ModelMemory(options.modelMemoryBytes, options.workers);
  }

  /** Protects a model from eviction, loaded or not, until the returned function is called. */
  lease(model: Model): () => void {
    return this.#memory.lease(model);
  }

  /**
   * Registers the models that the threads start with; all others are loaded after these. Rejects if the threads cannot
   * start.
   */
  async start(models: readonly Model[], starting: Promise<void>): Promise<void> {
    const loads = models.map((model) => {
      this.#memory.add(model);
      this.events.setState(model, 'LOADING');
      return this.#begin(this.#loads, model, () => starting.then(() => this.#succeed(model)));
    });
    await starting;
    await Promise.allSettled(loads);
    this.#started.resolve();
  }

  /** Opens the files of a model except its weights. Rejects with MODEL_UNAVAILABLE or the signal's reason. */
  open(model: Model, signal: AbortSignal | undefined): Promise<void> {
    if (model.files && (model.state === 'READY' || model.state === 'LOADING')) return Promise.resolve();
    const opening = this.#opens.get(model) ?? this.#begin(this.#opens, model, () => this.#openOnce(model));
    return orAborted(opening, signal);
  }

  /**
   * Loads a model unless it is READY. Rejects as {@link open} does.
   *
   * @param patient whether to wait for the load even in FAIL mode
   */
  load(model: Model, signal: AbortSignal | undefined, patient = false): Promise<void> {
    if (model.state === 'READY') return Promise.resolve();
    const loading = this.#loads.get(model) ?? this.#begin(this.#loads, model, () => this.#load(model));
    // If an earlier load failed, `loading` is rejected with that failure, and nothing was started.
    if (this.refusesToWait && !patient && this.#loads.has(model)) return Promise.reject(this.#notYet(model));
    return orAborted(loading, signal);
  }

  /** Whether requests fail if a model is not loaded yet. */
  get refusesToWait(): boolean {
    return this.#options.load === 'FAIL';
  }

  /**
   * Loads a model on a client's request: without the pause after a failure, and again if its files have changed.
   */
  async reload(model: Model, wait: boolean, signal: AbortSignal): Promise<void> {
    this.#failures.forgive(model);
    if (model.state === 'READY' && model.files && !(await this.#registry.files.isUnchanged(model.entry, model.files))) {
      if (this.#memory.isLeased(model)) {
        throw new BertqlError(
          'MODEL_UNAVAILABLE',
          `The files of model "${model.id}" have changed, and running requests still use the old ones. Load it again in a moment.`,
        );
      }
      await this.forget(model);
    }
    const loading = this.load(model, signal, true);
    if (wait) return loading;
    loading.catch(() => undefined);
  }

  /** Unloads a model whose files are no longer those that it was loaded from. */
  async forget(model: Model): Promise<void> {
    if (model.state !== 'READY') return;
    this.#memory.remove(model);
    this.events.setState(model, 'AVAILABLE');
    await this.#engine.unload(model);
  }

  /** Stops downloads, which keep their parts, and waits until no load is in progress. */
  async close(): Promise<void> {
    this.#closing.abort(new BertqlError('SHUTTING_DOWN', 'The server is stopping and loads no more models.'));
    this.#started.resolve();
    await Promise.allSettled([...this.#opens.values(), ...this.#loads.values()]);
  }

  /** Starts work on a model that all callers share until it is done. */
  #begin(inProgress: Map<Model, Promise<void>>, model: Model, work: () => Promise<void>): Promise<void> {
    const failure = this.#failures.of(model);
    if (failure) return Promise.reject(failure);
    if (this.#closing.signal.aborted) return Promise.reject(abortError(this.#closing.signal));
    const promise = work()
      .catch((error: unknown) => {
        throw this.#fail(model, error);
      })
      .finally(() => inProgress.delete(model));
    inProgress.set(model, promise);
    promise.catch(() => undefined);
    return promise;
  }

  /** Opens a model once for all callers, whether they run it or only use its tokenizer. */
  #openOnce(model: Model): Promise<void> {
    const reading = this.#reads.get(model);
    if (reading) return reading;
    const started = this.#openIfChanged(model).finally(() => this.#reads.delete(model));
    this.#reads.set(model, started);
    return started;
  }

  /** Opens a model again if its files have changed since; a model that is not loaded may have been opened long ago. */
  async #openIfChanged(model: Model): Promise<void> {
    if (model.files && (await this.#registry.files.isUnchanged(model.entry, model.files))) return;
    await this.#open(model);
  }

  async #open(model: Model): Promise<void> {
    const progress = this.events.progressFor(model, true);
    model.files = await this.#registry.files.open(
      model.entry,
      (file) => progress.note(file) && this.events.emit(model),
      this.#closing.signal,
    );
    if (model.task === 'TOKENIZATION') this.#succeed(model);
    else this.events.emit(model);
  }

  async #load(model: Model): Promise<void> {
    const { files } = this.#registry;
    this.events.setState(model, 'LOADING');
    await this.#openOnce(model);
    if (!model.files || model.task === 'TOKENIZATION') return;
    const progress = this.events.progressFor(model, false);
    const note = (file: FileProgress) => {
      progress.markLast();
      if (progress.note(file)) this.events.emit(model);
    };
    model.weights = await files.weights(model.entry, model.files, note, this.#closing.signal);
    progress.markDone();
    this.events.emit(model);
    const turn = this.#turn.then(() => this.#enter(model));
    this.#turn = turn.catch(() => undefined);
    await turn;
    this.#succeed(model);
  }

  /** Makes room for a model and loads it into the threads. */
  async #enter(model: Model): Promise<void> {
    this.#closing.signal.throwIfAborted();
    if (model.state === 'READY') return;
    const { files } = this.#registry;
    for (const other of this.#memory.makeRoom(model)) {
      this.events.setState(other, 'AVAILABLE');
      await this.#engine.unload(other);
    }
    this.#memory.add(model);
    try {
      await this.#engine.load(model);
      if (!model.files || (await files.isUnchanged(model.entry, model.files))) return;
      await this.#engine.unload(model);
      throw new BertqlError(
        'MODEL_UNAVAILABLE',
        `The files of model "${model.id}" changed while it was loaded. Try again once they are all written.`,
      );
    } catch (error) {
      this.#memory.remove(model);
      throw await this.#explained(model, error);
    }
  }

  /**
   * Checks whether weights that the engine refuses are damaged in the cache; they are then fetched again on the next
   * try.
   */
  async #explained(model: Model, error: unknown): Promise<unknown> {
    if (!(error instanceof ModelRefused)) return error;
    const damaged = await this.#registry.files.discardDamaged(model.entry, this.#closing.signal).catch(() => []);
    if (damaged.length === 0) return error;
    return new ModelRefused(
      `Model "${model.id}" was damaged in the cache (${damaged.join(', ')}). It is fetched again on the next try.`,
      { cause: error },
    );
  }

  #succeed(model: Model): void {
    this.#failures.forgive(model);
    model.failure = undefined;
    this.events.setState(model, 'READY');
  }

  /** Records a failure and returns the error for clients. */
  #fail(model: Model, thrown: unknown): BertqlError {
    if (this.#closing.signal.aborted) {
      this.events.setState(model, 'AVAILABLE');
      return abortError(this.#closing.signal);
    }
    const error = unavailable(model, this.#registry.files.withoutFolders(model.entry, messageOf(thrown)), thrown);
    this.#failures.note(model, error);
    model.failure = error.message;
    this.events.setState(model, 'FAILED');
    return error;
  }

  #notYet(model: Model): BertqlError {
    const { fraction } = this.events.progressOf(model);
    const done = fraction === null ? '' : ` (${Math.floor(100 * fraction)} % downloaded)`;
    return new BertqlError(
      'MODEL_UNAVAILABLE',
      `Model "${model.id}" is not loaded yet; it is being loaded${done}. Follow \`modelProgress\` and try again once it is READY.`,
    );
  }
}

/** The error of a failed load for clients. */
function unavailable(model: Model, reason: string, thrown: unknown): BertqlError {
  if (thrown instanceof BertqlError) return thrown;
  if (thrown instanceof ModelRefused) return new BertqlError('MODEL_UNAVAILABLE', reason);
  return new BertqlError('MODEL_UNAVAILABLE', `Model "${model.id}" cannot be loaded. ${reason}`);
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
