import type { JsEncoding } from 'tokenizers';
import type { Vocabulary } from '../models/vocabulary.ts';

/** The pieces of a text, without special tokens. */
export interface Encoding {
  readonly vocabulary: Vocabulary;
  readonly ids: Int32Array;
  /** Where each piece lies in the text. Fetched from the tokenizer when first asked for. */
  readonly offsets: TokenOffsets;
  /** Time that it took to tokenize the text, with whatever was tokenized beside it, in milliseconds. */
  readonly tokenizeMs: number;
}

/** Half-open ranges `[starts[i], ends[i])` of pieces in the text, in UTF-16 code units. */
export interface TokenOffsets {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** A stretch of a text, and what the tokenizer made of it. */
export interface EncodedPart {
  readonly text: string;
  /** Where the stretch begins in the whole text, in UTF-16 code units. */
  readonly start: number;
  readonly native: JsEncoding;
}

/** The encoding of a text in one part; its offsets cost a call into the tokenizer, so they wait until they are wanted. */
export class ShortEncoding implements Encoding {
  readonly vocabulary: Vocabulary;
  readonly ids: Int32Array;
  readonly tokenizeMs: number;
  #part: EncodedPart | undefined;
  #offsets: TokenOffsets | undefined;

  constructor(vocabulary: Vocabulary, part: EncodedPart, tokenizeMs: number) {
    this.vocabulary = vocabulary;
    this.ids = Int32Array.from(part.native.getIds());
    this.tokenizeMs = tokenizeMs;
    this.#part = part;
  }

  get offsets(): TokenOffsets {
    if (!this.#offsets) {
      const starts = new Int32Array(this.ids.length);
      const ends = new Int32Array(this.ids.length);
      if (this.#part) writeOffsets(this.#part, starts, ends, 0);
      this.#part = undefined;
      this.#offsets = { starts, ends };
    }
    return this.#offsets;
  }
}

/**
 * Writes the offsets of a part's pieces from index `at` on. The tokenizer counts code points;
 * what is written are UTF-16 code units of the whole text.
 */
export function writeOffsets(part: EncodedPart, starts: Int32Array, ends: Int32Array, at: number): void {
  const unit = codePointToUtf16(part.text);
  part.native.getOffsets().forEach(([start = 0, end = 0], index) => {
    starts[at + index] = part.start + unit(start);
    ends[at + index] = part.start + unit(end);
  });
}

/** Maps an index in code points to one in UTF-16 code units. */
function codePointToUtf16(text: string): (codePoint: number) => number {
  if (!/[\ud800-\udbff]/.test(text)) return (codePoint) => codePoint;
  const units = new Int32Array(text.length + 1);
  let codePoint = 0;
  let unit = 0;
  for (const character of text) {
    units[codePoint++] = unit;
    unit += character.length;
  }
  units[codePoint] = unit;
  return (index) => units[index] ?? text.length;
}
