import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WordTable } from '../../src/inference/word-table.ts';

const letters = 'abzABZ019.[~';
const word = fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 4 });
const vocabulary = fc.uniqueArray(word, { maxLength: 300 });
const text = fc.string({ unit: fc.constantFrom(...letters, ' ', 'é', '\u0141', '😀'), maxLength: 30 });

const tableOf = (words: readonly string[]) => new WordTable(words.map((each, id) => [each, id]));

test('a stretch is found exactly where it is a word', () => {
  fc.assert(
    fc.property(vocabulary, text, fc.nat(30), fc.nat(5), (words, within, start, length) => {
      const end = Math.min(within.length, start + length);
      fc.pre(start < end);
      const stretch = within.slice(start, end);
      expect(tableOf(words).find(within, start, end, false)).toBe(words.indexOf(stretch));
    }),
    { numRuns: 1000 },
  );
});

test('every word is found, in any text around it', () => {
  fc.assert(
    fc.property(vocabulary, text, text, (words, before, behind) => {
      const table = tableOf(words);
      for (const [id, each] of words.entries()) {
        const start = before.length;
        expect(table.find(before + each + behind, start, start + each.length, false)).toBe(id);
      }
    }),
  );
});

test('the longest word at a place is found', () => {
  fc.assert(
    fc.property(vocabulary, text, fc.nat(29), (words, within, start) => {
      const rest = within.slice(start);
      const longest = words
        .filter((each) => rest.startsWith(each))
        .reduce((most, { length }) => Math.max(most, length), 0);
      expect(tableOf(words).longestAt(within, Math.min(start, within.length), within.length, false)).toBe(longest);
    }),
    { numRuns: 1000 },
  );
});

test('capitals of ASCII, and nothing else, are folded where that is asked for', () => {
  const table = tableOf(['abz', '[', '{', '@']);
  expect(table.find('AbZ', 0, 3, true)).toBe(0);
  expect(table.find('AbZ', 0, 3, false)).toBe(-1);
  expect(['[', '{', '@', '`'].map((mark) => table.find(mark, 0, 1, true))).toEqual([1, 2, 3, -1]);
  // A letter whose low byte is that of a small one.
  expect(table.find('\u0161bz', 0, 3, true)).toBe(-1);
});

test('a table without words finds nothing', () => {
  expect(tableOf([]).find('a', 0, 1, false)).toBe(-1);
});
