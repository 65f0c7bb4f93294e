import type { Vocabulary } from '../models/vocabulary.ts';

/** The pieces of a text, without special tokens. */
export interface EncodedText {
  readonly ids: Int32Array;
  /** Where each piece lies in the text. */
  readonly offsets: TokenOffsets;
  /** Whether a piece goes on with the word of the piece before it. */
  continues(piece: number): boolean;
}

/** What a vocabulary made of a text. */
export interface Encoding extends EncodedText {
  readonly vocabulary: Vocabulary;
  /** From the call until the pieces were there, in milliseconds. */
  readonly tokenizeMs: number;
}

/**
 * Half-open ranges `[starts[i], ends[i])` of pieces in the text, in UTF-16 code units. White space that a piece takes
 * along, as `Ġname` does, is left out. Pieces that share a character, as the bytes of an emoji do, all have its range.
 */
export interface TokenOffsets {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}
