import { isHighSurrogate } from '../code-units.ts';
import type { Tokenizer } from '../models/tokenizer.ts';

/**
 * UTF-16 code units of a text that are handled in one turn of the event loop: 2 ms for prose, 15 ms for nothing but
 * punctuation.
 */
const PART_LENGTH = 32_768;
/** New characters that are looked up in one turn of the event loop: about three milliseconds. */
const LOOKUPS_PER_TURN = 1000;

/** Called with the segments of a text, in order. Ranges are half-open, in UTF-16 code units. */
export interface SegmentVisitor {
  segment(start: number, end: number): void;
  /** A word that is too long for the tokenizer, which makes it one unknown token. */
  unknown(start: number, end: number): void;
}

/** How BERT's tokenizer treats a character; 0 if it was not looked up yet. White space: */
const SPACE = 1;
/** A word by itself: punctuation marks and ideographs. */
const ALONE = 2;
/** An ASCII letter or digit, part of a word. */
const PLAIN = 3;
/** Part of a word. */
const KEPT = 4;
/** Deleted by the normalizer. */
const REMOVED = 5;
/** None of these: the text around it is left to the tokenizer. */
const MIXED = 6;

/**
 * Splits texts into the segments that BERT's tokenizer treats one by one: words, punctuation marks and ideographs
 * (`BasicTokenizer` of the BERT paper's code). The Rust tokenizer itself decides the kind of each character, since it
 * looks at every character separately.
 */
export class Segmenter {
  readonly #tokenizer: Tokenizer;
  readonly #maxWordLength: number;
  /** Longest first. */
  readonly #addedTokens: readonly string[];
  /** By code point. */
  readonly #kinds = new Uint8Array(0x11_0000);
  #lookups = 0;

  constructor(tokenizer: Tokenizer, maxWordLength: number) {
    this.#tokenizer = tokenizer;
    this.#maxWordLength = maxWordLength;
    this.#addedTokens = [...tokenizer.addedTokens].sort((one, other) => other.length - one.length);
    for (let code = 0; code < 128; code++) {
      const kind = this.#lookUp(code);
      this.#kinds[code] = kind === KEPT && /[A-Za-z0-9]/.test(String.fromCharCode(code)) ? PLAIN : kind;
    }
  }

  /**
   * Visits the segments of a part of a text, from `start` on.
   *
   * @returns where the next part begins; it may be `start` again if many characters had to be looked up
   */
  visitPart(text: string, start: number, visitor: SegmentVisitor): number {
    const { length } = text;
    const kinds = this.#kinds;
    const until = Math.min(length, start + PART_LENGTH);
    this.#lookups = 0;
    let at = start;
    while (at < until) {
      let end = at;
      while (end < length && kinds[text.charCodeAt(end)] === PLAIN) end++;
      const next = this.#kindAt(text, end);
      if (end > at && next <= ALONE) {
        if (end - at > this.#maxWordLength) visitor.unknown(at, end);
        else visitor.segment(at, end);
        at = end;
      } else if (next === SPACE) {
        at = end + 1;
      } else if (next === ALONE) {
        end = at + this.#lengthAlone(text, at);
        visitor.segment(at, end);
        at = end;
      } else {
        at = this.#visitWord(text, at, visitor);
      }
      if (this.#lookups >= LOOKUPS_PER_TURN) return at;
    }
    return at;
  }

  /** Code units of the added token, or else the character, at `at`. */
  #lengthAlone(text: string, at: number): number {
    const added = this.#addedTokens.find((token) => text.startsWith(token, at));
    return added?.length ?? (isHighSurrogate(text.charCodeAt(at)) ? 2 : 1);
  }

  /** Visits a word that is not plain ASCII. Returns its end, or its start if too many characters must be looked up. */
  #visitWord(text: string, start: number, visitor: SegmentVisitor): number {
    let kept = 0;
    let isMixed = false;
    let first = start;
    let last = start;
    let at = start;
    for (;;) {
      const kind = this.#kindAt(text, at);
      if (kind <= ALONE) break;
      const length = isHighSurrogate(text.charCodeAt(at)) ? 2 : 1;
      if (kind === MIXED) isMixed = true;
      if (kind !== REMOVED) {
        if (kept === 0) first = at;
        kept++;
        last = at + length;
      }
      at += length;
      if (this.#lookups >= LOOKUPS_PER_TURN) return start;
    }
    if (isMixed) visitor.segment(start, at);
    else if (kept > this.#maxWordLength) visitor.unknown(first, last);
    else if (kept > 0) visitor.segment(first, last);
    return at;
  }

  /** The kind of the character at `at`; at the end of the text that of white space. */
  #kindAt(text: string, at: number): number {
    if (at >= text.length) return SPACE;
    const known = this.#kinds[text.charCodeAt(at)];
    if (known) return known;
    const code = text.codePointAt(at) ?? 0;
    // A lone surrogate, whose kind is not kept by its code, since other halves would be mistaken for it.
    if (code >= 0xd800 && code < 0xe000) return MIXED;
    return this.#kinds[code] || (this.#kinds[code] = this.#lookUp(code));
  }

  #lookUp(code: number): number {
    this.#lookups++;
    const words = this.#tokenizer.splitWords(`a${String.fromCodePoint(code)}a`);
    const [first = ''] = words;
    if (words.length === 1) return first === 'aa' ? REMOVED : this.#mayBeReordered(code) ? MIXED : KEPT;
    if (first !== 'a' || words.at(-1) !== 'a') return MIXED;
    return words.length === 2 ? SPACE : ALONE;
  }

  /**
   * Whether a mark may be reordered: a tokenizer that strips accents decomposes the text first, which sorts all marks.
   */
  #mayBeReordered(code: number): boolean {
    return /\p{M}/u.test(String.fromCodePoint(code)) && this.#tokenizer.splitWords('a\u0301')[0] === 'a';
  }
}
