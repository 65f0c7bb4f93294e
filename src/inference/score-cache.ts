import { LRUCache } from 'lru-cache';
import type { ModelOutput, Sequence } from './work.ts';

/** Bytes of an entry besides its key and its values. */
const ENTRY_BYTES = 256;

/**
 * Results of earlier work by content: the model's version, the ranges, and the token ids themselves, so that no two
 * sequences can be confused. The least recently used entries are evicted first.
 */
export class ScoreCache {
  readonly #cache: LRUCache<string, Float32Array> | undefined;

  /** @param maxBytes the most bytes of the cache; 0 turns it off */
  constructor(maxBytes: number) {
    if (maxBytes === 0) return;
    this.#cache = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (values, key) => values.byteLength + key.length + ENTRY_BYTES,
    });
  }

  /** Identifies the content of a sequence; `undefined` if the cache is off. */
  keyOf({ model, ids, ranges }: Sequence): string | undefined {
    if (!this.#cache) return undefined;
    const content = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength).toString('latin1');
    const pooled = ranges?.map(({ start, end }) => `${start}-${end}`).join() ?? '';
    return `${model.version}\n${pooled}\n${content}`;
  }

  get(key: string): ModelOutput | undefined {
    const values = this.#cache?.get(key);
    return values && { values, queueMs: 0, inferenceMs: 0, batchSize: 0, cached: true };
  }

  set(key: string, values: Float32Array): void {
    // A copy: the values are a view of the reply for the whole batch, which must not be retained.
    this.#cache?.set(key, values.slice());
  }
}
