import { setImmediate as nextTurn } from 'node:timers/promises';
import DataLoader from 'dataloader';
import { LRUCache } from 'lru-cache';
import type { JsEncoding } from 'tokenizers';
import type { Tokenizer } from '../models/tokenizer.ts';
import { codePointToUtf16 } from './code-points.ts';

/** Segments that are kept. A book has some 10,000 different ones. */
const MOST_KEPT = 65_536;
/** Longer segments are rare and never the same twice, so they are not kept. */
const LONGEST_KEPT = 64;
/** Segments in one call of the tokenizer. */
const SEGMENTS_AT_ONCE = 4096;
/** UTF-16 code units of a line that segments are joined to: long enough to be quick, short enough for all cores. */
const LINE_LENGTH = 2048;
/** Milliseconds of computing after which others get their turn. */
const TURN_MS = 4;

/**
 * The tokens of a segment: for each its id, and where it starts and ends in the segment, in UTF-16 code units, one after
 * the other.
 */
export type SegmentTokens = readonly number[];

/**
 * The tokens of words that have been seen before. Those that have not, of all requests that ask in the same turn of the
 * event loop, go to the Rust tokenizer in one call, off the main thread. Without the cache the first chunk of a megabyte
 * would take four times as long.
 */
export class WordCache {
  readonly #known = new LRUCache<string, SegmentTokens>({ max: MOST_KEPT });
  readonly #loader: DataLoader<string, SegmentTokens>;

  constructor(tokenizer: Tokenizer) {
    this.#loader = new DataLoader((segments) => encodeSegments(tokenizer, segments), {
      maxBatchSize: SEGMENTS_AT_ONCE,
    });
  }

  /** The tokens of a segment if they are cached. */
  get(segment: string): SegmentTokens | undefined {
    return this.#known.get(segment);
  }

  /** The tokens of a segment that is not cached. All who ask while it is loaded share it. */
  async load(segment: string): Promise<SegmentTokens> {
    try {
      const tokens = await this.#loader.load(segment);
      // A slice of a string holds on to all of it, so what is kept must be a copy.
      if (segment.length <= LONGEST_KEPT) this.#known.set(Buffer.from(segment).toString(), tokens);
      return tokens;
    } finally {
      this.#loader.clear(segment);
    }
  }
}

/** Segments joined by spaces. */
interface Line {
  readonly segments: string[];
  text: string;
}

async function encodeSegments(tokenizer: Tokenizer, segments: readonly string[]): Promise<SegmentTokens[]> {
  const lines: Line[] = [];
  let line: Line | undefined;
  for (const segment of new Set(segments)) {
    if (!line || line.text.length + segment.length > LINE_LENGTH) lines.push((line = { segments: [], text: '' }));
    line.text += line.segments.length > 0 ? ` ${segment}` : segment;
    line.segments.push(segment);
  }
  const encodings = await tokenizer.encode(lines.map(({ text }) => text));
  const found = new Map<string, SegmentTokens>();
  let turnEnds = performance.now() + TURN_MS;
  for (const [index, each] of lines.entries()) {
    const encoding = encodings[index];
    if (!encoding) throw new Error(`The tokenizer gave ${encodings.length} encodings for ${lines.length} texts.`);
    splitTokens(each, encoding, found);
    if (performance.now() < turnEnds) continue;
    await nextTurn();
    turnEnds = performance.now() + TURN_MS;
  }
  return segments.map((segment) => found.get(segment) ?? []);
}

/** Gives each segment of a line its tokens. */
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
