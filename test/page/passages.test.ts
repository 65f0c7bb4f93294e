import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bindLeaves, indexAt, splitPassages } from '../../src/page/passages.ts';

const STORY = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');

/** Texts of words, emoji, and all that lies between paragraphs, some of them with very long paragraphs. */
const word = fc.constantFrom('Ada', 'Zoë', '😀', '👩‍👩‍👧', 'a'.repeat(4000), 'It was so.', 'x'.repeat(60));
const gap = fc.constantFrom(' ', '\n', '\n\n', '\r\n', '\r\n\r\n', '\n \t\n', '  ', '\n\n\n    ', '');
const texts = fc
  .array(fc.tuple(word, gap), { maxLength: 200, size: 'max' })
  .map((parts) => parts.map((part) => part.join('')).join(''));

describe('the passages of a text', () => {
  test('cover all of it but white space, in order', () => {
    fc.assert(
      fc.property(texts, (text) => {
        let end = 0;
        for (const passage of splitPassages(text)) {
          expect(text.slice(end, passage.start).trim()).toBe('');
          expect(passage.end).toBeGreaterThan(passage.start);
          end = passage.end;
        }
        expect(text.slice(end).trim()).toBe('');
      }),
    );
  });

  test('cut no character, and are never long', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const { start, end } of splitPassages(text)) {
          expect(text.slice(start, end).isWellFormed()).toBe(true);
          expect(end - start).toBeLessThanOrEqual(3001);
        }
      }),
    );
  });

  test('are the paragraphs of a book, whose lines were broken at a fixed width', () => {
    const passages = splitPassages(STORY);
    const shown = passages.map(({ start, end }) => STORY.slice(start, end));
    expect(shown.slice(0, 2)).toEqual(['ADVENTURE I. A SCANDAL IN BOHEMIA', 'I.']);
    expect(shown[2]).toMatch(/^To Sherlock Holmes she is always THE woman\.[\s\S]*questionable\nmemory\.$/);
    expect(passages[2]?.hardWrapped).toBe(true);
    expect(splitPassages('Roses are red,\nviolets are blue.')[0]?.hardWrapped).toBe(false);
  });
});

test('leaves have all passages once, and every position is in the last one that starts before it', () => {
  const passages = splitPassages(STORY);
  const leaves = bindLeaves(passages);
  expect(leaves.flatMap((leaf) => leaf.passages)).toEqual(passages);
  for (const [index, { start, end }] of leaves.entries()) {
    expect([indexAt(leaves, start), indexAt(leaves, end - 1)]).toEqual([index, index]);
  }
});
