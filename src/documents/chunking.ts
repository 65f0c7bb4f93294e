import type { Encoding } from '../inference/encoding.ts';
import type { Span } from './span.ts';

/** The part of an encoding that planning looks at. */
export type TokenView = Pick<Encoding, 'ids' | 'continues'> & { readonly offsets: Pick<Encoding['offsets'], 'starts'> };

export interface ChunkingOptions {
  /** Tokens of a window, including context but not special tokens. */
  readonly windowTokens: number;
  /** The most tokens of context on each side of a core. */
  readonly overlapTokens: number;
}

/**
 * A part of a document that a model reads at once. The cores of all chunks tile the document's tokens; the window is
 * the core with context around it. Ranges are half-open, in tokens.
 */
export interface Chunk {
  readonly index: number;
  readonly core: Span;
  readonly window: Span;
}

/** The chunks of a document that fits one window (none if it has no tokens); `undefined` if it is longer. */
export function chunksOfShort({ ids }: Encoding, windowTokens: number): readonly Chunk[] | undefined {
  if (ids.length > windowTokens) return undefined;
  const all = { start: 0, end: ids.length };
  return ids.length > 0 ? [{ index: 0, core: all, window: all }] : [];
}

/**
 * Plans the chunks of a document, in order, as its sentences become known. Whole sentences are packed into
 * cores, so that most boundaries cannot cut a name; a sentence that is longer than a core is cut between words. A
 * document that fits one window is one chunk without context, hence exactly one run of the model.
 *
 * @typeParam Step `undefined` if the sentences come with steps that found none, which are yielded, too
 */
export function* planChunks<Step extends undefined = never>(
  encoding: Encoding,
  sentences: Iterable<Span | NoInfer<Step>>,
  options: ChunkingOptions,
): Generator<Chunk | Step, void, void> {
  const short = chunksOfShort(encoding, options.windowTokens);
  if (short) return yield* short;
  const coreTokens = Math.max(1, options.windowTokens - 2 * options.overlapTokens);
  let index = 0;
  for (const core of packCores<Step>(encoding, sentenceEnds<Step>(encoding, sentences), coreTokens)) {
    yield core && { index: index++, core, window: withContext(encoding, core, options.overlapTokens) };
  }
}

/**
 * Tiles the tokens from `from` on with cores of at most `coreTokens`.
 *
 * @param ends for each sentence the index of the first token after it
 */
export function* packCores<Step extends undefined = never>(
  encoding: TokenView,
  ends: Iterable<number | NoInfer<Step>>,
  coreTokens: number,
  from = 0,
): Generator<Span | Step, void, void> {
  let start = from;
  let packed = from;
  for (const sentenceEnd of ends) {
    if (sentenceEnd === undefined) {
      yield sentenceEnd;
      continue;
    }
    if (sentenceEnd - start > coreTokens) {
      if (packed > start) yield { start, end: packed };
      start = packed;
      while (sentenceEnd - start > coreTokens) {
        const cut = wordStartBefore(encoding, start + coreTokens, start);
        const end = cut > start ? cut : start + coreTokens;
        yield { start, end };
        start = end;
      }
    }
    packed = sentenceEnd;
  }
  if (packed > start) yield { start, end: packed };
}

/** A core with whole words of context on both sides. */
export function withContext(encoding: TokenView, core: Span, overlapTokens: number): Span {
  const start = wordStartFrom(encoding, Math.max(0, core.start - overlapTokens));
  const end = wordStartBefore(encoding, Math.min(encoding.ids.length, core.end + overlapTokens), core.end);
  return { start: Math.min(start, core.start), end };
}

/**
 * For each sentence the index of the first token after it; the last one is the number of tokens.
 *
 * @param from only those after this token
 */
export function* sentenceEnds<Step extends undefined = never>(
  encoding: TokenView,
  sentences: Iterable<Span | NoInfer<Step>>,
  from = 0,
): Generator<number | Step, void, void> {
  const { starts } = encoding.offsets;
  let token = 0;
  for (const sentence of sentences) {
    if (sentence === undefined) {
      yield sentence;
      continue;
    }
    const before = Math.max(token, from);
    while (token < starts.length && (starts[token] ?? 0) < sentence.end) token++;
    // With a footnote mark, a sentence can end within one word of the tokenizer.
    token = wordStartFrom(encoding, token);
    if (token > before) yield token;
  }
  if (token < starts.length) yield starts.length;
}

/** The first word start at or after `token`, or the number of tokens. */
function wordStartFrom(encoding: TokenView, token: number): number {
  let at = token;
  while (at < encoding.ids.length && encoding.continues(at)) at++;
  return at;
}

/** The last word start at or before `token` and not before `least`. */
function wordStartBefore(encoding: TokenView, token: number, least: number): number {
  let at = token;
  while (at > least && at < encoding.ids.length && encoding.continues(at)) at--;
  return at;
}
