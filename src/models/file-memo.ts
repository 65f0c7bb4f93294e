import { stat } from 'node:fs/promises';

/** Remembers what was made from each file until that file changes. Failures are not remembered. */
export class FileMemo<T> {
  readonly #known = new Map<string, { readonly stamp: string; readonly value: Promise<T> }>();

  /**
   * What `make` has made from a file, or makes now if the file has changed since or is new. Rejects if the file cannot
   * be read, and as `make` does.
   */
  async get(path: string, make: () => Promise<T>): Promise<T> {
    const { size, mtimeMs, ino } = await stat(path);
    const stamp = [size, mtimeMs, ino].join();
    const known = this.#known.get(path);
    if (known?.stamp === stamp) return known.value;
    const value = make();
    this.#known.set(path, { stamp, value });
    value.catch(() => this.#known.delete(path));
    return value;
  }
}
