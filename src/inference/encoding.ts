import type { Tokenizer } from '../models/tokenizer.ts';
import { isTurnOver, nextTurn } from '../turns.ts';

/**
 * Half-open ranges `[starts[i], ends[i])` of tokens in the text, in UTF-16 code units. White space that belongs to a
 * token, as in `Ġname`, is left out. Tokens that share a character, such as the bytes of an emoji, all have its range.
 */
export interface TokenOffsets {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Token ids with the tokens' ranges in the text. */
export interface LocatedTokens {
  readonly ids: Int32Array;
  readonly offsets: TokenOffsets;
}

/** The tokens of a text, without special tokens. */
export interface EncodedText extends LocatedTokens {
  /** Whether a token continues the word of the token before it. */
  continues(token: number): boolean;
}

/** The tokens of a text, with the tokenizer that made them. */
export interface Encoding extends EncodedText {
  readonly tokenizer: Tokenizer;
  /** Milliseconds from the call until the tokens were ready. */
  readonly tokenizeMs: number;
}

/** Joins the tokens of a text's parts. Yields to the event loop, since a long text has megabytes of tokens. */
export async function joinTokens(
  parts: readonly LocatedTokens[],
  signal: AbortSignal | undefined,
): Promise<LocatedTokens> {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const ids = concatenate(parts.map((part) => part.ids));
  if (isTurnOver()) await nextTurn(signal);
  const starts = concatenate(parts.map(({ offsets }) => offsets.starts));
  if (isTurnOver()) await nextTurn(signal);
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
