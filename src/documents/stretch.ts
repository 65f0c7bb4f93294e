import type { Document } from './document.ts';
import type { SentenceState } from './sentences.ts';

/** The place of a document that is the end of a longer text, which may still grow. */
export interface Stretch {
  /** The base of the document's ids, instead of a hash of its text. */
  readonly hash: string;
  /** Number of UTF-16 code units before the document. */
  readonly unit: number;
  /** The same number in the client's unit of positions. */
  readonly position: number;
  /** Number of sentences before those of the document. */
  readonly sentences: number;
  /** The state of the scanner at the first of those; by default, it begins at the start of the document. */
  readonly scanner?: SentenceState | undefined;
  /** The document of the whole text. */
  readonly whole: () => Document;
}
