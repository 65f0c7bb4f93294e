import type { Model, ModelState } from '../models/registry.ts';
import { LoadProgress, type ModelProgress } from './load-progress.ts';

/** Events of models: changes of their states and the progress of their downloads. */
export class ModelEvents {
  readonly #progress = new Map<Model, LoadProgress>();
  readonly #listeners = new Set<(model: Model) => void>();

  /** Registers a callback for changes of any model's state or progress; returns a function that removes it. */
  on(listener: (model: Model) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  emit(model: Model): void {
    for (const listener of this.#listeners) listener(model);
  }

  setState(model: Model, state: ModelState): void {
    model.state = state;
    this.emit(model);
  }

  /** The progress of a load: the current one, or a new one if there is none or `begin` is set. */
  progressFor(model: Model, begin: boolean): LoadProgress {
    const known = begin ? undefined : this.#progress.get(model);
    const progress = known ?? new LoadProgress();
    this.#progress.set(model, progress);
    return progress;
  }

  /** The progress of a model's load; no bytes yet if it was never loaded. */
  progressOf(model: Model): ModelProgress {
    return (this.#progress.get(model) ?? new LoadProgress()).of(model);
  }

  /**
   * Yields the progress of a model now and on each change until it is READY or FAILED. A slow reader only gets the
   * latest.
   */
  async *follow(model: Model, signal: AbortSignal): AsyncGenerator<ModelProgress, void, void> {
    let changed = false;
    let wake = () => {};
    const onAbort = () => wake();
    const off = this.on((other) => {
      if (other !== model) return;
      changed = true;
      wake();
    });
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted) {
        changed = false;
        const progress = this.progressOf(model);
        const over = model.state === 'READY' || model.state === 'FAILED';
        yield progress;
        if (over) return;
        if (changed || signal.aborted) continue;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      off();
      signal.removeEventListener('abort', onAbort);
    }
  }
}
