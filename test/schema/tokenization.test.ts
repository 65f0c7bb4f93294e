import { describe, expect, test } from 'vitest';
import { DetokenizeDocument, TokenizeDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

const service = useService();

describe('tokenize', () => {
  test('returns the ids of the bare text on request', async () => {
    const { tokenize } = await service.data(TokenizeDocument, {
      text: 'I love machine learning!',
      addSpecialTokens: false,
    });
    expect(tokenize.ids).toEqual([1045, 2293, 3698, 4083, 999]);
    expect(tokenize.model.id).toBe('bert-base-uncased');
  });

  test('pads to maxLength', async () => {
    const { tokenize } = await service.data(TokenizeDocument, {
      text: 'I love machine learning!',
      maxLength: 10,
      padding: 'MAX_LENGTH',
    });
    expect(tokenize.ids).toEqual([101, 1045, 2293, 3698, 4083, 999, 102, 0, 0, 0]);
    expect(tokenize.attentionMask).toEqual([1, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
    expect(tokenize.tokens.map((token) => token.text)).toEqual(
      '[CLS] i love machine learning ! [SEP] [PAD] [PAD] [PAD]'.split(' '),
    );
    expect(tokenize).toMatchObject({ tokenCount: 7, truncated: false });
  });

  test('returns lists that match the tokens', async () => {
    const lists = new TypedDocumentString<
      {
        tokenize: {
          pieces: string[];
          starts: number[];
          ends: number[];
          tokens: { text: string; start: number; end: number }[];
        };
      },
      Record<string, never>
    >(
      '{ tokenize(text: "😀 unaffable", maxLength: 9, padding: MAX_LENGTH, offsetEncoding: CODE_POINT) { pieces starts ends tokens { text start end } } }',
    );
    const { tokenize } = await service.data(lists, {});
    expect(tokenize.pieces).toEqual(tokenize.tokens.map((token) => token.text));
    expect(tokenize.starts).toEqual([null, 0, 2, 5, 8, null, null, null, null]);
    expect(tokenize.starts).toEqual(tokenize.tokens.map((token) => token.start));
    expect(tokenize.ends).toEqual(tokenize.tokens.map((token) => token.end));
  });

  test('says what truncation cut off', async () => {
    const { tokenize } = await service.data(TokenizeDocument, {
      text: 'I love machine learning!',
      maxLength: 4,
      truncation: true,
    });
    expect(tokenize).toMatchObject({ ids: [101, 1045, 2293, 102], tokenCount: 7, truncated: true });
  });

  test('returns only special tokens for the empty text', async () => {
    const { tokenize } = await service.data(TokenizeDocument, { text: '' });
    expect(tokenize.tokens.map((token) => token.text)).toEqual(['[CLS]', '[SEP]']);
  });

  test('keeps the text it was sent, except for the case and accents that the tokenizer drops', async () => {
    const text = 'Naïve CAFÉ 😀 unaffable';
    const { tokenize } = await service.data(TokenizeDocument, { text });
    expect(tokenize.text).toBe(text);
    const slices = tokenize.tokens.flatMap(({ start, end }) =>
      start == null || end == null ? [] : [text.slice(start, end)],
    );
    expect(slices).toEqual(['Naïve', 'CAFÉ', '😀', 'una', 'ffa', 'ble']);
  });

  test.each([
    ['a negative maxLength', { text: 'a', maxLength: -1 }, 'BAD_ARGUMENT'],
    ['a maxLength of zero', { text: 'a', maxLength: 0 }, 'BAD_ARGUMENT'],
    ['an absurd maxLength', { text: 'a', maxLength: 2_000_000_000, padding: 'MAX_LENGTH' }, 'BAD_ARGUMENT'],
    ['no room for the special tokens', { text: 'a', maxLength: 1, truncation: true }, 'BAD_ARGUMENT'],
    ['an unknown model', { text: 'a', model: 'bert-large' }, 'UNKNOWN_MODEL'],
    ['a lone surrogate', { text: 'a\ud83d' }, 'INVALID_TEXT'],
  ] as const)('refuses %s', async (_, variables, code) => {
    expect(await service.code(TokenizeDocument, variables)).toBe(code);
  });
});

describe('detokenize', () => {
  test('returns the text', async () => {
    const ids = [101, 1045, 2293, 3698, 4083, 999, 102];
    expect(await service.data(DetokenizeDocument, { ids })).toEqual({ detokenize: 'i love machine learning!' });
    expect(await service.data(DetokenizeDocument, { ids, skipSpecialTokens: false })).toEqual({
      detokenize: '[CLS] i love machine learning! [SEP]',
    });
    expect(await service.data(DetokenizeDocument, { ids: [] })).toEqual({ detokenize: '' });
  });

  test.each([[[-1]], [[30_522]], [[1, 2_147_483_647]]])(
    'refuses the ids %j, which the vocabulary lacks',
    async (ids) => {
      expect(await service.code(DetokenizeDocument, { ids })).toBe('BAD_ARGUMENT');
    },
  );
});
