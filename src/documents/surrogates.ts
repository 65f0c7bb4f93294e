import { isHighSurrogate, isLowSurrogate } from '../code-units.ts';

/** Whether a text ends with the first half of a surrogate pair, whose second half may follow. */
export function endsWithHalf(text: string): boolean {
  return isHighSurrogate(text.charCodeAt(text.length - 1));
}

/** Whether a text begins with the second half of a surrogate pair. */
export function beginsWithHalf(text: string): boolean {
  return isLowSurrogate(text.charCodeAt(0));
}

/** Removes the first half of a surrogate pair at a text's end, if there is one. */
export function withoutHalf(text: string): string {
  return endsWithHalf(text) ? text.slice(0, -1) : text;
}

/** Whether a part of a text is well-formed except for half a surrogate pair at either end. */
export function isWellFormedPart(text: string): boolean {
  const inner = text.slice(beginsWithHalf(text) ? 1 : 0);
  return withoutHalf(inner).isWellFormed();
}
