import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { Tokenizer } from '../../src/inference/tokenizer.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import type { Vocabulary } from '../../src/models/vocabulary.ts';

/** Texts up to this length are tokenized whole; a longer one is cut somewhere behind each such stretch. */
const PART = 4096;

let vocabularies: readonly Vocabulary[];
beforeAll(async () => {
  const { models } = await ModelRegistry.open(loadConfig({}).modelsDirectory);
  vocabularies = [...new Set(models.map(({ vocabulary }) => vocabulary))];
  expect(vocabularies).toHaveLength(2);
});

/** What the Rust tokenizer makes of a text in one call, with UTF-16 positions counted in the plainest way. */
async function whole(vocabulary: Vocabulary, text: string) {
  const [native] = await vocabulary.encode([text]);
  if (!native) throw new Error('There is an encoding for each text.');
  const units: number[] = [];
  let unit = 0;
  for (const character of text) {
    units.push(unit);
    unit += character.length;
  }
  units.push(unit);
  const offsets = native.getOffsets();
  return {
    ids: native.getIds(),
    starts: offsets.map(([start = Number.NaN]) => units[start]),
    ends: offsets.map(([, end = Number.NaN]) => units[end]),
  };
}

async function inParts(vocabulary: Vocabulary, text: string) {
  const { ids, offsets } = await new Tokenizer().encode(vocabulary, text);
  return { ids: [...ids], starts: [...offsets.starts], ends: [...offsets.ends] };
}

async function expectNoSeam(text: string): Promise<void> {
  for (const vocabulary of vocabularies) {
    expect(await inParts(vocabulary, text)).toEqual(await whole(vocabulary, text));
  }
}

/** What a cut could harm: words, characters that join with a neighbour, and characters beside which words end. */
const atom = fc.constantFrom(
  ...['a', 'unaffable', 'Kraków', 'e\u0301', '\u0301', '\u0323\u0307', 'İ', 'ß', '각', '\u1100', '\u1161'],
  ...[' ', ' ', '\t', '\n', '\r\n', '\u00a0', '\u2028', '\u3000', '\v', '\0', '\u200b', '\ufeff', '\u00ad'],
  ...['北', '京', '一', '龥', '\u9fff', '㐀', '𠀀', '豈', '、', '。', 'ー', 'ア'],
  ...['😀', '👨‍👩‍👧', '🇩🇪', '\u{10ffff}'],
  ...['[SEP]', '[CLS]', '[UNK]', '[ SEP]', '##ing', '[', ']', '.', '-', "'s"],
);
const cluster = fc.array(atom, { minLength: 1, maxLength: 12 }).map((atoms) => atoms.join(''));
const filler = fc.constantFrom('word ', 'x', '北', ' ', '.', '😀', 'é', '\u0301', '\n\u0301', '[SEP] ', 'Ünaffable\t');

/** Long texts with something delicate about where they may be cut. */
const longText = fc
  .array(fc.tuple(filler, fc.integer({ min: -14, max: 3 }), cluster), { minLength: 2, maxLength: 4 })
  .map((stretches) =>
    stretches
      .map(([fill, shift, cluster]) => fill.repeat(Math.ceil(PART / fill.length)).slice(0, PART + shift) + cluster)
      .join('')
      .toWellFormed(),
  );

describe('a long text is tokenized as if it were not cut', () => {
  test('whatever stands where it is cut', async () => {
    await fc.assert(fc.asyncProperty(longText, expectNoSeam), { numRuns: 60 });
  });

  test('whatever it is made of', async () => {
    const text = fc
      .array(cluster, { minLength: 200, maxLength: 400, size: 'max' })
      .map((clusters) => clusters.join(''));
    await fc.assert(
      fc.asyncProperty(text, async (text) => {
        fc.pre(text.length > PART);
        await expectNoSeam(text);
      }),
      { numRuns: 20 },
    );
  });

  test.each([
    ['a word that goes on and on', 'x'.repeat(3 * PART)],
    ['ideographs', '北京'.repeat(2 * PART)],
    ['ideographs of two units', '𠀀'.repeat(PART)],
    ['emoji without a blank', '😀'.repeat(PART)],
    ['marks behind blanks', ' \u0301'.repeat(PART)],
    ['marks behind ideographs', '北\u0301'.repeat(PART)],
    ['Hangul in parts', '\u1112\u1161\u11ab '.repeat(PART)],
    ['special tokens', '[SEP]'.repeat(PART)],
    ['white space', ' \t\r\n'.repeat(PART)],
    ['control characters', '\0\u0007'.repeat(PART)],
    ['a text that ends where it is cut', `${'word '.repeat(820)}`.slice(0, PART)],
    ['a text one character longer', `${'word '.repeat(820)}`.slice(0, PART + 1)],
  ])('%s', async (_title, text) => {
    await expectNoSeam(text);
  });
});
