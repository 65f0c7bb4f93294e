import type { Encoding } from '../inference/encoding.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { Model } from '../models/registry.ts';
import { type Chunk, chunksOfShort, planChunks } from './chunking.ts';
import { NameBorders } from './name-borders.ts';
import { sentenceSteps } from './sentences.ts';
import type { Span } from './span.ts';
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

/**
 * Plans how a model reads a document. Yields to the event loop on a long one.
 *
 * @param onFirst called with the first of several chunks, as soon as it is known
 */
export async function planDocument(
  loaders: Loaders,
  model: Model,
  text: string,
  { chunkTokens, overlapTokens }: ChunkPlanOptions,
  onFirst: (chunk: Chunk, encoding: Encoding) => void = () => undefined,
): Promise<ChunkPlan> {
  const encoding = await loaders.encodings.load({ tokenizer: model.tokenizer, text: withLineEnds(text) });
  const { prefix, suffix } = model.tokenizer;
  const windowTokens = Math.min(chunkTokens, model.maxTokens) - prefix.length - suffix.length;
  const short = chunksOfShort(encoding, windowTokens);
  if (short && text.length < LONG_TEXT) return { encoding, chunks: short, borders: new NameBorders(text, encoding) };
  const sentences: Span[] = [];
  const steps = noting(sentenceSteps(text), (sentence) => sentences.push(sentence));
  const planned = noting(planChunks<undefined>(encoding, steps, { windowTokens, overlapTokens }), (chunk) => {
    if (chunk.index === 0) onFirst(chunk, encoding);
  });
  const chunks = await collectYielding(planned, loaders.signal);
  return { encoding, chunks, borders: new NameBorders(text, encoding, sentences) };
}

/**
 * The tokens of a text in windows of whole sentences, without context; a text that fits is one window. Yields to the
 * event loop on a long one.
 */
export async function windowsOf(
  loaders: Loaders,
  encoding: Encoding,
  text: string,
  windowTokens: number,
): Promise<readonly Int32Array[]> {
  if (encoding.ids.length <= windowTokens) return [encoding.ids];
  const planned = planChunks<undefined>(encoding, sentenceSteps(text), { windowTokens, overlapTokens: 0 });
  const chunks = await collectYielding(planned, loaders.signal);
  return chunks.map(({ core }) => encoding.ids.subarray(core.start, core.end));
}

/** The same steps; each that has a result is also passed to `note`. */
function* noting<T>(steps: Iterable<T | undefined>, note: (result: T) => void): Generator<T | undefined, void, void> {
  for (const step of steps) {
    if (step !== undefined) note(step);
    yield step;
  }
}
