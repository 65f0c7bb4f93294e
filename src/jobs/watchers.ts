import type { Change } from './analysis-log.ts';

/** Who wants to be told of changes to which analysis. */
export class Watchers {
  readonly #byId = new Map<string, Set<(change: Change) => void>>();
  readonly #onFirst: (id: string) => void;
  readonly #onLast: (id: string) => void;

  /** @param onFirst told when an analysis gets its first watcher @param onLast told when it has lost its last one */
  constructor(onFirst: (id: string) => void = () => undefined, onLast: (id: string) => void = () => undefined) {
    this.#onFirst = onFirst;
    this.#onLast = onLast;
  }

  /** Adds a watcher; the function that it gives takes it away again. */
  add(id: string, onChange: (change: Change) => void): () => void {
    const all = this.#byId.get(id) ?? new Set();
    // A function of its own, so that the same callback can watch twice.
    const watcher = (change: Change) => onChange(change);
    all.add(watcher);
    if (all.size === 1) {
      this.#byId.set(id, all);
      this.#onFirst(id);
    }
    return () => {
      if (!all.delete(watcher) || all.size > 0) return;
      this.#byId.delete(id);
      this.#onLast(id);
    };
  }

  tell(id: string, change: Change): void {
    for (const watcher of this.#byId.get(id) ?? []) watcher(change);
  }

  tellAll(change: Change): void {
    for (const id of this.#byId.keys()) this.tell(id, change);
  }
}
