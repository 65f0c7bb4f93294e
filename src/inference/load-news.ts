import type { Model, ModelState } from '../models/registry.ts';
import { LoadProgress, type ModelProgress } from './load-progress.ts';

/** What becomes of models: their states and how far their downloads are, for all who want to know. */
export class LoadNews {
  readonly #progress = new Map<Model, LoadProgress>();
  readonly #listeners = new Set<(model: Model) => void>();

  /** Calls back when a model's state or progress changes, until the returned function is called. */
  watch(listener: (model: Model) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  tell(model: Model): void {
    for (const listener of this.#listeners) listener(model);
  }

  setState(model: Model, state: ModelState): void {
    model.state = state;
    this.tell(model);
  }

  /** The progress of a load: of a new one, or of the one that is under way. */
  progressFor(model: Model, begin: boolean): LoadProgress {
    const known = begin ? undefined : this.#progress.get(model);
    const progress = known ?? new LoadProgress();
    this.#progress.set(model, progress);
    return progress;
  }

  progressOf(model: Model): ModelProgress {
    return (this.#progress.get(model) ?? new LoadProgress()).of(model);
  }

  /** How far a model is: now, and whenever that changes, until it is READY or FAILED. A slow reader gets the latest only. */
  async *follow(model: Model, signal: AbortSignal): AsyncGenerator<ModelProgress, void, void> {
    let changed = false;
    let wake = () => {};
    const onAbort = () => wake();
    const unwatch = this.watch((other) => {
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
      unwatch();
      signal.removeEventListener('abort', onAbort);
    }
  }
}
