import type { Tokenizer } from '../models/tokenizer.ts';

/** White space at which BERT's tokenizer splits a text, including the controls that `withLineEnds` replaces. */
const SPACE = /[ \t-\r\u0085]/;
const LETTER = /[\p{L}\p{N}]/u;
/** Characters at the end of a run without white space that may still become part of an address. */
const LONGEST_NAME = 80;
const ADDRESS = /[@:]|www/i;

/**
 * Positions at which a text can be cut without changing its tokens, whatever follows: the tokens before a cut no longer
 * change while the text grows.
 */
export interface SafeCuts {
  /** The last cut at or before a position; 0 if there is none. */
  before(text: string, position: number): number;
}

/** The cuts that are safe with a tokenizer. */
export function safeCutsOf(tokenizer: Tokenizer): SafeCuts {
  if (tokenizer.bert) return { before: lastWord };
  return { before: tokenizer.splitsAtSpaces ? lastSpace : () => 0 };
}

/** A cut after white space; in a long run without any, before an ideograph, which is a word by itself. */
function lastWord(text: string, position: number): number {
  let at = position;
  while (at > 0 && !SPACE.test(text.charAt(at - 1))) at--;
  if (position - at <= LONGEST_NAME || ADDRESS.test(text.slice(at, position))) return at;
  for (let cut = position - LONGEST_NAME; cut > at; cut--) {
    const unit = text.charCodeAt(cut);
    if (unit >= 0x4e00 && unit <= 0x9fff) return cut;
  }
  return at;
}

/** A cut at a single space between letters or digits; the second part begins with the space. */
function lastSpace(text: string, position: number): number {
  for (let at = Math.min(position, text.length - 2); at > 0; at--) {
    if (text.charAt(at) !== ' ' || !LETTER.test(text.charAt(at - 1))) continue;
    if (LETTER.test(String.fromCodePoint(text.codePointAt(at + 1) ?? 0x20))) return at;
  }
  return 0;
}
