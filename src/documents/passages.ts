import { BertqlError } from '../errors.ts';
import type { Encoding } from '../inference/encoding.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { Model } from '../models/registry.ts';
import { isTurnOver, nextTurn } from '../turns.ts';
import { type Frame, frameOf, meanOfVectors } from './meaning.ts';
import { prefetchInOrder } from './ordered-prefetch.ts';
import { sentenceSteps } from './sentences.ts';
import type { Span } from './span.ts';
import { isBlank } from './text.ts';
import { collectYielding } from './yielding.ts';

/** The most sentences of a passage. */
const MOST_SENTENCES = 3;
/** Passages are shorter than windows, so more of them are in flight at a time. */
const PASSAGES_PER_WINDOW = 8;

/** Passages that are compared with a query between two checks of the time. */
const PASSAGES_A_STEP = 256;

/** A passage of a text that was compared with a query. */
export interface ScoredSpan {
  readonly span: Span;
  /** The cosine of its vector and that of the query. */
  readonly score: number;
}

/** The passages of a text with their vectors, for searching. */
export class PassageIndex {
  /** Start and end of each passage. */
  readonly #spans: Int32Array;
  /** Vectors of length 1. */
  readonly #vectors: Float32Array;
  readonly #width: number;

  /**
   * @param packed the vectors of all passages, followed by their spans, two integers each that share the bits of floats
   */
  private constructor(packed: Float32Array, width: number) {
    const count = packed.length / (width + 2);
    this.#width = width;
    this.#vectors = packed.subarray(0, count * width);
    this.#spans = new Int32Array(packed.buffer, packed.byteOffset + 4 * count * width, 2 * count);
  }

  /** Opens the index of a text, from the result cache if it was made before. */
  static async open(
    loaders: Loaders,
    model: Model,
    { text, hash }: { readonly text: string; readonly hash: string },
    windowsInFlight: number,
  ): Promise<PassageIndex> {
    const make = () => buildIndex(loaders, model, text, windowsInFlight);
    return new PassageIndex(await loaders.remember(`${model.version}\npassages\n${hash}`, make), model.dimensions);
  }

  /** The passages that are most similar to a query, best first, and equal ones in the order of the text. */
  async search(query: Float32Array, first: number, signal: AbortSignal | undefined): Promise<readonly ScoredSpan[]> {
    const length = Math.hypot(...query) || 1;
    const count = this.#spans.length / 2;
    const scores = new Float64Array(count);
    for (let passage = 0; passage < count; passage++) {
      let sum = 0;
      for (let at = 0, from = passage * this.#width; at < this.#width; at++) {
        sum += (query[at] ?? 0) * (this.#vectors[from + at] ?? 0);
      }
      scores[passage] = Math.max(-1, Math.min(1, sum / length));
      if (passage % PASSAGES_A_STEP === 0 && isTurnOver()) await nextTurn(signal);
    }
    // Sorting numbers alone is much faster than sorting passages by them.
    const least = scores.slice().sort()[count - first] ?? -1;
    const ranked = Array.from(scores.keys())
      .filter((passage) => (scores[passage] ?? 0) >= least)
      .sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
    return ranked.slice(0, first).map((passage) => ({
      span: { start: this.#spans[2 * passage] ?? 0, end: this.#spans[2 * passage + 1] ?? 0 },
      score: scores[passage] ?? 0,
    }));
  }
}

/** The most passages of one search. */
const MOST_PASSAGES = 1000;

/** Checks the number of passages to return. Throws BAD_ARGUMENT. */
export function checkFirst(first: number): void {
  if (first >= 1 && first <= MOST_PASSAGES) return;
  throw new BertqlError(
    'BAD_ARGUMENT',
    `first: expected a number of passages from 1 to ${MOST_PASSAGES}, but got ${first}.`,
  );
}

interface PlannedPassage {
  readonly span: Span;
  readonly tokens: Span;
}

async function buildIndex(
  loaders: Loaders,
  model: Model,
  text: string,
  windowsInFlight: number,
): Promise<Float32Array> {
  const encoding = await loaders.encodings.load({ tokenizer: model.tokenizer, text });
  const frame = await frameOf(loaders, model, 'PASSAGE');
  const passages = await collectYielding(planPassages(encoding, text, frame.room), loaders.signal);
  const width = model.dimensions;
  const packed = new Float32Array(passages.length * (width + 2));
  const spans = new Int32Array(packed.buffer, 4 * passages.length * width);
  const run = ({ tokens }: PlannedPassage) =>
    vectorOf(loaders, model, frame, encoding.ids.subarray(tokens.start, tokens.end));
  let passage = 0;
  for await (const vector of prefetchInOrder(passages, windowsInFlight * PASSAGES_PER_WINDOW, run)) {
    packed.set(unit(vector), passage * width);
    const { start, end } = passages[passage]?.span ?? { start: 0, end: 0 };
    spans.set([start, end], 2 * passage);
    passage++;
  }
  return packed;
}

/**
 * Packs whole sentences into passages: up to three, as many as fit a window. A longer sentence is a passage by itself.
 */
function* planPassages(
  encoding: Encoding,
  text: string,
  room: number,
): Generator<PlannedPassage | undefined, void, void> {
  const { starts } = encoding.offsets;
  let open: PlannedPassage | undefined;
  let sentences = 0;
  let token = 0;
  for (const span of sentenceSteps(text)) {
    if (!span) {
      yield undefined;
      continue;
    }
    const first = token;
    while (token < starts.length && (starts[token] ?? 0) < span.end) token++;
    if (token === first || isBlank(text.slice(span.start, span.end))) continue;
    if (open && sentences < MOST_SENTENCES && token - open.tokens.start <= room) {
      open = { span: { start: open.span.start, end: span.end }, tokens: { start: open.tokens.start, end: token } };
      sentences++;
      continue;
    }
    if (open) yield open;
    open = { span, tokens: { start: first, end: token } };
    sentences = 1;
  }
  if (open) yield open;
}

async function vectorOf(loaders: Loaders, model: Model, frame: Frame, ids: Int32Array): Promise<Float32Array> {
  const windows: Int32Array[] = [];
  for (let start = 0; start < ids.length; start += frame.room) windows.push(ids.subarray(start, start + frame.room));
  const outputs = await Promise.all(
    windows.map((window) => loaders.embeddings.load({ model, ids: frame.put(window) })),
  );
  const vectors = outputs.map(({ values }) => values);
  return meanOfVectors(
    vectors,
    windows.map(({ length }) => length),
    model.normalize,
  );
}

function unit(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  return length === 0 || Math.abs(length - 1) < 1e-6 ? vector : vector.map((value) => value / length);
}
