import { BertqlError } from '../errors.ts';
import type { Encoding } from '../inference/encoding.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { Timing } from '../inference/timing.ts';
import type { Model } from '../models/registry.ts';
import { windowsOf } from './chunk-plan.ts';
import { mapInOrder } from './ordered-prefetch.ts';
import { resultId, textHash } from './result-id.ts';
import { isBlank } from './text.ts';

/** The vector of a text. */
export interface Embedding {
  readonly id: string;
  readonly text: string;
  readonly vector: Float32Array;
  /** Tokens of the text, including special tokens and those of the model's prefix. */
  readonly tokenCount: number;
  /** Tokens that the model read. */
  readonly tokensUsed: number;
  readonly truncated: boolean;
  readonly model: Model;
  readonly timing: Timing;
}

/** What a text is embedded for: some models want a prefix for queries and another for the texts to search. */
export type EmbeddingUse = 'PASSAGE' | 'QUERY';

/**
 * Makes the vector of a text. A text that fits the model is one run. A longer one is read in windows of whole
 * sentences; its vector is the mean of theirs, weighted by their tokens and scaled as the model scales its own. Rejects
 * with EMPTY_TEXT if there is nothing to read.
 *
 * @param windowsInFlight the most windows in flight at a time, so that a text longer than the queue can be read
 */
export async function embed(
  loaders: Loaders,
  model: Model,
  text: string,
  windowsInFlight: number,
  use: EmbeddingUse = 'PASSAGE',
): Promise<Embedding> {
  const encoding = await loaders.encodings.load({ tokenizer: model.tokenizer, text });
  if (!isReadable(encoding, model, text)) {
    throw new BertqlError(
      'EMPTY_TEXT',
      'The text has nothing to read: expected at least one character that the model knows, but it is empty, blank or unknown to the model.',
    );
  }
  const frame = await frameOf(loaders, model, use);
  const windows = await windowsOf(loaders, encoding, text, frame.room);
  const run = (ids: Int32Array) => loaders.embeddings.load({ model, ids: frame.put(ids) });
  const outputs = await mapInOrder(windows, windowsInFlight, run);
  const tokens = encoding.ids.length + windows.length * frame.size;
  const revision = await model.revision();
  return {
    get id() {
      return resultId('Embedding', [textHash(text), model.id, revision, use]);
    },
    text,
    vector: meanOfVectors(
      outputs.map(({ values }) => values),
      windows.map(({ length }) => length),
      model.normalize,
    ),
    tokenCount: tokens,
    tokensUsed: tokens,
    truncated: false,
    model,
    timing: {
      tokenizeMs: encoding.tokenizeMs,
      queueMs: outputs.reduce((most, { queueMs }) => Math.max(most, queueMs), 0),
      inferenceMs: outputs.reduce((sum, { inferenceMs }) => sum + inferenceMs, 0),
      batchSize: outputs.reduce((most, { batchSize }) => Math.max(most, batchSize), 0),
      cached: outputs.every(({ cached }) => cached),
    },
  };
}

/** The cosine of the angle between two vectors, -1 to 1; 0 if one of them is zero. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let product = 0;
  let lengthA = 0;
  let lengthB = 0;
  for (let at = 0; at < a.length; at++) {
    const [x = 0, y = 0] = [a[at], b[at]];
    product += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  const length = Math.sqrt(lengthA * lengthB);
  return length === 0 ? 0 : Math.max(-1, Math.min(1, product / length));
}

/** The tokens around a window's own: the model's prefix and special tokens. */
export interface Frame {
  /** The most tokens of the text in one window. */
  readonly room: number;
  /** Number of tokens of the prefix and special tokens. */
  readonly size: number;
  /** Number of tokens of the prefix, which come before the text's own. */
  readonly shift: number;
  /** Adds the prefix to the tokens of a window. */
  put(ids: Int32Array): Int32Array;
}

export async function frameOf(loaders: Loaders, model: Model, use: EmbeddingUse): Promise<Frame> {
  const { tokenizer } = model;
  const text = use === 'QUERY' ? model.queryPrefix : model.passagePrefix;
  const before = text === '' ? new Int32Array() : (await loaders.encodings.load({ tokenizer, text })).ids;
  const size = tokenizer.prefix.length + tokenizer.suffix.length + before.length;
  return {
    room: model.maxTokens - size,
    size,
    shift: before.length,
    put: (ids) => (before.length === 0 ? ids : Int32Array.of(...before, ...ids)),
  };
}

/** The weighted mean of vectors; a single one is returned as it is. */
export function meanOfVectors(
  vectors: readonly Float32Array[],
  weights: readonly number[],
  isNormalized: boolean,
): Float32Array {
  const [first, second] = vectors;
  if (!first || !second) return first ?? new Float32Array();
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = new Float64Array(first.length);
  vectors.forEach((vector, index) => {
    const weight = (weights[index] ?? 0) / total;
    for (let at = 0; at < mean.length; at++) mean[at] = (mean[at] ?? 0) + weight * (vector[at] ?? 0);
  });
  const length = isNormalized ? Math.hypot(...mean) : 1;
  return Float32Array.from(mean, (value) => (length === 0 ? value : value / length));
}

function isReadable({ ids }: Encoding, { tokenizer }: Model, text: string): boolean {
  // Tokenizers other than BERT's make tokens of white space, too.
  return ids.some((id) => id !== tokenizer.unknownId) && (tokenizer.bert !== undefined || !isBlank(text));
}
