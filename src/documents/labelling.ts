import type { Encoding } from '../inference/encoding.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { ModelOutput } from '../inference/work.ts';
import type { Model } from '../models/registry.ts';
import type { Chunk } from './chunking.ts';

/** A chunk with the model's label probabilities for the tokens of its core. */
export interface LabelledChunk {
  readonly chunk: Chunk;
  /** Row by row, one row for each token of the core. */
  readonly probabilities: Float32Array;
  readonly scores: ModelOutput;
}

/**
 * Labels the chunks of one document, one at a time. Chunks can be begun before anybody asks for them, so that the first
 * ones are computed while the rest of the document is still being planned.
 */
export class ChunkLabeller {
  readonly #loaders: Loaders;
  readonly #model: Model;
  readonly #begun = new Map<number, Promise<LabelledChunk>>();

  constructor(loaders: Loaders, model: Model) {
    this.#loaders = loaders;
    this.#model = model;
  }

  /** Number of chunks that were begun and that nobody has asked for yet. */
  get ahead(): number {
    return this.#begun.size;
  }

  /** Begins a chunk that will be asked for once. */
  begin(chunk: Chunk, encoding: Encoding): void {
    const begun = this.#label(chunk, encoding);
    // Nobody asks for it if the operation ends before.
    begun.catch(() => undefined);
    this.#begun.set(chunk.index, begun);
  }

  label(chunk: Chunk, encoding: Encoding): Promise<LabelledChunk> {
    const begun = this.#begun.get(chunk.index);
    this.#begun.delete(chunk.index);
    return begun ?? this.#label(chunk, encoding);
  }

  async #label(chunk: Chunk, encoding: Encoding): Promise<LabelledChunk> {
    const { core, window } = chunk;
    const model = this.#model;
    const scores = await this.#loaders.scores.load({ model, ids: encoding.ids.subarray(window.start, window.end) });
    const width = model.labels.length;
    const first = model.tokenizer.prefix.length + core.start - window.start;
    const last = first + core.end - core.start;
    return { chunk, probabilities: scores.values.subarray(first * width, last * width), scores };
  }
}
