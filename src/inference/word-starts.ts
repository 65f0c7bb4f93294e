import { isLowSurrogate } from '../code-units.ts';
import type { TokenOffsets } from './encoding.ts';

const ASCII_WORD = 1;
const ASCII_KINDS = Uint8Array.from({ length: 128 }, (_, unit) =>
  /[A-Za-z0-9]/.test(String.fromCharCode(unit)) ? ASCII_WORD : 0,
);

/** Punctuation, and letters of scripts without spaces between words. */
const STANDS_ALONE =
  /[\p{White_Space}\p{P}$+<=>^`|~\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const MARK = /\p{M}/u;

/**
 * Whether a token begins a word, for tokenizers whose tokens do not say so. Words are those of BERT's tokenizer
 * (`BasicTokenizer`): they end at white space, and each punctuation mark and each ideograph is a word; in other scripts
 * without spaces each token is one. So labels are aggregated in the same way for all models.
 *
 * Python's pipeline only looks at white space here (`gather_pre_entities`, "fallback heuristic"), which makes the full
 * stop after a name part of the entity.
 */
export function beginsWord(text: string, token: number, { starts, ends }: TokenOffsets): boolean {
  const start = starts[token] ?? 0;
  // Tokens that share a character, such as the bytes of an emoji, are one word.
  if (token > 0 && (ends[token - 1] ?? 0) > start) return false;
  if (start === 0) return true;
  const before = text.charCodeAt(start - 1);
  const first = text.charCodeAt(start);
  if (before < 128 && first < 128) return !(ASCII_KINDS[before] && ASCII_KINDS[first]);
  const character = String.fromCodePoint(text.codePointAt(start) ?? 0);
  if (MARK.test(character)) return /\s/.test(text.charAt(start - 1));
  return STANDS_ALONE.test(character) || STANDS_ALONE.test(characterBefore(text, start));
}

function characterBefore(text: string, at: number): string {
  const isPair = isLowSurrogate(text.charCodeAt(at - 1)) && at > 1;
  return text.slice(at - (isPair ? 2 : 1), at);
}
