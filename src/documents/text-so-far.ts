import type { Document, Stretch } from './document.ts';
import { type Place, WHOLE_TEXT } from './document-sentences.ts';
import { type OffsetEncoding, positionConverter } from './offsets.ts';
import { movedState, neededFrom, SENTENCE_LOOKAHEAD, SentenceScanner, type SentenceState } from './sentences.ts';
import { beginsWithHalf, withoutHalf } from './surrogates.ts';
import { isBlank } from './text.ts';

/**
 * A growing text as one of its readers sees it. The reader looks only at the end of the text, so its documents hold
 * little more than that end, and their cost does not depend on the length of the text.
 */
export class TextSoFar {
  readonly #hash: string;
  readonly #offsetEncoding: OffsetEncoding;
  readonly #make: (text: string, stretch: Stretch) => Document;
  #all = '';
  /** The end of the text, at which the reader looks, and its place. */
  #end = '';
  #before: Place = WHOLE_TEXT;
  /** UTF-16 position before which the reader no longer looks. */
  #done = 0;
  #document: Document | undefined;
  #whole: Document | undefined;

  /** @param hash the base of all ids, instead of a hash of the text */
  constructor(hash: string, offsetEncoding: OffsetEncoding, make: (text: string, stretch: Stretch) => Document) {
    this.#hash = hash;
    this.#offsetEncoding = offsetEncoding;
    this.#make = make;
  }

  /** UTF-16 code units so far. */
  get length(): number {
    return this.#all.length;
  }

  /** Appends a part. If it ends with half a surrogate pair, that half is not part of the text yet. */
  append(part: string): void {
    const added = withoutHalf(part);
    if (added === '') return;
    this.#all += added;
    this.#end += added;
    this.#document = undefined;
    this.#whole = undefined;
  }

  /** Notes that the reader no longer looks before a position (UTF-16). */
  leave(position: number): void {
    this.#done = Math.max(this.#done, position);
  }

  /** The document of the end of the text, which begins at or before the position that the reader has reached. */
  readonly document = (): Document => {
    if (!this.#document) {
      this.#forget();
      this.#document = this.#make(this.#end, { ...this.#before, hash: this.#hash, whole: this.whole });
    }
    return this.#document;
  };

  /** The document of the whole text. */
  readonly whole = (): Document => {
    this.#whole ??= this.#make(this.#all, { ...WHOLE_TEXT, hash: this.#hash, whole: this.whole });
    return this.#whole;
  };

  /** The text between two UTF-16 positions. */
  slice(start: number, end: number): string {
    const { unit } = this.#before;
    return start < unit ? this.#all.slice(start, end) : this.#end.slice(start - unit, end - unit);
  }

  /**
   * Drops the text before the sentence that the reader has reached, as far as more text cannot change its sentences.
   */
  #forget(): void {
    const { unit, position, sentences } = this.#before;
    const scanner = new SentenceScanner(this.#end, this.#before.scanner);
    let reached: { readonly state: SentenceState; readonly ended: number } | undefined;
    let ended = 0;
    for (const sentence of scanner.steps()) {
      const { state } = scanner;
      if (unit + state.start > this.#done || state.from + SENTENCE_LOOKAHEAD > this.#end.length) break;
      if (sentence && !isBlank(this.#end.slice(sentence.start, sentence.end))) ended++;
      reached = { state, ended };
    }
    if (!reached) return;
    const needed = Math.max(0, neededFrom(reached.state));
    const cut = beginsWithHalf(this.#end.slice(needed, needed + 1)) ? needed - 1 : needed;
    this.#before = {
      unit: unit + cut,
      position: position + positionConverter(this.#end.slice(0, cut), this.#offsetEncoding)(cut),
      sentences: sentences + reached.ended,
      scanner: movedState(reached.state, -cut),
    };
    this.#end = this.#end.slice(cut);
  }
}
