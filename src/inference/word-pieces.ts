import type { BertRules } from '../models/tokenizer-file.ts';
import type { Vocabulary } from '../models/vocabulary.ts';
import { WordTable } from './word-table.ts';

/** Numbers that describe one piece of a {@link Segment}. */
export const FIELDS = 3;

/**
 * The pieces of a segment, that is of a stretch of text that the tokenizer treats by itself: for each piece
 * its id, and where it starts and ends in the segment, in UTF-16 code units, one behind the other.
 */
export type Segment = readonly number[];

/**
 * WordPiece on plain ASCII words (section 3.1 of https://arxiv.org/abs/2012.15524): the longest piece of the
 * vocabulary that a word begins with, then the longest that goes on, and so to its end.
 */
export class WordPieces {
  readonly #words: WordTable;
  readonly #continuations: WordTable;
  readonly #lowercase: boolean;
  readonly #maxWordLength: number;

  constructor(vocabulary: Vocabulary, rules: BertRules) {
    this.#words = new WordTable(vocabulary.words());
    this.#continuations = new WordTable(vocabulary.continuations());
    this.#lowercase = rules.lowercase;
    this.#maxWordLength = rules.maxWordLength;
  }

  /**
   * The id of the piece that a stretch of a text is as a whole, or -1 where it is none.
   *
   * @param isPlain whether it is a word or a mark of plain ASCII
   */
  find(text: string, start: number, end: number, isPlain: boolean): number {
    return this.#words.find(text, start, end, isPlain && this.#lowercase);
  }

  /** A stretch of a text as the tokenizer sees it. */
  nameOf(text: string, start: number, end: number, isPlain: boolean): string {
    const segment = text.slice(start, end);
    return isPlain && this.#lowercase ? segment.toLowerCase() : segment;
  }

  /** The pieces of a plain word; nothing where the vocabulary has none for it: that is left to the tokenizer. */
  split(text: string, start: number, end: number): Segment | undefined {
    if (end - start > this.#maxWordLength) return undefined;
    const pieces: number[] = [];
    let table = this.#words;
    for (let at = start; at < end; table = this.#continuations) {
      const stop = at + table.longestAt(text, at, end, this.#lowercase);
      if (stop === at) return undefined;
      pieces.push(table.find(text, at, stop, this.#lowercase), at - start, stop - start);
      at = stop;
    }
    return pieces;
  }
}
