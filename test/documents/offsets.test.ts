import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { positionConverter } from '../../src/documents/offsets.ts';
import { trickyText } from './unicode.ts';

const COUNTERS = {
  UTF16: (text: string) => text.length,
  CODE_POINT: (text: string) => Array.from(text).length,
  UTF8_BYTE: (text: string) => Buffer.byteLength(text),
} as const;
const UNITS = Object.keys(COUNTERS) as (keyof typeof COUNTERS)[];

/** Every position between two characters, the text's two ends included. */
function boundaries(text: string): number[] {
  let position = 0;
  return [0, ...Array.from(text, (character) => (position += character.length))];
}

describe.each(UNITS)('a position in %s', (unit) => {
  test('is the length of the text before it', () => {
    fc.assert(
      fc.property(trickyText, fc.integer({ min: 1, max: 12 }), (part, times) => {
        const text = part.repeat(times);
        const position = positionConverter(text, unit);
        for (const at of boundaries(text)) expect(position(at)).toBe(COUNTERS[unit](text.slice(0, at)));
      }),
      { numRuns: 60 },
    );
  });

  test('is correct for the first and the last character of each length', () => {
    for (const character of [
      '\x7f',
      '\x80',
      '\u07ff',
      '\u0800',
      '\ud7ff',
      '\ue000',
      '\uffff',
      '\u{10000}',
      '\u{10ffff}',
    ]) {
      expect(positionConverter(`${character}x`, unit)(character.length)).toBe(COUNTERS[unit](character));
    }
  });

  test('is correct on both sides of every step of the table', () => {
    for (const character of ['a', 'é', '北', '😀']) {
      const text = `x${character.repeat(1500)}`;
      const position = positionConverter(text, unit);
      for (const at of boundaries(text)) expect(position(at)).toBe(COUNTERS[unit](text.slice(0, at)));
    }
  });
});
