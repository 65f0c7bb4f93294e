import { BertqlError } from '../errors.ts';
import type { Model } from '../models/registry.ts';

/**
 * Which models are loaded, and which may be evicted. Memory is counted as the bytes of the weights, once per thread: a
 * session needs about that much, and threads share little.
 */
export class ModelMemory {
  readonly #limit: number;
  readonly #copies: number;
  /** Least recently used first. */
  readonly #loaded = new Set<Model>();
  readonly #leases = new Map<Model, number>();

  /** @param copies number of threads, each of which has a copy of the weights */
  constructor(limit: number, copies: number) {
    this.#limit = limit;
    this.#copies = copies;
  }

  /** Protects a model from eviction until the returned function is called. */
  lease(model: Model): () => void {
    this.#leases.set(model, (this.#leases.get(model) ?? 0) + 1);
    this.#touch(model);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (this.#leases.get(model) ?? 1) - 1;
      if (left > 0) this.#leases.set(model, left);
      else this.#leases.delete(model);
      this.#touch(model);
    };
  }

  isLeased(model: Model): boolean {
    return this.#leases.has(model);
  }

  add(model: Model): void {
    this.#loaded.add(model);
  }

  remove(model: Model): void {
    this.#loaded.delete(model);
  }

  /** Evicts and returns the models that must be unloaded for another one to fit. Throws MODEL_UNAVAILABLE. */
  makeRoom(model: Model): readonly Model[] {
    const need = this.#bytes(model);
    let used = [...this.#loaded].reduce((sum, each) => sum + this.#bytes(each), 0);
    const leaving: Model[] = [];
    for (const each of this.#loaded) {
      if (used + need <= this.#limit) break;
      if (this.#leases.has(each)) continue;
      leaving.push(each);
      used -= this.#bytes(each);
    }
    if (used + need > this.#limit) {
      throw new BertqlError(
        'MODEL_UNAVAILABLE',
        `Model "${model.id}" needs ${megabytes(need)} in ${this.#copies} threads; models may take ${megabytes(this.#limit)}, of which ${megabytes(used)} are in use. Try again later, or raise MODEL_MEMORY_BYTES.`,
      );
    }
    for (const each of leaving) this.#loaded.delete(each);
    return leaving;
  }

  #touch(model: Model): void {
    if (this.#loaded.delete(model)) this.#loaded.add(model);
  }

  #bytes(model: Model): number {
    return (model.weights?.bytes ?? 0) * this.#copies;
  }
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`;
}
