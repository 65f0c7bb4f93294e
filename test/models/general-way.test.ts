import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Tokenization } from '../../src/inference/tokenization.ts';
import { Tokenizer } from '../../src/models/tokenizer.ts';
import { trickyText } from '../documents/unicode.ts';
import { FIXTURES } from './fixtures.ts';

const BERT = join(FIXTURES, 'electra-bilou/tokenizer.json');

let folder: string;
let fast: Tokenizer;
let general: Tokenizer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bertql-tokenizer-'));
  const file = JSON.parse(await readFile(BERT, 'utf8')) as { added_tokens: object[] };
  // A token that BERT's own rules do not know: now the text must be left to the Rust tokenizer.
  const added = { id: 600, content: '<url>', special: true, lstrip: false, rstrip: false };
  file.added_tokens.push({ ...added, single_word: false, normalized: false });
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(file));
  fast = await Tokenizer.load(BERT);
  general = await Tokenizer.load(join(folder, 'tokenizer.json'));
});
afterAll(() => rm(folder, { recursive: true }));

const prose = fc.array(trickyText, { maxLength: 8 }).map((parts) => parts.join(' '));

test('the general tokenization gives the same as BERT’s own', async () => {
  expect([fast.bert, general.bert]).toEqual([{ lowercase: true, maxWordLength: 100 }, undefined]);
  const tokenization = new Tokenization();
  await fc.assert(
    fc.asyncProperty(prose, async (text) => {
      const [expected, found] = [await tokenization.encode(fast, text), await tokenization.encode(general, text)];
      expect([...found.ids]).toEqual([...expected.ids]);
      expect([...found.offsets.starts]).toEqual([...expected.offsets.starts]);
      expect([...found.offsets.ends]).toEqual([...expected.offsets.ends]);
      const tokens = [...expected.ids.keys()];
      expect(tokens.map((token) => found.continues(token))).toEqual(tokens.map((token) => expected.continues(token)));
    }),
    { numRuns: 300 },
  );
});

test('an added token is one token and one word', async () => {
  const text = 'Holmes sent <url> to Watson';
  const { ids, offsets, continues } = await new Tokenization().encode(general, text);
  const at = ids.indexOf(600);
  expect(text.slice(offsets.starts[at], offsets.ends[at])).toBe('<url>');
  expect([continues(at), continues(at + 1)]).toEqual([false, false]);
});

const METASPACE = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: true };

test.each([
  ['cut', true, [{ type: 'WhitespaceSplit' }, { type: 'Punctuation', behavior: 'Isolated' }, METASPACE]],
  ['cut', true, [METASPACE]],
  ['left whole', false, [{ ...METASPACE, split: false }]],
])('a long text is %s, as the tokenizer’s rules allow', async (_, isCut, pretokenizers) => {
  const file = JSON.parse(await readFile(join(FIXTURES, 'xlm-roberta-iobes/tokenizer.json'), 'utf8')) as object;
  const path = join(folder, 'other.json');
  await writeFile(path, JSON.stringify({ ...file, pre_tokenizer: { type: 'Sequence', pretokenizers } }));
  const tokenizer = await Tokenizer.load(path);
  expect(tokenizer.splitsAtSpaces).toBe(isCut);
  const text = 'Łukasz didn’t meet  Holmes,\nwho was in 東京 <mask> today. '.repeat(400);
  const [whole] = await tokenizer.encode([text]);
  const { ids, offsets } = await new Tokenization().encode(tokenizer, text);
  expect([...ids]).toEqual(whole?.getIds());
  const ranges = Array.from(offsets.starts, (start, token) => text.slice(start, offsets.ends[token]).trim());
  expect(ranges).toEqual(whole?.getOffsets().map(([start, end]) => text.slice(start, end).trim()));
});

test('tokenizing stops between two parts once the signal is aborted', async () => {
  const gone = new AbortController();
  const encoding = new Tokenization().encode(general, 'Holmes and Watson. '.repeat(5000), gone.signal);
  gone.abort();
  await expect(encoding).rejects.toMatchObject({ code: 'CANCELLED' });
});
