import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TokenOffsets } from '../../src/inference/encoding.ts';
import { Tokenization } from '../../src/inference/tokenization.ts';
import { STRATEGIES } from '../documents/reading.ts';
import { trickyText } from '../documents/unicode.ts';
import { NER_MODELS, SENTIMENT_MODELS, useModels } from './fixtures.ts';

const models = useModels();
const prose = fc.array(trickyText, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(' '));

describe.each([...NER_MODELS, ...SENTIMENT_MODELS])('the tokens of %s', (name) => {
  const tokenizer = () => models.registry.resolve('TOKENIZATION', name).tokenizer;

  test('are in the text, in order, and cut no character', async () => {
    const tokenization = new Tokenization();
    await fc.assert(
      fc.asyncProperty(prose, async (text) => {
        const { offsets } = await tokenization.encode(tokenizer(), text);
        expect(wrongRanges(text, offsets)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test('are the same in a long text', async () => {
    const tokenization = new Tokenization();
    const long = fc.array(prose, { minLength: 300, maxLength: 400, size: 'max' }).map((parts) => parts.join(' '));
    await fc.assert(
      fc.asyncProperty(long, async (text) => {
        const { ids, offsets } = await tokenization.encode(tokenizer(), text);
        const [whole] = await tokenizer().encode([text]);
        expect([...ids]).toEqual(whole?.getIds());
        expect(wrongRanges(text, offsets)).toEqual([]);
        const units = [0];
        for (const character of text) units.push((units.at(-1) ?? 0) + character.length);
        const trimmed = whole?.getOffsets().map(([start = 0, end = 0]) => text.slice(units[start], units[end]).trim());
        expect(Array.from(offsets.starts, (start, token) => text.slice(start, offsets.ends[token]).trim())).toEqual(
          trimmed,
        );
      }),
      { numRuns: 3, endOnFailure: true },
    );
  });
});

/** Ranges that are out of order, cut a character, or have white space at their ends, with their text. */
function wrongRanges(text: string, { starts, ends }: TokenOffsets): readonly string[] {
  const isWrong = (start: number, token: number) => {
    const end = ends[token] ?? -1;
    const stretch = text.slice(start, end);
    const isOrdered = start >= (starts[token - 1] ?? 0) && end >= start && end <= text.length;
    return !isOrdered || !stretch.isWellFormed() || (stretch.trim() !== stretch && stretch.trim() !== '');
  };
  return [...starts].flatMap((start, token) =>
    isWrong(start, token) ? [`${start}: ${text.slice(start, ends[token])}`] : [],
  );
}

describe.each(NER_MODELS)('the entities of %s', (name) => {
  test.each(STRATEGIES)('are parts of the text under %s, however it is cut into chunks', async (aggregation) => {
    await fc.assert(
      fc.asyncProperty(prose, async (text) => {
        const options = { model: name, aggregation, minConfidence: 0 };
        const entities = await models.document(text, { chunkTokens: 24, overlapTokens: 3 }).entities(options);
        let before = 0;
        for (const { span, text: found, tokens } of entities) {
          expect(found).toBe(text.slice(span.start, span.end));
          expect(found.isWellFormed()).toBe(true);
          expect(span.start).toBeGreaterThanOrEqual(before);
          for (const token of tokens) expect(token.text).toBe(text.slice(token.start, token.end));
          before = span.start;
        }
      }),
      { numRuns: 40 },
    );
  });
});

test('the words of all models are those of BERT', async () => {
  const text = 'Anna-Lena, of U.S. fame; met naïve Łukasz\nin São Paulo’s “Zoo”. 東京でアンナ, 3.14 x_y';
  const words = await Promise.all(
    NER_MODELS.map(async (name) => {
      const { tokens } = await models.document(text).tokens(name, {
        addSpecialTokens: false,
        padding: 'NONE',
        truncation: false,
      });
      const found: string[] = [];
      for (const { wordIndex, start, end } of tokens()) {
        if (wordIndex === null || start === null || end === null) continue;
        const [from = start] = found[wordIndex]?.split(' ').map(Number) ?? [];
        found[wordIndex] = `${from} ${end}`;
      }
      return found.map((range) => text.slice(...(range.split(' ').map(Number) as [number, number])));
    }),
  );
  // ELECTRA’s own tokens tell its words; kana and kanji it does not know are one unknown word each.
  const [roberta, electra = [], deberta, xlmRoberta] = words;
  const latin = (each: readonly string[] | undefined) =>
    each?.filter((word) => /^[\p{Script=Latin}\p{P}\d]+$/u.test(word));
  expect(latin(roberta)).toEqual(latin(electra));
  expect(latin(deberta)).toEqual(latin(electra));
  expect(latin(xlmRoberta)).toEqual(latin(electra));
});
