import { isHighSurrogate, isLowSurrogate } from '../code-units.ts';

/** The unit in which a client counts positions in its text. */
export type OffsetEncoding = 'UTF16' | 'CODE_POINT' | 'UTF8_BYTE';

/** Converts a position in UTF-16 code units to the client's unit. */
export type PositionConverter = (utf16: number) => number;

/** Code units between two entries of the table; positions in between are counted on demand. */
const STRIDE = 256;

/**
 * Makes the converter for a text. It costs nothing for UTF16 and for text in which the units agree; otherwise one pass
 * over the text, and then a look-up and at most 256 code units per position. The text must be well-formed, and
 * positions must not be inside a surrogate pair.
 */
export function positionConverter(text: string, encoding: OffsetEncoding): PositionConverter {
  if (encoding === 'UTF16') return identity;
  if (encoding === 'CODE_POINT') return /[\ud800-\udbff]/.test(text) ? counting(text, codePointWidth) : identity;
  return /[^\0-\x7f]/.test(text) ? counting(text, utf8Width) : identity;
}

const identity: PositionConverter = (utf16) => utf16;

function counting(text: string, width: (unit: number) => number): PositionConverter {
  const table = new Uint32Array(Math.floor(text.length / STRIDE) + 1);
  let count = 0;
  for (let unit = 0; unit < text.length; unit++) {
    if (unit % STRIDE === 0) table[unit / STRIDE] = count;
    count += width(text.charCodeAt(unit));
  }
  return (utf16) => {
    if (utf16 >= text.length) return count;
    const entry = Math.floor(utf16 / STRIDE);
    let position = table[entry] ?? 0;
    for (let unit = entry * STRIDE; unit < utf16; unit++) position += width(text.charCodeAt(unit));
    return position;
  };
}

/** Code points that begin at a UTF-16 code unit: none at the second half of a surrogate pair. */
function codePointWidth(unit: number): number {
  return isLowSurrogate(unit) ? 0 : 1;
}

/** UTF-8 bytes of a UTF-16 code unit (RFC 3629): a surrogate pair's four are counted with its first half. */
function utf8Width(unit: number): number {
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  if (isLowSurrogate(unit)) return 0;
  return isHighSurrogate(unit) ? 4 : 3;
}
