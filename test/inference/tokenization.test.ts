import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { Tokenization } from '../../src/inference/tokenization.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import { Tokenizer } from '../../src/models/tokenizer.ts';

let registry: ModelRegistry;
beforeAll(async () => {
  registry = await ModelRegistry.open(loadConfig({}).modelsDirectory);
});

/** What the Rust tokenizer makes of a text in one go, with its offsets in UTF-16. */
async function reference(tokenizer: Tokenizer, text: string) {
  const [native] = await tokenizer.encode([text]);
  const units = [0];
  for (const character of text) units.push((units.at(-1) ?? 0) + character.length);
  const offsets = native?.getOffsets() ?? [];
  return {
    ids: native?.getIds(),
    starts: offsets.map(([start = 0]) => units[start]),
    ends: offsets.map(([, end = 0]) => units[end]),
  };
}

const fragment = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('the', 'The', 'THE', 'Holmes', 'unaffable', 'x1', '3', 'zzyzx', 'a') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(' ', '  ', '\n', '\r\n', '\t', '\u00a0', '\u2003', '\v', '\f', '\u0085', '\u200b'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('.', ',', "'", '-', '_', '[', ']', '#', '##', '`', '~', '$', '^', '\\', '…', '“'),
  },
  { weight: 1, arbitrary: fc.constantFrom('[SEP]', '[CLS]', '[UNK]', '[sep]', '[[PAD]]', '[MASK', 'MASK]') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'é',
      'e\u0301',
      '\u0301',
      'ß',
      'İ',
      'ﬁ',
      '日本',
      '한국',
      '😀',
      '👨‍👩‍👧',
      '\u0000',
      '\u0007',
      '\ufeff',
      '\ufffd',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  { weight: 1, arbitrary: fc.integer({ min: 90, max: 130 }).map((length) => 'q'.repeat(length)) },
);
const text = fc.array(fragment, { maxLength: 40 }).map((fragments) => fragments.join(''));

describe.each(['bertql/sst2-minilm', 'bertql/conll-ner-minilm'])('the segments of %s', (id) => {
  test('have together the tokens of the whole text', async () => {
    const { tokenizer } = registry.resolve('TOKENIZATION', id);
    const tokenization = new Tokenization();
    await fc.assert(
      fc.asyncProperty(text, async (each) => {
        const { ids, offsets } = await tokenization.encode(tokenizer, each);
        const found = { ids: [...ids], starts: [...offsets.starts], ends: [...offsets.ends] };
        expect(found).toEqual(await reference(tokenizer, each));
      }),
      { numRuns: 1500 },
    );
  });

  test('have the same tokens when they are cached', async () => {
    const { tokenizer } = registry.resolve('TOKENIZATION', id);
    const tokenization = new Tokenization();
    const [first, second] = [
      await tokenization.encode(tokenizer, 'Zzyzx, qwrt! Zzyzx'),
      await tokenization.encode(tokenizer, 'Zzyzx, qwrt! Zzyzx'),
    ];
    expect(second.ids).toEqual(first.ids);
    expect(second.offsets).toEqual(first.offsets);
  });

  test('have the same tokens when there are more of them than are cached', async () => {
    const { tokenizer } = registry.resolve('TOKENIZATION', id);
    const tokenization = new Tokenization();
    const words = Array.from({ length: 80_000 }, (_, index) => `w${index.toString(36)}`).join(' ');
    const first = await tokenization.encode(tokenizer, words);
    const second = await tokenization.encode(tokenizer, words);
    expect([...first.ids]).toEqual((await reference(tokenizer, words)).ids);
    expect(second.ids).toEqual(first.ids);
    expect(second.offsets).toEqual(first.offsets);
  });
});

test('a word is unknown from the length on that its tokenizer sets', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bertql-words-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const bundled = join(loadConfig({}).modelsDirectory, 'sst2-minilm', 'tokenizer.json');
  const file = JSON.parse(await readFile(bundled, 'utf8')) as { readonly model: object };
  const path = join(folder, 'tokenizer.json');
  await writeFile(path, JSON.stringify({ ...file, model: { ...file.model, max_input_chars_per_word: 7 } }));
  const tokenizer = await Tokenizer.load(path);
  expect(tokenizer.bert?.maxWordLength).toBe(7);
  const tokenization = new Tokenization();
  const words = fc.array(fc.string({ unit: fc.constantFrom(...'aeinrstAEX1'), minLength: 1, maxLength: 12 }));
  await fc.assert(
    fc.asyncProperty(words, async (each) => {
      const within = each.join(' ');
      const { ids, offsets } = await tokenization.encode(tokenizer, within);
      const found = { ids: [...ids], starts: [...offsets.starts], ends: [...offsets.ends] };
      expect(found).toEqual(await reference(tokenizer, within));
    }),
    { numRuns: 500 },
  );
});
