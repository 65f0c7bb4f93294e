import DataLoader from 'dataloader';
import type { JsEncoding } from 'tokenizers';
import type { Tokenizer } from '../models/tokenizer.ts';
import { isTurnOver, nextTurn } from '../turns.ts';
import { codePointToUtf16 } from './code-points.ts';

/** The most segments of a generation. A book has some 10,000 different ones. */
const GENERATION = 32_768;
/** Longer segments are rare and hardly ever repeat, so they are not cached. */
const LONGEST_KEPT = 64;
/** UTF-16 code units of a line of joined segments: long enough to be fast, short enough to use all cores. */
const LINE_LENGTH = 2048;
/** Lines in one call of the tokenizer: their tokens are handed over in one go. */
const LINES_AT_ONCE = 16;

/**
 * The tokens of a segment, flattened to three numbers each: its id, and its start and end in the segment, in UTF-16
 * code units.
 */
export type SegmentTokens = readonly number[];

type TokensBySegment = ReadonlyMap<string, SegmentTokens>;

/**
 * Caches the tokens of words, in two generations: when the young one is full, the old one is dropped. Own code instead
 * of an LRU cache, since to note when each word was last used takes longer than to tokenize a frequent one again now
 * and then: a megabyte has 200,000 words. New words of all requests in the same turn of the event loop go to the
 * Rust tokenizer together, off the main thread. Without the cache the first chunk of a megabyte would take four times
 * as long.
 */
export class WordCache {
  #young = new Map<string, SegmentTokens>();
  #old: TokensBySegment = new Map();
  /** The segments that are being tokenized. */
  readonly #loading = new Map<string, Promise<TokensBySegment>>();
  readonly #loader: DataLoader<readonly string[], TokensBySegment>;

  constructor(tokenizer: Tokenizer) {
    this.#loader = new DataLoader((lists) => this.#encode(tokenizer, lists), { cache: false });
  }

  /** The tokens of a segment if they are cached. */
  get(segment: string): SegmentTokens | undefined {
    return this.#young.get(segment) ?? this.#old.get(segment);
  }

  /** Loads the tokens of segments that are not cached. Concurrent calls share the work. */
  async load(segments: ReadonlySet<string>): Promise<TokensBySegment> {
    const shared = new Set<Promise<TokensBySegment>>();
    const fresh: string[] = [];
    for (const segment of segments) {
      const loading = this.#loading.get(segment);
      if (loading) shared.add(loading);
      else fresh.push(segment);
    }
    if (fresh.length > 0) shared.add(this.#start(fresh));
    const loaded = await Promise.all(shared);
    const own = new Map<string, SegmentTokens>();
    for (const segment of segments) {
      const tokens = loaded.find((each) => each.has(segment))?.get(segment);
      if (tokens) own.set(segment, tokens);
    }
    return own;
  }

  async #start(segments: readonly string[]): Promise<TokensBySegment> {
    const loading = this.#loader.load(segments);
    for (const segment of segments) this.#loading.set(segment, loading);
    try {
      return await loading;
    } finally {
      for (const segment of segments) this.#loading.delete(segment);
    }
  }

  /** Each list gets the tokens of all. */
  async #encode(tokenizer: Tokenizer, lists: readonly (readonly string[])[]): Promise<TokensBySegment[]> {
    const found = await encodeSegments(tokenizer, lists.flat());
    for (const [segment, tokens] of found) {
      // A slice keeps the whole string in memory, so the key must be a copy.
      if (segment.length <= LONGEST_KEPT) this.#keep(Buffer.from(segment).toString(), tokens);
      if (isTurnOver()) await nextTurn();
    }
    return lists.map(() => found);
  }

  #keep(segment: string, tokens: SegmentTokens): void {
    if (this.#young.size === GENERATION) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(segment, tokens);
  }
}

/** Segments joined by spaces. */
interface Line {
  readonly segments: string[];
  text: string;
}

async function encodeSegments(tokenizer: Tokenizer, segments: readonly string[]): Promise<TokensBySegment> {
  const lines: Line[] = [];
  let line: Line | undefined;
  for (const segment of segments) {
    if (!line || line.text.length + segment.length > LINE_LENGTH) lines.push((line = { segments: [], text: '' }));
    line.text += line.segments.length > 0 ? ` ${segment}` : segment;
    line.segments.push(segment);
  }
  const found = new Map<string, SegmentTokens>();
  for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
    const some = lines.slice(at, at + LINES_AT_ONCE);
    const encodings = await tokenizer.encode(some.map(({ text }) => text));
    for (const [index, each] of some.entries()) {
      const encoding = encodings[index];
      if (!encoding) throw new Error(`The tokenizer gave ${encodings.length} encodings for ${some.length} texts.`);
      splitTokens(each, encoding, found);
      if (isTurnOver()) await nextTurn();
    }
  }
  return found;
}

/** Splits the tokens of a line by segment. */
function splitTokens({ segments, text }: Line, encoding: JsEncoding, found: Map<string, SegmentTokens>): void {
  const ids = encoding.getIds();
  const offsets = encoding.getOffsets();
  const unit = codePointToUtf16(text);
  let token = 0;
  let start = 0;
  for (const segment of segments) {
    const tokens: number[] = [];
    const end = start + segment.length;
    for (; token < ids.length; token++) {
      const [from = 0, to = 0] = offsets[token] ?? [];
      if (unit(from) >= end) break;
      tokens.push(ids[token] ?? 0, unit(from) - start, unit(to) - start);
    }
    found.set(segment, tokens);
    start = end + 1;
  }
}
