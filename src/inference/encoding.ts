import type { Vocabulary } from '../models/vocabulary.ts';

/** The pieces of a text, without special tokens. */
export interface Encoding {
  readonly vocabulary: Vocabulary;
  readonly ids: Int32Array;
  /** Where each piece lies in the text. */
  readonly offsets: TokenOffsets;
  /** From the call until the pieces were there, in milliseconds. */
  readonly tokenizeMs: number;
}

/** Half-open ranges `[starts[i], ends[i])` of pieces in the text, in UTF-16 code units. */
export interface TokenOffsets {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}
