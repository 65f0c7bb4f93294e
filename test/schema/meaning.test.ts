import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  EmbedDocument,
  EmbeddingsDocument,
  SearchDocument,
  SimilarityDocument,
  TypedDocumentString,
  WordSensesDocument,
} from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

interface Golden {
  readonly texts: readonly { readonly text: string; readonly tokenCount: number; readonly vector: readonly number[] }[];
  readonly wordSenses: readonly {
    readonly word: string;
    readonly texts: readonly string[];
    readonly occurrences: readonly { readonly textIndex: number; readonly start: number; readonly end: number }[];
    readonly similarities: readonly (readonly number[])[];
  }[];
}

const GOLDEN = JSON.parse(readFileSync(new URL('../golden/embeddings.json', import.meta.url), 'utf8')) as Golden;

const service = useService();

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]) =>
    x.reduce((sum, value, at) => sum + value * (y[at] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

async function vectorsOf(texts: readonly string[]): Promise<readonly (readonly number[])[]> {
  const { embeddings } = await service.data(EmbeddingsDocument, { texts: [...texts] });
  return (embeddings ?? []).map((each) => {
    if (each.__typename !== 'Embedding') throw new Error(`${each.code}: ${each.message}`);
    return each.vector;
  });
}

describe('the vector of a text', () => {
  test('equals the golden one, and its tokens are counted', async () => {
    const { embeddings } = await service.data(EmbeddingsDocument, { texts: GOLDEN.texts.map(({ text }) => text) });
    embeddings?.forEach((each, index) => {
      const golden = GOLDEN.texts[index];
      if (each.__typename !== 'Embedding' || !golden) throw new Error(`no vector for text ${index}`);
      expect(each.tokenCount).toBe(golden.tokenCount);
      expect(cosine(each.vector, golden.vector)).toBeGreaterThan(0.999);
      expect(each).toMatchObject({ dimensions: 384, tokensUsed: golden.tokenCount, truncated: false });
    });
  });

  test('does not depend on the other texts of a request', async () => {
    const texts = GOLDEN.texts.slice(0, 8).map(({ text }) => text);
    const alone = await Promise.all(texts.map(async (text) => (await vectorsOf([text]))[0]));
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...texts.keys()], { minLength: 1 }), async (order) => {
        const together = await vectorsOf(order.map((index) => texts[index] ?? ''));
        expect(together).toEqual(order.map((index) => alone[index]));
      }),
      { numRuns: 12 },
    );
  });

  test('is the mean of its windows for a long text, including its end', async () => {
    const [about, other] = ['The cat sleeps in the sun. ', 'The central bank raised its interest rates. '];
    const [long, cats, banks] = await vectorsOf([about.repeat(60) + other.repeat(60), about, other]);
    const { embed } = await service.data(EmbedDocument, { text: about.repeat(60) + other.repeat(60), to: about });
    expect(embed?.tokenCount).toBeGreaterThan(800);
    expect(embed).toMatchObject({ tokensUsed: embed?.tokenCount, truncated: false });

    const norm = Math.hypot(...(long ?? []));
    expect(norm).toBeCloseTo(1, 5);
    expect(cosine(long ?? [], cats ?? [])).toBeGreaterThan(0.3);
    expect(cosine(long ?? [], banks ?? [])).toBeGreaterThan(0.3);
  });

  test('has the same id for the same text and model', async () => {
    const [first, second] = [
      await service.data(EmbedDocument, { text: 'A cat.' }),
      await service.data(EmbedDocument, { text: 'A cat.' }),
    ];
    const other = await service.data(EmbedDocument, { text: 'A dog.' });
    expect(second.embed?.id).toBe(first.embed?.id);
    expect(other.embed?.id).not.toBe(first.embed?.id);
  });
});

describe('a model with prefixes for queries and passages', () => {
  const folder = fileURLToPath(new URL('../../models/all-minilm-l6-v2', import.meta.url));
  const model = 'mine';
  const prefixes = { queryPrefix: 'question: ', passagePrefix: 'answer: ' };
  const prefixed = useService({
    MODELS_CONFIG: JSON.stringify([{ id: model, task: 'EMBEDDING', folder, ...prefixes }]),
  });
  const [asked, told] = ['Where do cats sleep?', 'Cats sleep in the sun.'];

  test('adds the prefix that the argument `as` names, by default that of passages', async () => {
    const [query, passage] = await vectorsOf([`question: ${asked}`, `answer: ${asked}`]);
    const { embed } = await prefixed.data(EmbedDocument, { text: asked, model, as: 'QUERY' });
    const { embed: other } = await prefixed.data(EmbedDocument, { text: asked, model });
    expect(embed.vector).toEqual(query);
    expect(other.vector).toEqual(passage);
    expect(embed.id).not.toBe(other.id);
    const { embeddings } = await prefixed.data(EmbeddingsDocument, { texts: [asked, ''], model, as: 'QUERY' });
    expect(embeddings).toMatchObject([{ vector: query }, { code: 'EMPTY_TEXT' }]);
  });

  test('compares queries with queries, or a query with a passage, as requested', async () => {
    const vectors = await vectorsOf([`question: ${asked}`, `question: ${told}`, `answer: ${told}`]);
    const [query = [], otherQuery = [], passage = []] = vectors;
    const { similarity } = await prefixed.data(SimilarityDocument, { a: asked, b: told, model, as: 'QUERY' });
    expect(similarity).toBeCloseTo(cosine(query, otherQuery), 5);
    const { embed } = await prefixed.data(EmbedDocument, { text: asked, to: told, model, as: 'QUERY' });
    expect(embed.similarity).toBeCloseTo(cosine(query, passage), 5);
    expect(embed.similarity).not.toBeCloseTo(similarity, 5);
  });

  test('uses both for documents and sentences, and each counts once for the cost', async () => {
    const operation = new TypedDocumentString<
      { document: { sentences: readonly Record<'query' | 'passage', { vector: readonly number[] }>[] } },
      { text: string; model: string }
    >(`query ($text: String!, $model: ID) {
      document(text: $text) {
        sentences { query: embedding(model: $model, as: QUERY) { vector } passage: embedding(model: $model) { vector } }
      }
    }`);
    const { document } = await prefixed.data(operation, { text: told, model });
    const [query, passage] = await vectorsOf([`question: ${told}`, `answer: ${told}`]);
    expect(document.sentences).toEqual([{ query: { vector: query }, passage: { vector: passage } }]);
  });
});

describe('similarity', () => {
  test('is symmetric, 1 for a text and itself, and higher for texts of similar meaning', async () => {
    const of = async (a: string, b: string) => (await service.data(SimilarityDocument, { a, b })).similarity ?? 0;
    const [cats, kittens, rates] = [
      'The cat sits outside.',
      'A kitten is in the garden.',
      'The bank raised its rates.',
    ];
    expect(await of(cats, cats)).toBeCloseTo(1, 6);
    expect(await of(cats, kittens)).toBeCloseTo(await of(kittens, cats), 6);
    expect(await of(cats, kittens)).toBeGreaterThan((await of(cats, rates)) + 0.2);
    const { embed } = await service.data(EmbedDocument, { text: cats, to: kittens });
    expect(embed?.similarity).toBeCloseTo(await of(cats, kittens), 6);
  });
});

describe('word senses', () => {
  test.each(GOLDEN.wordSenses)(
    'equal the golden ones for "$word"',
    async ({ word, texts, occurrences, similarities }) => {
      const { wordSenses } = await service.data(WordSensesDocument, { word, texts: [...texts] });
      expect(wordSenses?.occurrences.map(({ textIndex, start, end }) => ({ textIndex, start, end }))).toEqual(
        occurrences,
      );
      similarities.forEach((row, at) => {
        row.forEach((similarity, column) => {
          expect(Math.abs((wordSenses?.similarities[at]?.[column] ?? 0) - similarity)).toBeLessThan(0.002);
        });
      });
    },
  );

  test('have positions that slice to the word in every unit, and a symmetric matrix with ones on its diagonal', async () => {
    const units = ['UTF16', 'CODE_POINT', 'UTF8_BYTE'] as const;
    const element = fc.constantFrom('the Bank, ', '😀 ', 'banks ', 'é bank', ' a BANK.', ' Łódź ', '\n', 'river-bank ');
    await fc.assert(
      fc.asyncProperty(
        fc.array(element, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...units),
        async (parts, unit) => {
          const text = `a bank ${parts.join('')}`;
          const { wordSenses } = await service.data(WordSensesDocument, {
            word: 'bank',
            texts: [text],
            offsetEncoding: unit,
          });
          const { occurrences = [], similarities = [] } = wordSenses ?? {};
          for (const { start, end, text: found } of occurrences) {
            expect(sliceOf(text, unit, start, end)).toBe(found);
            expect(found.toLowerCase()).toBe('bank');
          }
          expect(occurrences.length).toBe(
            text.split(/[^\p{L}]+/u).filter((each) => each.toLowerCase() === 'bank').length,
          );
          similarities.forEach((row, at) => {
            expect(row[at]).toBe(1);
            row.forEach((value, column) => {
              expect(similarities[column]?.[at]).toBe(value);
            });
          });
        },
      ),
      { numRuns: 20 },
    );
  });

  test('are found in all of a text of many windows', async () => {
    const filler = 'It was a quiet afternoon, and nobody in the village had anything to do. ';
    const text = `${filler.repeat(40)}He sat on the river bank. ${filler.repeat(40)}The bank refused the loan.`;
    const { wordSenses } = await service.data(WordSensesDocument, { word: 'bank', texts: [text] });
    expect(wordSenses?.occurrences.map(({ start, end }) => text.slice(start, end))).toEqual(['bank', 'bank']);
    expect(wordSenses?.occurrences[0]?.sentence).toBe('He sat on the river bank.');
    expect(wordSenses?.similarities[0]?.[1]).toBeLessThan(0.9);
  });

  test('are found for a phrase, whatever white space is in it', async () => {
    const texts = ['The river\n bank was steep.', 'A River Bank of sand.'];
    const { wordSenses } = await service.data(WordSensesDocument, { word: 'river bank', texts });
    expect(wordSenses?.occurrences.map(({ text }) => text)).toEqual(['river\n bank', 'River Bank']);
  });

  test.each([
    ['a-a b', 'a-a-a b', 'a-a b'],
    ['𐐷 b', '𐐷 𐐷 b', '𐐷 b'],
    ['go go home', 'Go go go home.', 'go go home'],
  ])('are found for the phrase "%s" in "%s", where its first word is there more often', async (word, text, found) => {
    const { wordSenses } = await service.data(WordSensesDocument, { word, texts: [text] });
    expect(wordSenses?.occurrences.map((each) => each.text)).toEqual([found]);
  });
});

test('two texts are not compared if one of them is invalid, and the other is not read, either', async () => {
  const { sequences } = service.server.inference.counts;
  expect(await service.code(SimilarityDocument, { a: 'A text that takes a while. '.repeat(99), b: '\ud83d' })).toBe(
    'INVALID_TEXT',
  );
  expect(service.server.inference.counts.sequences).toBe(sequences);
});

describe('search', () => {
  test('ranks passages of whole sentences, with their exact positions', async () => {
    const { document } = await service.data(SearchDocument);
    const [first, ...others] = document?.search ?? [];
    expect(first?.text).toContain('violin');
    for (const { score } of others) expect(score).toBeLessThanOrEqual(first?.score ?? 0);
    expect(first?.sentences.map(({ text }) => text).join(' ')).toBe(first?.text.replaceAll('\n', ' '));
  });

  test.each(['UTF16', 'CODE_POINT', 'UTF8_BYTE'] as const)('counts positions in %s', async (unit) => {
    const text = '😀 Łódź is a city. It has parks.\n\nThe 😀 violin is old. Ärger! '.repeat(3);
    const { document } = await service.data(SearchDocument, { text, query: 'music', first: 9, offsetEncoding: unit });
    expect(document?.search?.length).toBeGreaterThan(2);
    for (const { text: passage, start, end, sentences } of document?.search ?? []) {
      expect(sliceOf(text, unit, start, end)).toBe(passage);
      expect(sentences.length).toBeLessThanOrEqual(3);
    }
  });

  test('finds nothing in a blank text', async () => {
    const { document } = await service.data(SearchDocument, { text: ' \n ', query: 'music' });
    expect(document?.search).toEqual([]);
  });
});

describe('the sentiment of a name', () => {
  test('is that of the sentences that mention it', async () => {
    const query = new TypedDocumentString<
      { document: { entityGroups: readonly { text: string; sentiment: { label: string; text: string } }[] } },
      { text: string }
    >('query ($text: String!) { document(text: $text) { entityGroups { text sentiment { label text } } } }');
    const text =
      'Angela Merkel was wonderful and kind. We loved the speech of Angela Merkel. Paul Simon was awful. Paul Simon bored everybody to tears.';
    const { document } = await service.data(query, { text });
    expect(document.entityGroups.map(({ text: name, sentiment }) => [name, sentiment.label])).toEqual([
      ['Angela Merkel', 'POSITIVE'],
      ['Paul Simon', 'NEGATIVE'],
    ]);
  });
});

describe('a text that cannot be read', () => {
  test('fails with a clear code', async () => {
    expect(await service.code(EmbedDocument, { text: ' ' })).toBe('EMPTY_TEXT');
    expect(await service.code(EmbedDocument, { text: '😡' })).toBe('EMPTY_TEXT');
    expect(await service.code(SimilarityDocument, { a: 'a cat', b: '' })).toBe('EMPTY_TEXT');
    expect(await service.code(EmbedDocument, { text: 'a \ud800' })).toBe('INVALID_TEXT');
    expect(await service.code(EmbedDocument, { text: 'a', model: 'bertql/sst2-minilm' })).toBe('BAD_ARGUMENT');
    expect(await service.code(WordSensesDocument, { word: 'zebra', texts: ['A cat.'] })).toBe('BAD_ARGUMENT');
    expect(await service.code(WordSensesDocument, { word: ' ', texts: ['A cat.'] })).toBe('BAD_ARGUMENT');
    expect(await service.code(SearchDocument, { text: 'A cat.', first: 0 })).toBe('BAD_ARGUMENT');
    expect(await service.code(SearchDocument, { text: 'A cat.', query: '' })).toBe('EMPTY_TEXT');
    expect(await service.code(EmbeddingsDocument, { texts: Array(10_000).fill('a') })).toBe('TOO_MANY_TEXTS');
    expect(service.failures).toEqual([]);
  });

  test('only fails itself in a list', async () => {
    const { embeddings } = await service.data(EmbeddingsDocument, { texts: ['A cat.', '', 'a \udc00'] });
    expect(embeddings?.map((each) => (each.__typename === 'TextProblem' ? each.code : each.__typename))).toEqual([
      'Embedding',
      'EMPTY_TEXT',
      'INVALID_TEXT',
    ]);
  });
});

function sliceOf(text: string, unit: 'UTF16' | 'CODE_POINT' | 'UTF8_BYTE', start: number, end: number): string {
  if (unit === 'UTF16') return text.slice(start, end);
  if (unit === 'CODE_POINT') return Array.from(text).slice(start, end).join('');
  return Buffer.from(text).subarray(start, end).toString();
}

describe('the size of a result', () => {
  const small = useService({ MAX_RESULT_SIZE: '100000', MAX_TEXTS: '10000', QUEUE_TOKENS: '1000000' });
  const texts = (count: number) => Array.from({ length: count }, (_, index) => `Text ${index}.`);

  test('counts vectors before any model runs', async () => {
    const { sequences } = small.server.inference.counts;
    const { errors } = await small.ask(EmbeddingsDocument, { texts: texts(10_000) });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'QUERY_TOO_COSTLY', limit: 100_000 });
    // A number of a vector counts as 20 bytes and a comma.
    expect(errors?.[0]?.extensions?.['actual']).toBeGreaterThan(10_000 * 384 * 21);
    expect(small.server.inference.counts.sequences).toBe(sequences);
  });

  test('allows a few vectors, and many results without them', async () => {
    const { embeddings } = await small.data(EmbeddingsDocument, { texts: texts(10) });
    expect(embeddings).toHaveLength(10);
    const operation = new TypedDocumentString<{ embeddings: readonly unknown[] }, { texts: readonly string[] }>(
      'query ($texts: [String!]!) { embeddings(texts: $texts) { ... on Embedding { dimensions } } }',
    );
    const { embeddings: many } = await small.data(operation, { texts: texts(100) });
    expect(many).toEqual(Array.from({ length: 100 }, () => ({ dimensions: 384 })));
  });
});

describe('the cost of an operation', () => {
  const frugal = useService({ MAX_REQUEST_TOKENS: '200' });
  const long = 'The bank refused the loan. '.repeat(40);

  test.each([
    ['of similarity', SimilarityDocument, { a: 'a bank', b: long }],
    ['of a vector that is compared', EmbedDocument, { text: 'a bank', to: long }],
    ['of a query', SearchDocument, { text: 'a bank', query: long }],
    ['of word senses', WordSensesDocument, { word: 'bank', texts: [long] }],
  ] as const)('counts the texts %s', async (_, operation, variables) => {
    expect(
      await frugal.code<unknown, typeof variables>(
        operation as TypedDocumentString<unknown, typeof variables>,
        variables,
      ),
    ).toBe('QUERY_TOO_COSTLY');
  });

  test('allows short texts', async () => {
    const { similarity } = await frugal.data(SimilarityDocument, { a: 'a bank', b: 'a river' });
    expect(similarity).toBeLessThan(1);
  });
});
