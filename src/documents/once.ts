/** Values that are made on first use, each once. */
export class Once<K, V> {
  #made: Map<K, V> | undefined;

  /** Returns the value of a key, which `make` makes the first time. */
  get(key: K, make: () => V): V {
    this.#made ??= new Map();
    let value = this.#made.get(key);
    if (value === undefined) this.#made.set(key, (value = make()));
    return value;
  }
}
