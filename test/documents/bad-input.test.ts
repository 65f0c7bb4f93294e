import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import {
  DetokenizeDocument,
  EntitiesDocument,
  SentimentDocument,
  TokenizeDocument,
  TypedDocumentString,
} from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { trickyText } from './unicode.ts';

const service = useService({ MAX_TEXTS: '10000' });
const LIMIT = 40;
const narrow = useService({ MAX_TEXT_LENGTH: String(LIMIT), WORKERS: '1', MAX_TEXTS: '10000' });

afterEach(() => {
  expect(service.failures).toEqual([]);
  expect(narrow.failures).toEqual([]);
});

type Outcome = { readonly index: number; readonly code: string; readonly message: string } | { readonly text: string };

const Sentiments = new TypedDocumentString<{ outcomes: readonly Outcome[] }, { texts: readonly string[] }>(`
  query ($texts: [String!]!) {
    outcomes: sentiments(texts: $texts) { ... on SentimentResult { text } ... on TextProblem { index code message } }
  }`);
const Documents = new TypedDocumentString<{ outcomes: readonly Outcome[] }, { texts: readonly string[] }>(`
  query ($texts: [String!]!) {
    outcomes: documents(texts: $texts) { ... on Document { text } ... on TextProblem { index code message } }
  }`);
const Document = new TypedDocumentString<unknown, { text: string }>(
  'query ($text: String!) { document(text: $text) { text } }',
);

const ONE_TEXT = [
  ['tokenize', TokenizeDocument],
  ['sentiment', SentimentDocument],
  ['entities', EntitiesDocument],
  ['document', Document],
] as const;
const MANY_TEXTS = [
  ['sentiments', Sentiments],
  ['documents', Documents],
] as const;

describe('a surrogate without its partner', () => {
  test.each(ONE_TEXT)('is found by %s wherever it is', async (_field, operation) => {
    const lone = fc.constantFrom('\ud83d', '\udc00', '\udc00\ud83d', '\ud83d\ud83d', '\udfff');
    await fc.assert(
      fc.asyncProperty(trickyText, trickyText, lone, async (before, behind, lone) => {
        const { errors } = await service.ask(operation, { text: `${before}${lone}${behind}` });
        const code = lone.charCodeAt(0).toString(16).toUpperCase();
        expect(errors?.[0]?.extensions?.['code']).toBe('INVALID_TEXT');
        expect(errors?.[0]?.message).toContain(`(U+${code}) at index ${before.length}`);
      }),
      { numRuns: 25 },
    );
  });

  test('is accepted after it is repaired', async () => {
    const text = 'Anna \ud83d met Bob'.toWellFormed();
    expect((await service.data(TokenizeDocument, { text })).tokenize.text).toBe(text);
  });

  test.each(MANY_TEXTS)('only fails its own text in %s', async (_field, operation) => {
    const { outcomes } = await service.data(operation, { texts: ['Good.', '\udc00', 'a\ud83d', '\ud83d\ude00'] });
    expect(outcomes).toEqual([
      expect.objectContaining({ text: 'Good.' }),
      { index: 1, code: 'INVALID_TEXT', message: expect.stringContaining('(U+DC00) at index 0') },
      { index: 2, code: 'INVALID_TEXT', message: expect.stringContaining('(U+D83D) at index 1') },
      expect.objectContaining({ text: '😀' }),
    ]);
  });
});

describe('a text over the limit', () => {
  const longest = 'x'.repeat(LIMIT);
  const told = expect.stringMatching(new RegExp(`\\b${LIMIT + 1} characters.*\\b${LIMIT} are accepted`));

  test.each(ONE_TEXT)('is refused by %s, with the limit and its size', async (_field, operation) => {
    expect((await narrow.ask(operation, { text: longest })).errors).toBeUndefined();
    const { errors } = await narrow.ask(operation, { text: `${longest}x` });
    expect(errors).toMatchObject([{ message: told, extensions: { code: 'TEXT_TOO_LONG' } }]);
  });

  test.each(MANY_TEXTS)('only fails its own text in %s', async (_field, operation) => {
    const { outcomes } = await narrow.data(operation, { texts: [`${longest}x`, longest] });
    expect(outcomes).toEqual([
      { index: 0, code: 'TEXT_TOO_LONG', message: told },
      expect.objectContaining({ text: longest }),
    ]);
  });
});

describe('numbers', () => {
  test.each([-1, 0, -2_147_483_648, 65_537, 2_147_483_647])('maxLength %i is refused', async (maxLength) => {
    const { errors } = await service.ask(TokenizeDocument, { text: 'a', maxLength, padding: 'MAX_LENGTH' });
    expect(errors?.[0]).toMatchObject({
      message: `maxLength must be from 1 to 65536, but it is ${maxLength}.`,
      extensions: { code: 'BAD_ARGUMENT' },
    });
  });

  test.each([-1e-9, 1.000001, -1e308, 1e308])('minConfidence %d is refused', async (minConfidence) => {
    const { errors } = await service.ask(EntitiesDocument, { text: 'a', minConfidence });
    expect(errors?.[0]).toMatchObject({
      message: `minConfidence must be from 0 to 1, but it is ${minConfidence}.`,
      extensions: { code: 'BAD_ARGUMENT' },
    });
  });

  test('that are not an Int or Float never reach a resolver', async () => {
    for (const maxLength of [1.5, 2_147_483_648]) {
      const { data, errors } = await service.ask(TokenizeDocument, { text: 'a', maxLength });
      expect(data).toBeUndefined();
      expect(errors).toHaveLength(1);
    }
  });
});

describe('ids that the vocabulary lacks', () => {
  const size = 30_522;
  const lacking = fc.oneof(
    fc.constantFrom(-1, size),
    fc.integer({ min: -2_147_483_648, max: -1 }),
    fc.integer({ min: size, max: 2_147_483_647 }),
  );
  const known = fc.array(fc.integer({ min: 0, max: size - 1 }), { maxLength: 8 });

  test('are refused, and the message names the first', async () => {
    await fc.assert(
      fc.asyncProperty(known, lacking, fc.array(fc.oneof(lacking, fc.nat({ max: 9 }))), async (before, bad, behind) => {
        const { errors } = await service.ask(DetokenizeDocument, { ids: [...before, bad, ...behind] });
        expect(errors?.[0]).toMatchObject({
          message: expect.stringMatching(`^ids\\[${before.length}\\] must be from 0 to 30521,.* it is ${bad}\\.$`),
          extensions: { code: 'BAD_ARGUMENT' },
        });
      }),
      { numRuns: 50 },
    );
  });

  test('are the only ones that are refused', async () => {
    await fc.assert(
      fc.asyncProperty(known, fc.boolean(), async (ids, skipSpecialTokens) => {
        const { detokenize } = await service.data(DetokenizeDocument, { ids, skipSpecialTokens });
        expect(detokenize.isWellFormed()).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});

describe('a list of 10,000 texts with a bad one', () => {
  const bad = 6543;
  const texts = Array.from({ length: 10_000 }, (_, index) => (index === bad ? 'lone \ud800' : String(index)));

  test.each(MANY_TEXTS)('gets answers for all the others from %s', async (_field, operation) => {
    const { outcomes } = await service.data(operation, { texts });
    expect(outcomes.map((each) => ('text' in each ? each.text : undefined))).toEqual(
      texts.map((text, index) => (index === bad ? undefined : text)),
    );
    expect(outcomes[bad]).toMatchObject({ index: bad, code: 'INVALID_TEXT' });
  });

  test.each(MANY_TEXTS)('is refused by %s if it has one text more', async (_field, operation) => {
    const { errors } = await service.ask(operation, { texts: [...texts, 'one more'] });
    expect(errors?.[0]).toMatchObject({
      message: expect.stringMatching(/10001 texts.*at most 10000/),
      extensions: { code: 'TOO_MANY_TEXTS' },
    });
  });
});
