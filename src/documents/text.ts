import { BertqlError } from '../errors.ts';

/** Checks that a text may be processed at all. Throws TEXT_TOO_LONG or INVALID_TEXT. */
export function checkText(text: string, maxTextLength: number): void {
  if (text.length > maxTextLength) throw tooLong(text.length, maxTextLength);
  const lone = loneSurrogate(text);
  if (lone !== undefined) {
    throw new BertqlError(
      'INVALID_TEXT',
      `The text has a lone surrogate (U+${text.charCodeAt(lone).toString(16).toUpperCase()}) at index ${lone}, so it is not well-formed Unicode. Was it cut inside a character?`,
    );
  }
}

export function tooLong(length: number, maxTextLength: number): BertqlError {
  return new BertqlError(
    'TEXT_TOO_LONG',
    `The text has ${length} characters (UTF-16 code units), but at most ${maxTextLength} are accepted. Split it.`,
  );
}

/** Checks the number of texts in one call. Throws TOO_MANY_TEXTS. */
export function checkTextCount(count: number, maxTexts: number): void {
  if (count > maxTexts) {
    throw new BertqlError(
      'TOO_MANY_TEXTS',
      `The call brings ${count} texts, but at most ${maxTexts} are accepted. Use several calls.`,
    );
  }
}

/**
 * Whether a text shows nothing: it is empty, or all of it is white space, control characters, marks without a letter
 * or the replacement character. BERT's normalizer deletes these, so there is nothing for a model to read.
 */
export function isBlank(text: string): boolean {
  return !/[^\p{White_Space}\p{Cc}\p{Cf}\p{Co}\p{M}\ufffd]/u.test(text);
}

/** Runs of white space become one blank, and the ends are trimmed. */
export function normalizeWhitespace(text: string): string {
  return text.replace(/\p{White_Space}+/gu, ' ').trim();
}

/**
 * The text with a line feed for each control character that is white space to a reader, and that BERT's normalizer deletes,
 * so that the words on both sides stay two. All positions stay what they are.
 */
export function withLineEnds(text: string): string {
  return text.replace(/[\v\f\u0085]/g, '\n');
}

function loneSurrogate(text: string): number | undefined {
  if (text.isWellFormed()) return undefined;
  const at = text.search(/\p{Surrogate}/u);
  return at < 0 ? undefined : at;
}
