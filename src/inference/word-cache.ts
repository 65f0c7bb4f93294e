import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import type { JsEncoding } from 'tokenizers';
import type { Tokenizer } from '../models/tokenizer.ts';
import { isTurnOver, nextTurn } from '../turns.ts';
import { codePointToUtf16 } from './code-points.ts';

/** The most cached segments. A book has some 10,000 different ones. */
const MOST_KEPT = 65_536;
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

/**
 * Caches the tokens of words, and drops the oldest: to note when each word was last used would take longer than to
 * tokenize a frequent one again now and then. New words of all requests in the same turn of the event loop go to the
 * Rust tokenizer together, off the main thread. Without the cache the first chunk of a megabyte would take four times
 * as long.
 */
export class WordCache {
  readonly #known = new LRUCache<string, SegmentTokens>({ max: MOST_KEPT });
  readonly #loader: DataLoader<ReadonlySet<string>, ReadonlyMap<string, SegmentTokens>>;

  constructor(tokenizer: Tokenizer) {
    this.#loader = new DataLoader((sets) => this.#load(tokenizer, sets), { cache: false });
  }

  /** The tokens of a segment if they are cached. */
  get(segment: string): SegmentTokens | undefined {
    return this.#known.peek(segment);
  }

  /** Loads the tokens of segments that are not cached. The map may have others, too. */
  load(segments: ReadonlySet<string>): Promise<ReadonlyMap<string, SegmentTokens>> {
    return this.#loader.load(segments);
  }

  async #load(tokenizer: Tokenizer, sets: readonly ReadonlySet<string>[]) {
    const found = await encodeSegments(tokenizer, new Set(sets.flatMap((segments) => [...segments])));
    for (const [segment, tokens] of found) {
      // A slice keeps the whole string in memory, so the key must be a copy.
      if (segment.length <= LONGEST_KEPT) this.#known.set(Buffer.from(segment).toString(), tokens);
      if (isTurnOver()) await nextTurn();
    }
    return sets.map(() => found);
  }
}

/** Segments joined by spaces. */
interface Line {
  readonly segments: string[];
  text: string;
}

async function encodeSegments(
  tokenizer: Tokenizer,
  segments: ReadonlySet<string>,
): Promise<ReadonlyMap<string, SegmentTokens>> {
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
