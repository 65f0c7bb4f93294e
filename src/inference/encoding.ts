import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Tokenizer } from '../models/tokenizer.ts';

/**
 * Half-open ranges `[starts[i], ends[i])` of tokens in the text, in UTF-16 code units. White space that a token takes
 * along, as `Ġname` does, is left out. Tokens that share a character, as the bytes of an emoji do, all have its range.
 */
export interface TokenOffsets {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Token ids with the places of the tokens in the text. */
export interface LocatedTokens {
  readonly ids: Int32Array;
  readonly offsets: TokenOffsets;
}

/** The tokens of a text, without special tokens. */
export interface EncodedText extends LocatedTokens {
  /** Whether a token continues the word of the token before it. */
  continues(token: number): boolean;
}

/** The tokens that a tokenizer made of a text. */
export interface Encoding extends EncodedText {
  readonly tokenizer: Tokenizer;
  /** From the call until the tokens were there, in milliseconds. */
  readonly tokenizeMs: number;
}

/** The tokens of a text that was tokenized in parts. Of a long text there are megabytes, so others have their turn. */
export async function joinTokens(parts: readonly LocatedTokens[]): Promise<LocatedTokens> {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const ids = concatenate(parts.map((part) => part.ids));
  await nextTurn();
  const starts = concatenate(parts.map(({ offsets }) => offsets.starts));
  await nextTurn();
  const ends = concatenate(parts.map(({ offsets }) => offsets.ends));
  return { ids, offsets: { starts, ends } };
}

function concatenate(arrays: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}
