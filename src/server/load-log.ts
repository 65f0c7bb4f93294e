import type { ModelLoader } from '../inference/model-loader.ts';
import type { Model } from '../models/registry.ts';
import type { Log } from './log.ts';

/** Milliseconds after which the first line comes on a download; the next ones come ever more rarely. */
const FIRST_LINE_MS = 2000;

interface Load {
  readonly startedAt: number;
  /** When the next line on its progress is due. */
  nextLineAt: number;
}

/** Writes to the log what becomes of models: their loads, how far downloads are, and why one failed. */
export class LoadLog {
  readonly #log: Log;
  readonly #loader: ModelLoader;
  readonly #loads = new Map<Model, Load>();
  readonly #unwatch: () => void;

  constructor(log: Log, loader: ModelLoader) {
    this.#log = log;
    this.#loader = loader;
    this.#unwatch = loader.watch((model) => this.#onChange(model));
  }

  dispose(): void {
    this.#unwatch();
  }

  #onChange(model: Model): void {
    const now = performance.now();
    const load = this.#loads.get(model);
    if (model.state === 'LOADING' && !load) {
      this.#loads.set(model, { startedAt: now, nextLineAt: now + FIRST_LINE_MS });
      if (!model.bundled) this.#log.info({ model: model.id }, 'model is being loaded');
    } else if (model.state === 'LOADING' && load && now >= load.nextLineAt) {
      const { file, receivedBytes, totalBytes } = this.#loader.progressOf(model);
      load.nextLineAt = now + (now - load.startedAt);
      if (file !== null) this.#log.info({ model: model.id, file, receivedBytes, totalBytes }, 'model is being fetched');
    } else if (model.state !== 'LOADING') {
      this.#loads.delete(model);
      const ms = load && Math.round(now - load.startedAt);
      if (model.state === 'READY' && !model.bundled) {
        const { dtype, device, sizeBytes } = model;
        this.#log.info({ model: model.id, dtype, device, sizeBytes, ms }, 'model is loaded');
      } else if (model.state === 'FAILED') this.#log.warn({ model: model.id, ms }, model.failure);
      else if (!load && model.state === 'AVAILABLE' && model.weights) {
        this.#log.info({ model: model.id }, 'model made room for another one');
      }
    }
  }
}
