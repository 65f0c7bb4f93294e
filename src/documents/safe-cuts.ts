import type { Tokenizer } from '../models/tokenizer.ts';

/** White space at which BERT's tokenizer cuts a text, and what `withLineEnds` makes of it. */
const BLANK = /[ \t-\r\u0085]/;
const LETTER = /[\p{L}\p{N}]/u;
/** Characters back from the end of a stretch without white space in which an address may still come to be. */
const LONGEST_NAME = 80;
const ADDRESS = /[@:]|www/i;

/**
 * Positions at which a text can be cut so that its tokens are those of both parts, whatever follows: the tokens before
 * a cut do not change any more while a text grows.
 */
export interface SafeCuts {
  /** The last cut at or before a position; 0 if there is none. */
  before(text: string, position: number): number;
}

/** The cuts that a tokenizer allows. */
export function safeCutsOf(tokenizer: Tokenizer): SafeCuts {
  if (tokenizer.bert) return { before: lastWord };
  return { before: tokenizer.splitsAtSpaces ? lastSpace : () => 0 };
}

/** After white space; in a long stretch without any, before an ideograph, which is a word by itself. */
function lastWord(text: string, position: number): number {
  let at = position;
  while (at > 0 && !BLANK.test(text.charAt(at - 1))) at--;
  if (position - at <= LONGEST_NAME || ADDRESS.test(text.slice(at, position))) return at;
  for (let cut = position - LONGEST_NAME; cut > at; cut--) {
    const unit = text.charCodeAt(cut);
    if (unit >= 0x4e00 && unit <= 0x9fff) return cut;
  }
  return at;
}

/** At a single blank between letters or digits; the second part begins with it. */
function lastSpace(text: string, position: number): number {
  for (let at = Math.min(position, text.length - 2); at > 0; at--) {
    if (text.charAt(at) !== ' ' || !LETTER.test(text.charAt(at - 1))) continue;
    if (LETTER.test(String.fromCodePoint(text.codePointAt(at + 1) ?? 0x20))) return at;
  }
  return 0;
}
