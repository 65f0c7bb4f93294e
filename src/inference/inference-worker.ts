import { basename, dirname, relative, sep } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Model } from '../models/registry.ts';
import { WEIGHTS_FILES, type Weights } from '../models/weights-file.ts';
import { messageOf } from '../thrown.ts';
import { runFailed } from './errors.ts';
import type { RunReply, RunRequest, WorkerReply, WorkerRequest } from './protocol.ts';

/** Thrown if the thread ended unexpectedly: another one may run its batch. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied';
}

/** A thread runs compiled code, even if a test runner runs this file from source. */
const WORKER_ENTRY = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/inference/worker.js' : './worker.js',
  import.meta.url,
);

/** Thrown for a model that cannot be used; the message names it and gives the reason. */
export class ModelRefused extends Error {
  override readonly name = 'ModelRefused';
}

interface Waiting {
  readonly resolve: (reply: WorkerReply) => void;
  readonly reject: (error: Error) => void;
}

/** The main thread's handle of one inference thread. Replies come in the order of the requests. */
export class InferenceWorker {
  /** Resolves when the thread has ended for any reason. */
  readonly ended: Promise<void>;
  readonly #thread: Worker;
  readonly #waiting: Waiting[] = [];
  /** Whether a model is being loaded, so that it takes no batches. */
  loading = false;
  /** The models that it has loaded. */
  readonly models = new Set<Model>();
  #closing = false;
  #dead = false;

  constructor() {
    this.#thread = new Worker(WORKER_ENTRY);
    this.#thread.on('message', (reply: WorkerReply) => this.#waiting.shift()?.resolve(reply));
    let cause: Error | undefined;
    this.#thread.on('error', (error) => {
      cause = error;
    });
    this.ended = new Promise((resolve) => {
      this.#thread.once('exit', (code) => {
        this.#dead = true;
        const reason = cause ? `: ${cause.message}` : '';
        const death = new WorkerDied(`An inference thread ended with code ${code}${reason}.`, { cause });
        for (const waiting of this.#waiting.splice(0)) waiting.reject(death);
        resolve();
      });
    });
  }

  get closing(): boolean {
    return this.#closing;
  }

  /** Whether the thread has ended. */
  get dead(): boolean {
    return this.#dead;
  }

  /** Loads a model's weights and runs it once, so that the first real batch finds everything warm. */
  async load(model: Model): Promise<void> {
    if (!model.weights)
      throw new Error(`Model "${model.id}" is a tokenizer without weights: there is nothing to load.`);
    const { prefix, suffix, padId, size } = model.tokenizer;
    const reply = await this.#ask({
      type: 'load',
      model: model.id,
      task: model.task,
      ...libraryNames(model.path, model.weights),
      weights: model.weights.path,
      device: model.requestedDevice,
      width: model.task === 'EMBEDDING' ? model.dimensions : model.labels.length,
      independentLabels: model.independentLabels,
      pooling: model.pooling,
      normalize: model.normalize,
      bounds: { prefix, suffix, padId, highestId: size - 1, maxTokens: model.bundled ? undefined : model.maxTokens },
    }).catch((cause: unknown) => {
      const reason = messageOf(cause);
      throw cause instanceof WorkerDied
        ? cause
        : new ModelRefused(`Model "${model.id}" cannot be used: ${reason}`, { cause });
    });
    if (reply.type !== 'loaded') throw new Error(`An inference thread answered "${reply.type}" to a load request.`);
    model.setRuntime(reply);
    this.models.add(model);
  }

  /** Releases a model after the batches that were sent before. */
  async unload(model: Model): Promise<void> {
    this.models.delete(model);
    await this.#ask({ type: 'unload', model: model.id });
  }

  /**
   * Runs one batch. The buffers of the request are transferred to the thread. Rejects with MODEL_UNAVAILABLE if the
   * engine fails.
   */
  async run(request: RunRequest): Promise<RunReply> {
    const reply = await this.#ask(request, [request.ids.buffer, request.lengths.buffer]).catch((cause: unknown) => {
      if (cause instanceof WorkerDied) throw cause;
      throw runFailed(request.model, messageOf(cause));
    });
    if (reply.type !== 'done') throw new Error(`An inference thread answered "${reply.type}" to a run request.`);
    return reply;
  }

  /**
   * Lets the thread finish its requests, release its models and end. Never interrupts a run: that aborts the process.
   */
  close(): Promise<void> {
    if (!this.#closing && !this.#dead) this.#thread.postMessage({ type: 'close' } satisfies WorkerRequest);
    this.#closing = true;
    return this.ended;
  }

  /**
   * Gives up on a thread that hangs: it ends by itself if it ever responds, and does not keep the process alive until
   * then.
   */
  abandon(): void {
    void this.close();
    this.#thread.unref();
  }

  async #ask(request: WorkerRequest, transfer: ArrayBuffer[] = []): Promise<WorkerReply> {
    if (this.#dead || this.#closing) throw new WorkerDied('The inference thread has ended.');
    const reply = await new Promise<WorkerReply>((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#thread.postMessage(request, transfer);
    });
    if (reply.type === 'failed') throw new Error(reply.message);
    return reply;
  }
}

/**
 * The names of a model's files for @huggingface/transformers, which adds a suffix for every dtype but `fp32`.
 *
 * @public The benchmark loads it from the compiled program.
 */
export function libraryNames(folder: string, { path, dtype }: Weights) {
  const subfolder = relative(folder, dirname(path)).split(sep).join('/');
  const isNamedByDtype = basename(path) === basename(WEIGHTS_FILES[dtype]);
  return isNamedByDtype
    ? { folder, subfolder, name: 'model', dtype }
    : { folder, subfolder, name: basename(path, '.onnx'), dtype: 'fp32' as const };
}
