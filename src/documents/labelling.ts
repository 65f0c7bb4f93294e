import type { Encoding } from '../inference/encoding.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { ModelOutput } from '../inference/work.ts';
import type { Model } from '../models/registry.ts';
import type { Chunk } from './chunking.ts';
import { mapInOrder, prefetchInOrder } from './ordered-prefetch.ts';

/** A chunk with the model's label probabilities for the tokens of its core. */
export interface LabelledChunk {
  readonly chunk: Chunk;
  /** Row by row, one row for each token of the core. */
  readonly probabilities: Float32Array;
  readonly scores: ModelOutput;
}

/** A document's tokens and chunks, and the model to label them with. */
interface Labelled {
  readonly model: Model;
  readonly encoding: Encoding;
  readonly chunks: readonly Chunk[];
}

/** Labels all chunks of a document. */
export function labelAll(
  loaders: Loaders,
  { model, encoding, chunks }: Labelled,
  windowsInFlight: number,
): Promise<readonly LabelledChunk[]> {
  return mapInOrder(chunks, windowsInFlight, (chunk) => labelChunk(loaders, model, encoding, chunk));
}

async function labelChunk(loaders: Loaders, model: Model, encoding: Encoding, chunk: Chunk): Promise<LabelledChunk> {
  const scores = await loaders.scores.load({ model, ids: encoding.ids.subarray(chunk.window.start, chunk.window.end) });
  const width = model.labels.length;
  const first = model.tokenizer.prefix.length + chunk.core.start - chunk.window.start;
  const last = first + chunk.core.end - chunk.core.start;
  return { chunk, probabilities: scores.values.subarray(first * width, last * width), scores };
}

/**
 * Labels chunks and yields them in order. At most `windowsInFlight` windows are computed ahead of the reader, and none
 * is started while it does not read: a slow reader only slows down its own document.
 */
export function labelChunks(
  loaders: Loaders,
  model: Model,
  encoding: Encoding,
  chunks: readonly Chunk[],
  windowsInFlight: number,
): AsyncGenerator<LabelledChunk, void, void> {
  return prefetchInOrder(chunks, windowsInFlight, (chunk) => labelChunk(loaders, model, encoding, chunk));
}
