import { BertqlError } from '../errors.ts';
import type { Encoding } from '../inference/encoding.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { TokenRange } from '../inference/work.ts';
import type { Model } from '../models/registry.ts';
import { countWhile } from './binary-search.ts';
import { planChunks } from './chunking.ts';
import { cosine, frameOf } from './meaning.ts';
import { sentenceSteps } from './sentences.ts';
import type { Span } from './span.ts';
import { collectYielding } from './yielding.ts';

/** An occurrence of a word in a text, with its vector. */
export interface Occurrence {
  readonly span: Span;
  /** The mean of its tokens' hidden states in context, scaled to length 1. */
  readonly vector: Float32Array;
}

/** Tokens of context on each side of a window's core in a long text. */
const CONTEXT_TOKENS = 32;
const LONGEST_WORD = 200;

/** Matches a word or phrase: whole words in any case, with any white space between the words of a phrase. */
export interface WordPattern {
  /** Finds the first word, from `lastIndex` on. */
  readonly first: RegExp;
  /** Matches the whole phrase at `lastIndex`. */
  readonly whole: RegExp;
}

/** The pattern of a word. Throws BAD_ARGUMENT if it has no letter or digit, or is too long. */
export function wordPattern(word: string): WordPattern {
  const words = word.trim().split(/\s+/u);
  if (word.length > LONGEST_WORD || !/[\p{L}\p{N}]/u.test(word) || !word.isWellFormed()) {
    throw new BertqlError(
      'BAD_ARGUMENT',
      `word: expected a word or a phrase with a letter or digit and of at most ${LONGEST_WORD} characters, but got ${word.length > LONGEST_WORD ? `${word.length} characters` : JSON.stringify(word)}.`,
    );
  }
  const escaped = words.map((each) => each.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`));
  return {
    first: new RegExp(String.raw`(?<![\p{L}\p{N}\p{M}_])${escaped[0] ?? ''}(?![\p{L}\p{N}\p{M}_])`, 'giu'),
    whole: new RegExp(String.raw`${escaped.join(String.raw`\s+`)}(?![\p{L}\p{N}\p{M}_])`, 'iuy'),
  };
}

/** Yields the spans of a word or phrase in a text, in order, and `undefined` for each match of only its first word. */
function* spansOf(text: string, { first, whole }: WordPattern): Generator<Span | undefined, void, void> {
  for (let from = 0; ; ) {
    // Other texts may be searched by the same pattern meanwhile.
    first.lastIndex = from;
    const start = first.exec(text)?.index;
    if (start === undefined) return;
    whole.lastIndex = start;
    const found = whole.exec(text)?.[0];
    // A match inside a surrogate pair would be found at its start, again and again.
    from = start + (found?.length ?? String.fromCodePoint(text.codePointAt(start) ?? 0).length);
    yield found === undefined ? undefined : { start, end: from };
  }
}

/** Finds the occurrences of a word in a text, in order, and their vectors. A long text is read in windows. */
export async function occurrencesIn(
  loaders: Loaders,
  model: Model,
  text: string,
  pattern: WordPattern,
): Promise<readonly Occurrence[]> {
  const spans = await collectYielding(spansOf(text, pattern), loaders.signal);
  if (spans.length === 0) return [];
  const encoding = await loaders.encodings.load({ tokenizer: model.tokenizer, text });
  const frame = await frameOf(loaders, model, 'PASSAGE');
  const options = { windowTokens: frame.room, overlapTokens: Math.min(CONTEXT_TOKENS, frame.room >> 2) };
  const chunks = await collectYielding(planChunks<undefined>(encoding, sentenceSteps(text), options), loaders.signal);
  const located = await collectYielding(locate(spans, encoding), loaders.signal);
  let next = 0;
  const found = chunks.map(async ({ core, window }) => {
    const own: LocatedSpan[] = [];
    for (let each = located[next]; each && each.tokens.start < core.end; each = located[++next]) own.push(each);
    if (own.length === 0) return [];
    const shift = frame.shift - window.start;
    const ranges = own.map(({ tokens }) => ({
      start: tokens.start + shift,
      end: Math.min(tokens.end, window.end) + shift,
    }));
    const ids = frame.put(encoding.ids.subarray(window.start, window.end));
    const { values } = await loaders.embeddings.load({ model, ids, ranges });
    const width = values.length / own.length;
    return own.map(({ span }, index) => ({ span, vector: values.subarray(index * width, (index + 1) * width) }));
  });
  return (await Promise.all(found)).flat();
}

interface LocatedSpan {
  readonly span: Span;
  readonly tokens: TokenRange;
}

/** Yields the spans that have tokens, and `undefined` for those without. */
function* locate(spans: readonly Span[], encoding: Encoding): Generator<LocatedSpan | undefined, void, void> {
  for (const span of spans) {
    const tokens = tokensOf(encoding, span);
    yield tokens && { span, tokens };
  }
}

/**
 * The cosines of all pairs of vectors: a symmetric matrix with ones on its diagonal. Yields to the event loop; rejects
 * with the signal's reason.
 */
export function similaritiesOf(
  vectors: readonly Float32Array[],
  signal: AbortSignal | undefined,
): Promise<readonly (readonly number[])[]> {
  return collectYielding(similarityRows(vectors), signal);
}

/** Yields the rows, after `undefined` for each step before. */
function* similarityRows(vectors: readonly Float32Array[]): Generator<readonly number[] | undefined, void, void> {
  const rows: number[][] = vectors.map(() => []);
  for (const [row, vector] of vectors.entries()) {
    for (let column = 0; column < row; column++) {
      const similarity = cosine(vector, vectors[column] ?? vector);
      (rows[row] ?? [])[column] = similarity;
      (rows[column] ?? [])[row] = similarity;
    }
    (rows[row] ?? [])[row] = 1;
    yield undefined;
  }
  yield* rows;
}

/** The tokens of a range of the text. */
function tokensOf({ ids, offsets }: Encoding, { start, end }: Span): TokenRange | undefined {
  const first = countWhile(ids.length, (token) => (offsets.ends[token] ?? 0) <= start);
  let last = first;
  while (last < ids.length && (offsets.starts[last] ?? 0) < end) last++;
  return last > first ? { start: first, end: last } : undefined;
}
