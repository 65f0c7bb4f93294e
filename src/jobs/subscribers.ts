import type { Change } from './store.ts';

/** The callbacks for changes of each analysis. */
export class Subscribers {
  readonly #byId = new Map<string, Set<(change: Change) => void>>();
  readonly #onLast: (id: string) => void;

  /** @param onLast called when an analysis has lost its last subscriber */
  constructor(onLast: (id: string) => void = () => undefined) {
    this.#onLast = onLast;
  }

  /** Adds a subscriber. Returns a function that removes it. */
  add(id: string, onChange: (change: Change) => void): () => void {
    const all = this.#byId.get(id) ?? new Set();
    // A new function each time, so that the same callback can subscribe twice.
    const subscriber = (change: Change) => onChange(change);
    all.add(subscriber);
    this.#byId.set(id, all);
    return () => {
      if (!all.delete(subscriber) || all.size > 0) return;
      this.#byId.delete(id);
      this.#onLast(id);
    };
  }

  notify(id: string, change: Change): void {
    for (const subscriber of this.#byId.get(id) ?? []) subscriber(change);
  }

  notifyAll(change: Change): void {
    for (const id of this.#byId.keys()) this.notify(id, change);
  }
}
