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

/** Runs the model on the window of a chunk. */
export async function labelChunk(
  loaders: Loaders,
  model: Model,
  encoding: Encoding,
  chunk: Chunk,
): Promise<LabelledChunk> {
  const { core, window } = chunk;
  const scores = await loaders.scores.load({ model, ids: encoding.ids.subarray(window.start, window.end) });
  const width = model.labels.length;
  const first = model.tokenizer.prefix.length + core.start - window.start;
  const last = first + core.end - core.start;
  return { chunk, probabilities: scores.values.subarray(first * width, last * width), scores };
}
