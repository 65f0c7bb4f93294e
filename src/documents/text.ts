import { BertqlError } from '../errors.ts';

/** Checks a text's length and that it is well-formed. Throws TEXT_TOO_LONG or INVALID_TEXT. */
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
      `The call has ${count} texts, but at most ${maxTexts} are accepted. Use several calls.`,
    );
  }
}

/**
 * Whether a text shows nothing: it is empty, or has only white space, control characters, marks without a letter and
 * replacement characters. BERT's normalizer deletes these, so a model has nothing to read.
 */
export function isBlank(text: string): boolean {
  return !/[^\p{White_Space}\p{Cc}\p{Cf}\p{Co}\p{M}\ufffd]/u.test(text);
}

/** Replaces each run of white space by one space, and trims the ends. */
export function normalizeWhitespace(text: string): string {
  return text.replace(/\p{White_Space}+/gu, ' ').trim();
}

/**
 * Replaces control characters that readers see as white space but BERT's normalizer deletes by line feeds, so that the
 * words around them stay separate. Positions do not change.
 */
export function withLineEnds(text: string): string {
  return text.replace(/[\v\f\u0085]/g, '\n');
}

function loneSurrogate(text: string): number | undefined {
  if (text.isWellFormed()) return undefined;
  const at = text.search(/\p{Surrogate}/u);
  return at < 0 ? undefined : at;
}
