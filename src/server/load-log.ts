import type { ModelLoader } from '../inference/model-loader.ts';
import type { Model } from '../models/registry.ts';
import type { Log } from './log.ts';

/** Milliseconds until the first line about a download; the intervals grow after that. */
const FIRST_LINE_MS = 2000;

interface Load {
  readonly startedAt: number;
  /** When the next line about its progress is due. */
  nextLineAt: number;
}

/** Logs the loads of models, the progress of downloads, and failures. */
export class LoadLog {
  readonly #log: Log;
  readonly #loader: ModelLoader;
  readonly #loads = new Map<Model, Load>();
  /** Bundled models before their first load. */
  readonly #bundled: Set<Model>;
  readonly #unwatch: () => void;

  constructor(log: Log, loader: ModelLoader, models: readonly Model[]) {
    this.#log = log;
    this.#bundled = new Set(models.filter(({ bundled }) => bundled));
    this.#loader = loader;
    this.#unwatch = loader.events.on((model) => this.#onChange(model));
  }

  dispose(): void {
    this.#unwatch();
  }

  #onChange(model: Model): void {
    const now = performance.now();
    const load = this.#loads.get(model);
    if (model.state === 'LOADING') {
      if (load) this.#logProgress(model, load, now);
      else this.#begin(model, now);
      return;
    }
    this.#loads.delete(model);
    // Bundled models are loaded when the server starts, and the server itself reports whether that succeeds.
    if (model.bundled && this.#bundled.delete(model)) return;
    const ms = load && Math.round(now - load.startedAt);
    if (model.state === 'READY') {
      const { dtype, device, sizeBytes } = model;
      this.#log.info({ model: model.id, dtype, device, sizeBytes, ms }, 'model is loaded');
    } else if (model.state === 'FAILED') {
      this.#log.warn({ model: model.id, ms }, model.failure);
    } else if (!load && model.weights) {
      this.#log.info({ model: model.id }, 'model was evicted for another one');
    }
  }

  #begin(model: Model, now: number): void {
    this.#loads.set(model, { startedAt: now, nextLineAt: now + FIRST_LINE_MS });
    if (!this.#bundled.has(model)) this.#log.info({ model: model.id }, 'model is being loaded');
  }

  #logProgress(model: Model, load: Load, now: number): void {
    const { file, receivedBytes, totalBytes } = this.#loader.events.progressOf(model);
    if (file === null || now < load.nextLineAt) return;
    load.nextLineAt = now + (now - load.startedAt);
    this.#log.info({ model: model.id, file, receivedBytes, totalBytes }, 'model is being fetched');
  }
}
