import DataLoader from 'dataloader';
import type { JsEncoding } from 'tokenizers';
import type { Vocabulary } from '../models/vocabulary.ts';
import { codePointToUtf16 } from './code-points.ts';
import { WordTable } from './word-table.ts';

/**
 * The pieces of a segment, that is of a stretch of text that the tokenizer treats by itself: for each piece
 * its id, and where it starts and ends in the segment, in UTF-16 code units, one behind the other.
 */
export type Segment = readonly number[];

/** Numbers that describe one piece of a {@link Segment}. */
export const FIELDS = 3;

/** Segments kept of each generation. A book has some 10,000 different ones. */
const GENERATION_SIZE = 65_536;
/** Longer segments are rare and never the same twice, so they are not kept. */
const LONGEST_KEPT = 64;
/** Segments in one call of the tokenizer. */
const SEGMENTS_AT_ONCE = 8192;
/** UTF-16 code units of a line that segments are joined to: long enough to be quick, short enough for all cores. */
const LINE_LENGTH = 2048;

/**
 * What a vocabulary makes of segments. A text's pieces are its segments' pieces, and prose repeats its
 * segments: most are words of the vocabulary or have been seen before, and are found here without a call
 * into the tokenizer. Those that are not, of all requests that ask in the same turn of the event loop, go
 * to the Rust tokenizer in one call, off the main thread.
 */
export class SegmentPieces {
  #young = new Map<string, Segment>();
  #old = new Map<string, Segment>();
  readonly #words: WordTable;
  readonly #lowercase: boolean;
  readonly #loader: DataLoader<string, Segment>;

  /** @param lowercase whether the tokenizer lower-cases text: then plain words are, so that they are found more often */
  constructor(vocabulary: Vocabulary, lowercase: boolean) {
    this.#words = new WordTable(vocabulary.words());
    this.#lowercase = lowercase;
    this.#loader = new DataLoader((segments) => encodeSegments(vocabulary, segments), {
      maxBatchSize: SEGMENTS_AT_ONCE,
    });
  }

  /** The id of the word that a segment of a text is, or -1 where it is none. */
  findWord(text: string, start: number, end: number, isPlain: boolean): number {
    return this.#words.find(text, start, end, isPlain && this.#lowercase);
  }

  /** A segment as its pieces are known by it. */
  nameOf(text: string, start: number, end: number, isPlain: boolean): string {
    const segment = text.slice(start, end);
    return isPlain && this.#lowercase ? segment.toLowerCase() : segment;
  }

  /** The pieces of a segment that is no word, where they are known. */
  get(segment: string): Segment | undefined {
    const known = this.#young.get(segment);
    if (known) return known;
    const old = this.#old.get(segment);
    if (old) this.#keep(segment, old);
    return old;
  }

  /** The pieces of a segment that is not known yet. Those who ask while it is on its way share it. */
  async load(segment: string): Promise<Segment> {
    try {
      const pieces = await this.#loader.load(segment);
      // A slice of a string holds on to all of it, so what is kept must be a copy.
      if (segment.length <= LONGEST_KEPT) this.#keep(Buffer.from(segment, 'utf16le').toString('utf16le'), pieces);
      return pieces;
    } finally {
      this.#loader.clear(segment);
    }
  }

  /** Segments that were not used for a whole generation are forgotten. */
  #keep(segment: string, pieces: Segment): void {
    if (this.#young.size >= GENERATION_SIZE) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(segment, pieces);
  }
}

/** Segments joined by blanks, and where each of them starts. */
interface Line {
  readonly segments: string[];
  text: string;
}

async function encodeSegments(vocabulary: Vocabulary, segments: readonly string[]): Promise<Segment[]> {
  const lines: Line[] = [];
  let line: Line | undefined;
  for (const segment of new Set(segments)) {
    if (!line || line.text.length + segment.length > LINE_LENGTH) lines.push((line = { segments: [], text: '' }));
    line.text += line.segments.length > 0 ? ` ${segment}` : segment;
    line.segments.push(segment);
  }
  const encodings = await vocabulary.encode(lines.map(({ text }) => text));
  const found = new Map<string, Segment>();
  lines.forEach((each, index) => {
    const encoding = encodings[index];
    if (!encoding) throw new Error(`The tokenizer gave ${encodings.length} encodings for ${lines.length} texts.`);
    splitPieces(each, encoding, found);
  });
  return segments.map((segment) => found.get(segment) ?? []);
}

/** Gives each segment of a line its pieces. */
function splitPieces({ segments, text }: Line, encoding: JsEncoding, found: Map<string, Segment>): void {
  const ids = encoding.getIds();
  const offsets = encoding.getOffsets();
  const unit = codePointToUtf16(text);
  let piece = 0;
  let start = 0;
  for (const segment of segments) {
    const pieces: number[] = [];
    const end = start + segment.length;
    for (; piece < ids.length; piece++) {
      const [from = 0, to = 0] = offsets[piece] ?? [];
      if (unit(from) >= end) break;
      pieces.push(ids[piece] ?? 0, unit(from) - start, unit(to) - start);
    }
    found.set(segment, pieces);
    start = end + 1;
  }
}
