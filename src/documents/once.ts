/** Values that are made when first asked for, each once. It holds nothing until then. */
export class Once<K, V> {
  #made: Map<K, V> | undefined;

  /** Returns the value of a key, made by `make` if it is the first time. */
  get(key: K, make: () => V): V {
    this.#made ??= new Map();
    let value = this.#made.get(key);
    if (value === undefined) this.#made.set(key, (value = make()));
    return value;
  }
}
