import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { longestTurnOf, watchTurns } from '../../scripts/attack/longest-turn.js';
import { loadConfig } from '../../src/config.ts';
import { Tokenization } from '../../src/inference/tokenization.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import type { Tokenizer } from '../../src/models/tokenizer.ts';

/** A text is tokenized in parts of about this length. */
const PART = 32_768;
/** A stretch without white space, longer than any word that the tokenizer looks at. */
const STRETCH = 4096;

/** One for all tests, so that it meets the same words again and again, in ever new texts. */
const tokenization = new Tokenization();

let tokenizers: readonly Tokenizer[];
beforeAll(async () => {
  const { models } = await ModelRegistry.open(loadConfig({}).modelsDirectory);
  tokenizers = [...new Set(models.flatMap(({ files }) => files?.tokenizer ?? []))];
  expect(tokenizers).toHaveLength(2);
});

/** What the Rust tokenizer makes of a text in one call, with UTF-16 positions counted in the plainest way. */
async function inOneCall(tokenizer: Tokenizer, text: string) {
  const [native] = await tokenizer.encode([text]);
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

async function inParts(tokenizer: Tokenizer, text: string) {
  const { ids, offsets } = await tokenization.encode(tokenizer, text);
  return { ids: [...ids], starts: [...offsets.starts], ends: [...offsets.ends] };
}

async function expectNoSeam(text: string): Promise<void> {
  for (const tokenizer of tokenizers) {
    expect(await inParts(tokenizer, text)).toEqual(await inOneCall(tokenizer, text));
  }
}

/** What a cut could break: words, characters that join a neighbour, and characters that end words. */
const atom = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(' ', '\t', '\n', '\r\n') },
  {
    weight: 60,
    arbitrary: fc.constantFrom(
      ...['a', 'unaffable', 'Kraków', 'e\u0301', '\u0301', '\u0323\u0307', 'İ', 'ß', '각', '\u1100', '\u1161'],
      ...['\u00a0', '\u2028', '\u3000', '\v', '\f', '\u0085', '\0', '\u200b', '\ufeff', '\u00ad', '\ufffd', '\ue000'],
      ...[
        '“',
        '”',
        '…',
        '•',
        '،',
        '।',
        '，',
        '≠',
        '\u037e',
        '\u1fef',
        '²',
        '¾',
        '\ufdfa',
        'ﬁ',
        'ǅ',
        '\u0345',
        '\u{1d165}',
      ],
      ...['北', '京', '一', '\u9fff', '㐀', '𠀀', '豈', '、', '。', 'ー', 'ア'],
      ...['😀', '👨‍👩‍👧', '🇩🇪', '\u{10ffff}'],
      ...[
        '[SEP]',
        '[CLS]',
        '[UNK]',
        '[ SEP]',
        '##ing',
        '[',
        ']',
        '.',
        '-',
        "'s",
        'x'.repeat(101),
        'é'.repeat(101),
        'e\u0301'.repeat(99),
      ],
    ),
  },
  { weight: 4, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }) },
);
const cluster = fc.array(atom, { maxLength: 30, size: 'max' }).map((atoms) => atoms.join(''));

/** Fills a text up to about a length, so that what follows is at the cut. */
const fillUpTo = (length: number) =>
  fc
    .tuple(
      fc.constantFrom(
        ...[
          'x',
          'word ',
          'Ünaffable\t',
          '北',
          '.',
          '😀',
          'é',
          '\u0301',
          '\n\u0301',
          '北\u0301',
          '[SEP]',
          '\0',
          '،',
          '.\u0301',
          'é,',
          '[',
          '\u2028',
          '👨‍👩‍👧',
        ],
      ),
      fc.integer({ min: -12, max: 3 }),
    )
    .map(([filler, shift]) => filler.repeat(Math.ceil((length + shift) / filler.length)));

const seamed = (length: number) =>
  fc.tuple(fillUpTo(length), cluster, fillUpTo(STRETCH), cluster).map((stretches) => stretches.join(''));

describe('a long text has the tokens and positions that the Rust tokenizer gives it in one call', () => {
  test('if a run without white space is cut', async () => {
    await fc.assert(fc.asyncProperty(seamed(STRETCH), expectNoSeam), { numRuns: 40 });
  });

  test('wherever a part ends', async () => {
    await fc.assert(fc.asyncProperty(seamed(PART), expectNoSeam), { numRuns: 8 });
  });

  test('if others are tokenized at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(cluster, { maxLength: 20 }), async (texts) => {
        await Promise.all(texts.map(expectNoSeam));
      }),
      { numRuns: 30 },
    );
  });

  test.each([
    ['a word that goes on and on', 'x'.repeat(2 * PART)],
    ['ideographs', '北京'.repeat(PART / 2)],
    ['ideographs of two units', '𠀀'.repeat(2 * STRETCH)],
    ['emoji without a blank', '😀'.repeat(PART)],
    ['marks behind blanks', ' \u0301'.repeat(2 * STRETCH)],
    ['marks behind ideographs', '北\u0301'.repeat(2 * STRETCH)],
    ['Hangul in parts', '\u1112\u1161\u11ab '.repeat(STRETCH)],
    ['special tokens', '[SEP]'.repeat(STRETCH)],
    ['white space', ' \t\r\n'.repeat(PART)],
    ['control characters', '\0\u0007'.repeat(PART)],
    ['a text as long as a part', 'word '.repeat(PART / 4).slice(0, PART)],
    ['a text one character longer', 'word '.repeat(PART / 4).slice(0, PART + 1)],
  ])('%s', async (_title, text) => {
    await expectNoSeam(text);
  });
});

const longestTurn = watchTurns();
/** For how long nobody else may be kept waiting. */
const MOST_MS_A_TURN = 50;

/** Two megabytes of what a text can hold that takes long to tokenize. */
const hostile = [
  ['prose', 'Mr. Holmes met Irene Adler in London. '],
  ['a full stop with an accent', '.\u0301'],
  ['brackets', '[]'],
  ['bullets', '•'],
  ['letters with accents, and commas', 'é,'],
  ['line separators between letters', 'a\u2028'],
  ['ideographs', '北京'],
  ['commas of another script', '،'],
  ['special tokens', '[SEP]'],
] as const;

test.each(hostile)('two megabytes of %s yield to the event loop', async (_, unit) => {
  const text = unit.repeat(Math.ceil(2_000_000 / unit.length));
  const [tokenizer] = tokenizers;
  if (!tokenizer) throw new Error('There is no tokenizer.');
  const turnMs = await longestTurnOf(longestTurn, MOST_MS_A_TURN, async () => {
    const { ids } = await tokenization.encode(tokenizer, text);
    expect(ids.length).toBeGreaterThan(100_000);
  });
  expect(turnMs).toBeLessThan(MOST_MS_A_TURN);
});
