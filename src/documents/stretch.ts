import type { Document } from './document.ts';
import type { SentenceState } from './sentences.ts';

/** Where a document lies that is the end of a longer text, which may still grow. */
export interface Stretch {
  /** What ids depend on instead of the text. */
  readonly hash: string;
  /** UTF-16 code units of the text before the document. */
  readonly unit: number;
  /** The same in the client's unit. */
  readonly position: number;
  /** Number of sentences before those of the document. */
  readonly sentences: number;
  /** Where the first of these begins; at the start of the document by default. */
  readonly scanner?: SentenceState | undefined;
  /** The document of the whole text. */
  readonly whole: () => Document;
}
