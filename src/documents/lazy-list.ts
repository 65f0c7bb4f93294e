/**
 * An iterable of known length that makes its items while it is read, so that a long one is never in memory as a whole.
 */
export class LazyList<T> implements Iterable<T> {
  readonly length: number;
  readonly #items: () => Iterator<T>;

  /** @param items called for each iteration; iterates from the start */
  constructor(length: number, items: () => Iterator<T>) {
    this.length = length;
    this.#items = items;
  }

  [Symbol.iterator](): Iterator<T> {
    return this.#items();
  }
}
