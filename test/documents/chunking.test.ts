import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Chunk, planChunks } from '../../src/documents/chunking.ts';
import { splitSentences } from '../../src/documents/sentences.ts';
import type { Span } from '../../src/documents/span.ts';
import type { Encoding } from '../../src/inference/encoding.ts';
import { Tokenization } from '../../src/inference/tokenization.ts';
import { Tokenizer } from '../../src/models/tokenizer.ts';

/** Ids of tokens that begin a word and that continue one. */
const BEGIN = 1037;
const REST = 2075;

let tokenizer: Tokenizer;
beforeAll(async () => {
  tokenizer = await Tokenizer.load(fileURLToPath(new URL('../../models/sst2-minilm/tokenizer.json', import.meta.url)));
});

/** A text as its words' lengths in tokens; each token is one character, and a space precedes each word. */
function encodingOf(words: readonly number[]): Encoding {
  const ids = words.flatMap((length) => Array.from({ length }, (_, token) => (token === 0 ? BEGIN : REST)));
  const starts = new Int32Array(ids.length);
  let at = 0;
  for (const [token, id] of ids.entries()) {
    if (id === BEGIN) at++;
    starts[token] = at++;
  }
  const offsets = { starts, ends: starts.map((start) => start + 1) };
  return { tokenizer, ids: Int32Array.from(ids), offsets, continues: (token) => ids[token] === REST, tokenizeMs: 0 };
}

interface Plan {
  readonly words: readonly number[];
  readonly sentences: readonly Span[];
  readonly windowTokens: number;
  readonly overlapTokens: number;
}

const wordLength = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(1, 1, 1, 2, 3) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }) },
);

/** Sentences are any cuts of the text, within words too: planning must not trust the splitter. */
const plan: fc.Arbitrary<Plan> = fc
  .record({
    words: fc.array(wordLength, { minLength: 1, maxLength: 120 }),
    ends: fc.array(fc.nat({ max: 400 }), { maxLength: 30 }),
    overlapTokens: fc.nat({ max: 12 }),
    coreTokens: fc.integer({ min: 1, max: 40 }),
  })
  .map(({ words, ends, overlapTokens, coreTokens }) => {
    const sorted = [...ends].sort((a, b) => a - b);
    const sentences = sorted.map((end, index) => ({ start: sorted[index - 1] ?? 0, end }));
    return { words, sentences, overlapTokens, windowTokens: coreTokens + 2 * overlapTokens };
  });

/** Checks something of the chunks of any plan. */
function forAllPlans(check: (chunks: readonly Chunk[], encoding: Encoding, plan: Plan) => void): void {
  fc.assert(
    fc.property(plan, (each) => {
      const encoding = encodingOf(each.words);
      check([...planChunks(encoding, each.sentences, each)], encoding, each);
    }),
    { numRuns: 300 },
  );
}

const lengthOf = ({ start, end }: Span) => end - start;
const begins = ({ ids }: Encoding, token: number) => ids[token] !== REST;

/** The word that a token belongs to, in tokens. */
function wordAt(encoding: Encoding, token: number): Span {
  let start = token;
  while (start > 0 && !begins(encoding, start)) start--;
  let end = token + 1;
  while (end < encoding.ids.length && !begins(encoding, end)) end++;
  return { start, end };
}

/** Where sentences end, in tokens: at the first word that begins after them. */
function sentenceEnds(encoding: Encoding, sentences: readonly Span[]): number[] {
  const { starts } = encoding.offsets;
  const words = [...starts.keys()].filter((token) => begins(encoding, token));
  const ends = sentences.map(({ end }) => words.find((word) => (starts[word] ?? 0) >= end) ?? starts.length);
  return [...ends, starts.length];
}

describe('the chunks of a document', () => {
  test('tile it, so that every token is in the core of exactly one', () => {
    forAllPlans((chunks, { ids }) => {
      expect(chunks.map(({ index }) => index)).toEqual([...chunks.keys()]);
      expect(chunks.map(({ core }) => core.start)).toEqual([0, ...chunks.slice(0, -1).map(({ core }) => core.end)]);
      expect(chunks.at(-1)?.core.end).toBe(ids.length);
      for (const { core } of chunks) expect(lengthOf(core)).toBeGreaterThan(0);
    });
  });

  test('have windows with their core and as much context as there is, which fit the model', () => {
    forAllPlans((chunks, encoding, { windowTokens, overlapTokens }) => {
      for (const { core, window } of chunks) {
        expect(lengthOf(window)).toBeLessThanOrEqual(windowTokens);
        expect(window.start).toBeLessThanOrEqual(core.start);
        expect(window.end).toBeGreaterThanOrEqual(core.end);
        const before = Math.max(0, core.start - overlapTokens);
        const after = Math.min(encoding.ids.length, core.end + overlapTokens);
        expect(window.start).toBeGreaterThanOrEqual(before);
        expect(window.end).toBeLessThanOrEqual(after);
        // Context begins and ends with whole words: what is left out of it is part of a word.
        if (window.start > before) expect(wordAt(encoding, before).end).toBeGreaterThanOrEqual(window.start);
        if (window.end < after) expect(wordAt(encoding, after).start).toBeLessThanOrEqual(window.end);
        expect(window.start === core.start || begins(encoding, window.start)).toBe(true);
        expect(window.end === core.end || begins(encoding, window.end)).toBe(true);
      }
    });
  });

  test('never cut a word that fits a core', () => {
    forAllPlans((chunks, encoding, { windowTokens, overlapTokens }) => {
      for (const { core } of chunks) {
        if (begins(encoding, core.start)) continue;
        expect(lengthOf(wordAt(encoding, core.start))).toBeGreaterThan(windowTokens - 2 * overlapTokens);
      }
    });
  });

  test('never cut a sentence that fits a core', () => {
    forAllPlans((chunks, encoding, { sentences, windowTokens, overlapTokens }) => {
      const ends = [0, ...sentenceEnds(encoding, sentences)];
      for (const { core } of chunks) {
        if (ends.includes(core.start)) continue;
        const start = Math.max(...ends.filter((end) => end < core.start));
        const end = Math.min(...ends.filter((end) => end > core.start));
        expect(end - start).toBeGreaterThan(windowTokens - 2 * overlapTokens);
      }
    });
  });

  test('have as many whole sentences as fit, and as many words as fit of one that does not', () => {
    forAllPlans((chunks, encoding, { sentences, windowTokens, overlapTokens }) => {
      const ends = sentenceEnds(encoding, sentences);
      for (const { core } of chunks.slice(0, -1)) {
        const atSentence = ends.includes(core.end);
        const next = atSentence ? ends.find((end) => end > core.end) : wordAt(encoding, core.end).end;
        expect(next).toBeGreaterThan(core.start + windowTokens - 2 * overlapTokens);
      }
    });
  });

  test('are one without context if the document fits a window', () => {
    forAllPlans((chunks, { ids }, { windowTokens }) => {
      const whole = { start: 0, end: ids.length };
      if (ids.length <= windowTokens) expect(chunks).toEqual([{ index: 0, core: whole, window: whole }]);
      else expect(chunks.length).toBeGreaterThan(1);
    });
  });

  test('are the same every time', () => {
    forAllPlans((chunks, encoding, each) => {
      expect([...planChunks(encoding, each.sentences, each)]).toEqual(chunks);
    });
  });
});

test.each([
  [9, 1],
  [10, 1],
  [11, 2],
])('a document of %i words is read in %i windows of ten', (words, chunks) => {
  const encoding = encodingOf(Array.from({ length: words }, () => 1));
  expect([...planChunks(encoding, [], { windowTokens: 10, overlapTokens: 2 })]).toHaveLength(chunks);
});

test('a document without tokens has no chunk', () => {
  expect([...planChunks(encodingOf([]), [{ start: 0, end: 4 }], { windowTokens: 8, overlapTokens: 1 })]).toEqual([]);
});

test('sentences are packed until the next one does not fit', () => {
  const sentences = [4, 8, 14].map((end, index, ends) => ({ start: ends[index - 1] ?? 0, end }));
  // Two sentences of two words, one of three; a core holds four.
  const chunks = [...planChunks(encodingOf([1, 1, 1, 1, 1, 1, 1]), sentences, { windowTokens: 6, overlapTokens: 1 })];
  expect(chunks.map(({ core, window }) => [core.start, core.end, window.start, window.end])).toEqual([
    [0, 4, 0, 5],
    [4, 7, 3, 7],
  ]);
});

test('a sentence that ends within what the tokenizer takes for one word does not cut that word', async () => {
  const text = 'He said so。²bar and left.';
  const sentences = [...splitSentences(text)];
  expect(text.slice(0, sentences[0]?.end)).toBe('He said so。²');
  const encoding = await new Tokenization().encode(tokenizer, text);
  for (const windowTokens of [4, 5, 6, 7]) {
    for (const { core } of planChunks(encoding, sentences, { windowTokens, overlapTokens: 0 })) {
      expect(tokenizer.isContinuation(encoding.ids[core.start] ?? -1)).toBe(false);
    }
  }
});
