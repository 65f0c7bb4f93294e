import type { TokenOffsets } from './encoding.ts';

const ASCII_WORD = 1;
const ASCII_KINDS = Uint8Array.from({ length: 128 }, (_, unit) =>
  /[A-Za-z0-9]/.test(String.fromCharCode(unit)) ? ASCII_WORD : 0,
);

/** Marks of punctuation, and letters of scripts that put no blank between words. */
const STANDS_ALONE =
  /[\p{White_Space}\p{P}$+<=>^`|~\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const MARK = /\p{M}/u;

/**
 * Whether a piece begins a word, for a tokenizer whose pieces do not tell. Words are then those of BERT's tokenizer
 * (`BasicTokenizer`): they end at white space, and each mark of punctuation and each ideograph is one by itself; in
 * other scripts without blanks each piece is. Hence labels are put together in the same way for all models.
 *
 * Python's pipeline guesses here by white space alone (`gather_pre_entities`, "fallback heuristic"), which puts the
 * full stop behind a name into the entity.
 */
export function beginsWord(text: string, piece: number, { starts, ends }: TokenOffsets): boolean {
  const start = starts[piece] ?? 0;
  // The bytes of one character, and the blank that a word's first piece may be, belong to what they share it with.
  if (piece > 0 && (ends[piece - 1] ?? 0) > start) return false;
  if (start === 0) return true;
  const before = text.charCodeAt(start - 1);
  const first = text.charCodeAt(start);
  if (before < 128 && first < 128) return !(ASCII_KINDS[before] && ASCII_KINDS[first]);
  const character = String.fromCodePoint(text.codePointAt(start) ?? 0);
  if (MARK.test(character)) return /\s/.test(text.charAt(start - 1));
  return STANDS_ALONE.test(character) || STANDS_ALONE.test(characterBefore(text, start));
}

function characterBefore(text: string, at: number): string {
  const low = text.charCodeAt(at - 1);
  const isPair = low >= 0xdc00 && low <= 0xdfff && at > 1;
  return text.slice(at - (isPair ? 2 : 1), at);
}
