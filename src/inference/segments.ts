import DataLoader from 'dataloader';
import type { JsEncoding } from 'tokenizers';
import type { BertRules } from '../models/tokenizer-file.ts';
import type { Vocabulary } from '../models/vocabulary.ts';
import { codePointToUtf16 } from './code-points.ts';
import { type Segment, WordPieces } from './word-pieces.ts';

/** Segments kept of each generation. A book has some 10,000 different ones. */
const GENERATION_SIZE = 65_536;
/** Longer segments are rare and never the same twice, so they are not kept. */
const LONGEST_KEPT = 64;
/** Segments in one call of the tokenizer. */
const SEGMENTS_AT_ONCE = 8192;
/** UTF-16 code units of a line that segments are joined to: long enough to be quick, short enough for all cores. */
const LINE_LENGTH = 2048;

/**
 * What a vocabulary makes of segments. A text's pieces are its segments' pieces: plain words are split here, and
 * other segments have often been seen before. Those that have not, of all requests that ask in the same turn of the
 * event loop, go to the Rust tokenizer in one call, off the main thread.
 */
export class SegmentPieces {
  #young = new Map<string, Segment>();
  #old = new Map<string, Segment>();
  readonly #words: WordPieces;
  readonly #loader: DataLoader<string, Segment>;

  constructor(vocabulary: Vocabulary, rules: BertRules) {
    this.#words = new WordPieces(vocabulary, rules);
    this.#loader = new DataLoader((segments) => encodeSegments(vocabulary, segments), {
      maxBatchSize: SEGMENTS_AT_ONCE,
    });
  }

  /**
   * What is known of the segment at `[start, end)` of a text: the id of the piece that it is, or its pieces; where
   * neither is, what {@link load} gets them by.
   *
   * @param isPlain whether it is a word or a mark of plain ASCII
   */
  find(text: string, start: number, end: number, isPlain: boolean): number | Segment | string {
    const id = this.#words.find(text, start, end, isPlain);
    if (id >= 0) return id;
    const segment = this.#words.nameOf(text, start, end, isPlain);
    const known = this.#young.get(segment);
    if (known) return known;
    const pieces = this.#old.get(segment) ?? (isPlain ? this.#words.split(text, start, end) : undefined);
    if (!pieces) return segment;
    this.#keep(segment, pieces);
    return pieces;
  }

  /** The pieces of a segment that is not known yet. Those who ask while it is on its way share it. */
  async load(segment: string): Promise<Segment> {
    try {
      const pieces = await this.#loader.load(segment);
      this.#keep(segment, pieces);
      return pieces;
    } finally {
      this.#loader.clear(segment);
    }
  }

  /** Segments that were not used for a whole generation are forgotten. */
  #keep(segment: string, pieces: Segment): void {
    if (segment.length > LONGEST_KEPT) return;
    if (this.#young.size >= GENERATION_SIZE) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    // A slice of a string holds on to all of it, so what is kept must be a copy.
    this.#young.set(Buffer.from(segment, 'utf16le').toString('utf16le'), pieces);
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
