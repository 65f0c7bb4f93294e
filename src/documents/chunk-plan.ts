import type { Encoding } from '../inference/encoding.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { Model } from '../models/registry.ts';
import { type Chunk, chunksOfShort, planChunks } from './chunking.ts';
import { NameBorders } from './name-borders.ts';
import { findSentences } from './sentences.ts';
import { withLineEnds } from './text.ts';
import { collectYielding } from './yielding.ts';

/** The tokens of a document and the chunks that a model reads them in. */
export interface ChunkPlan {
  readonly encoding: Encoding;
  readonly chunks: readonly Chunk[];
  /** Where entities must end. */
  readonly borders: NameBorders;
}

export interface ChunkPlanOptions {
  /** Tokens of a window, including context and special tokens. */
  readonly chunkTokens: number;
  /** Tokens of context on each side of a chunk. */
  readonly overlapTokens: number;
}

/** UTF-16 code units from which on sentences are found in advance, since that takes a while. */
const LONG_TEXT = 16_384;

/** Plans how a model reads a document. Yields to the event loop on a long one. */
export async function planDocument(
  loaders: Loaders,
  model: Model,
  text: string,
  { chunkTokens, overlapTokens }: ChunkPlanOptions,
): Promise<ChunkPlan> {
  const encoding = await loaders.encodings.load({ tokenizer: model.tokenizer, text: withLineEnds(text) });
  const { prefix, suffix } = model.tokenizer;
  const windowTokens = Math.min(chunkTokens, model.maxTokens) - prefix.length - suffix.length;
  const short = chunksOfShort(encoding, windowTokens);
  if (short && text.length < LONG_TEXT) return { encoding, chunks: short, borders: new NameBorders(text, encoding) };
  const sentences = await findSentences(text, loaders.signal);
  const planned = planChunks(encoding, sentences, { windowTokens, overlapTokens });
  const chunks = await collectYielding(planned, loaders.signal);
  return { encoding, chunks, borders: new NameBorders(text, encoding, sentences) };
}
