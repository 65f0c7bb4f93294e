import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type OffsetEncoding, TokenizeDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { SLICERS, trickyText } from './unicode.ts';

const service = useService();
const UNITS = Object.keys(SLICERS) as OffsetEncoding[];

afterEach(() => expect(service.failures).toEqual([]));

interface Stretch {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}
interface Mention extends Stretch {
  readonly tokens: readonly Stretch[];
}
interface Positions {
  readonly document: {
    readonly entities: readonly Mention[];
    readonly labelled: readonly Mention[];
    readonly sentences: readonly (Stretch & { readonly entities: readonly Stretch[] })[];
  };
}

const Positions = new TypedDocumentString<Positions, { text: string; unit: OffsetEncoding }>(`
  query ($text: String!, $unit: OffsetEncoding!) {
    document(text: $text, offsetEncoding: $unit) {
      entities { text start end tokens { text start end } }
      labelled: entities(aggregation: NONE) { text start end tokens { text start end } }
      sentences { text start end entities { text start end } }
    }
  }`);

const MODELS = ['bertql/sst2-minilm', 'bertql/conll-ner-minilm'] as const;

async function tokensOf(text: string, model: string, offsetEncoding: OffsetEncoding = 'UTF16') {
  const { tokenize } = await service.data(TokenizeDocument, { text, model, offsetEncoding, addSpecialTokens: false });
  return tokenize.tokens.map(({ id, text: token, start, end, wordIndex }) => {
    if (start == null || end == null || wordIndex == null) throw new Error(`"${token}" has no place in the text.`);
    return { id, token, start, end, wordIndex };
  });
}

describe('positions select the right part of the text for', () => {
  test('names, their tokens and their sentences, in every unit', async () => {
    let names = 0;
    await fc.assert(
      fc.asyncProperty(trickyText, async (text) => {
        for (const unit of UNITS) {
          const { document } = await service.data(Positions, { text, unit });
          const mentions = [...document.entities, ...document.labelled];
          const inSentences = document.sentences.flatMap(({ entities }) => entities);
          for (const stretch of [
            ...mentions,
            ...mentions.flatMap(({ tokens }) => tokens),
            ...document.sentences,
            ...inSentences,
          ]) {
            expect(SLICERS[unit](text, stretch.start, stretch.end)).toBe(stretch.text);
            expect(stretch.text).not.toBe('');
            expect(stretch.text.isWellFormed()).toBe(true);
          }
          names += document.entities.length;
        }
      }),
      { numRuns: 40 },
    );
    expect(names).toBeGreaterThan(100);
  });

  test('tokens, in every unit and with both tokenizers', async () => {
    await fc.assert(
      fc.asyncProperty(trickyText, fc.constantFrom(...MODELS), async (text, model) => {
        const slices = await Promise.all(
          UNITS.map(async (unit) => {
            const tokens = await tokensOf(text, model, unit);
            return tokens.map(({ start, end }) => SLICERS[unit](text, start, end));
          }),
        );
        for (const slice of slices.flat()) expect(slice).toMatch(/^\S/u);
        for (const inUnit of slices) expect(inUnit).toEqual(slices[0]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('tokens', () => {
  test('are in the order of the text, and only those of one character overlap', async () => {
    await fc.assert(
      fc.asyncProperty(trickyText, fc.constantFrom(...MODELS), async (text, model) => {
        const tokens = await tokensOf(text, model);
        tokens.forEach((token, index) => {
          const before = tokens[index - 1];
          if (!before) return;
          const ofOneCharacter = Array.from(text.slice(before.start, token.end)).length === 1;
          expect(ofOneCharacter || before.end <= token.start).toBe(true);
          expect(token.wordIndex - before.wordIndex).toBe(token.token.startsWith('##') ? 0 : 1);
        });
      }),
      { numRuns: 100 },
    );
  });

  test('match the characters in their range', async () => {
    const folds: Record<(typeof MODELS)[number], (slice: string) => string> = {
      'bertql/sst2-minilm': (slice) =>
        cleaned(slice)
          .normalize('NFD')
          .replace(/\p{Mn}/gu, '')
          .toLowerCase(),
      'bertql/conll-ner-minilm': cleaned,
    };
    await fc.assert(
      fc.asyncProperty(trickyText, fc.constantFrom(...MODELS), async (text, model) => {
        for (const { token, start, end } of await tokensOf(text, model)) {
          const slice = text.slice(start, end);
          if (token === '[UNK]' || token === slice) continue;
          expect(folds[model](slice)).toContain(token.replace(/^##/, ''));
        }
      }),
      { numRuns: 100 },
    );
  });

  test('cover everything but white space, controls and marks', async () => {
    await fc.assert(
      fc.asyncProperty(trickyText, fc.constantFrom(...MODELS), async (text, model) => {
        let end = 0;
        let rest = '';
        for (const token of await tokensOf(text, model)) {
          if (token.start > end) rest += text.slice(end, token.start);
          end = token.end;
        }
        expect(`${rest}${text.slice(end)}`).toMatch(/^[\s\p{Cc}\p{Cf}\p{Co}\p{Mn}\ufffd]*$/u);
      }),
      { numRuns: 100 },
    );
  });
});

/** What BERT's normalizer always deletes. */
function cleaned(slice: string): string {
  return slice.replace(/[\p{Cc}\p{Cf}\p{Co}\ufffd]/gu, '');
}

describe('the position of a word in UTF-16 code units, code points and bytes', () => {
  test.each([
    ['an emoji', 'Hi 😀 Dani', 'Dani', [6, 5, 8]],
    ['a family of three, joined', '👨‍👩‍👧 Anna', 'Anna', [9, 6, 19]],
    ['a flag', '🇩🇪 Anna', 'Anna', [5, 3, 9]],
    ['a skin tone', '👍🏽 Anna', 'Anna', [5, 3, 9]],
    ['an accent', 'café Anna', 'Anna', [5, 5, 6]],
    ['a combining accent', 'cafe\u0301 Anna', 'Anna', [6, 6, 7]],
    ['a Windows line end', 'Mr.\r\nAnna', 'Anna', [5, 5, 5]],
    ['a tab', '\tAnna', 'Anna', [1, 1, 1]],
    ['a NUL', '\0Anna', 'Anna', [1, 1, 1]],
    ['a byte-order mark', '\ufeffAnna', 'Anna', [1, 1, 3]],
    ['a zero-width space', 'x\u200b Anna', 'Anna', [3, 3, 5]],
    ['right-to-left letters', 'שלום Anna', 'Anna', [5, 5, 9]],
    ['ideographs without a blank', '北京Anna', 'Anna', [2, 2, 6]],
    ['an ideograph of four bytes', '𠀀Anna', 'Anna', [2, 1, 4]],
    ['a longer lower case', 'İ Anna', 'Anna', [2, 2, 3]],
    ['a longer lower case, and with one', 'İİ İstanbul', 'İstanbul', [3, 3, 5]],
    ['an accent that is stripped, and with one', 'é Zoë', 'Zoë', [2, 2, 3]],
    ['a ligature', 'ﬁn Anna', 'Anna', [3, 3, 5]],
    ['a Hangul syllable of three tokens', '각 Anna', 'Anna', [2, 2, 4]],
  ] as const)('is correct after %s', async (_title, text, word, starts) => {
    for (const [index, unit] of UNITS.entries()) {
      const tokens = await tokensOf(text, 'bertql/sst2-minilm', unit);
      const start = starts[index] ?? Number.NaN;
      const first = tokens.find((token) => token.start === start);
      const inWord = tokens.filter(({ wordIndex }) => wordIndex === first?.wordIndex);
      expect(SLICERS[unit](text, start, inWord.at(-1)?.end ?? start)).toBe(word);
    }
  });

  test('is correct for a name that occurs again and again', async () => {
    const text = 'In Paris, 😀 we saw Paris. é! We left Paris.';
    for (const unit of UNITS) {
      const { document } = await service.data(Positions, { text, unit });
      const starts = { UTF16: [3, 20, 38], CODE_POINT: [3, 19, 37], UTF8_BYTE: [3, 22, 41] };
      expect(document.entities.map(({ text: name, start }) => [name, start])).toEqual(
        starts[unit].map((start) => ['Paris', start]),
      );
    }
  });
});
