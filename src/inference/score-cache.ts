import { LRUCache } from 'lru-cache';
import type { QueuedWork, Scores, Work } from './work.ts';

/** Bytes that an entry takes beside its key and its probabilities. */
const ENTRY_BYTES = 256;

/**
 * Scores of work that was done before, and work that is under way, by its content: the model and the pieces
 * themselves, so that no two can be confused. What was used least recently is forgotten first.
 */
export class ScoreCache {
  readonly #done: LRUCache<string, Float32Array> | undefined;
  readonly #underWay = new Map<string, QueuedWork>();

  /** @param maxBytes bound of the cache; 0 turns it off, and then equal work is done as often as it is asked for */
  constructor(maxBytes: number) {
    if (maxBytes === 0) return;
    this.#done = new LRUCache({
      maxSize: maxBytes,
      sizeCalculation: (probabilities, key) => probabilities.byteLength + key.length + ENTRY_BYTES,
    });
  }

  /** What identifies the work, or `undefined` where the cache is off. */
  keyOf({ model, pieces }: Work): string | undefined {
    if (!this.#done) return undefined;
    return `${model.version}\n${Buffer.from(pieces.buffer, pieces.byteOffset, pieces.byteLength).toString('latin1')}`;
  }

  scoresOf(key: string): Scores | undefined {
    const probabilities = this.#done?.get(key);
    return probabilities && { probabilities, queueMs: 0, inferenceMs: 0, batchSize: 0, cached: true };
  }

  /** Work of the same content that waits or runs. */
  underWay(key: string): QueuedWork | undefined {
    return this.#underWay.get(key);
  }

  begin(work: QueuedWork): void {
    if (work.key !== undefined) this.#underWay.set(work.key, work);
  }

  /** Ends work that was begun; its probabilities are kept where it came to some. */
  end(work: QueuedWork, probabilities?: Float32Array): void {
    if (work.key === undefined) return;
    if (this.#underWay.get(work.key) === work) this.#underWay.delete(work.key);
    // What is kept must not hold on to the answer of the whole batch.
    if (probabilities) this.#done?.set(work.key, probabilities.slice());
  }
}
