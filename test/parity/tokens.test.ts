import { describe, expect, test } from 'vitest';
import { DetokenizeDocument, TokenizeDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { type GoldenTokens, readGolden, UNITS } from './golden.ts';

const service = useService();

describe.each([
  ['tokens-uncased', 'bertql/sst2-minilm'],
  ['tokens-cased', 'bertql/conll-ner-minilm'],
])('%s', (file, model) => {
  const cases = readGolden<GoldenTokens>(file).map((golden, index) => ({
    golden,
    title: `${index}: ${JSON.stringify(golden.text)}`,
  }));

  test.each(cases)('$title', async ({ golden }) => {
    const { options } = golden;
    const offsetEncodings = Object.keys(UNITS) as (keyof typeof UNITS)[];
    const variables = {
      text: golden.text,
      model,
      addSpecialTokens: options.add_special_tokens ?? true,
      maxLength: options.max_length ?? null,
      padding: options.padding === 'max_length' ? 'MAX_LENGTH' : 'NONE',
      truncation: options.truncation ?? false,
    } as const;
    for (const offsetEncoding of offsetEncodings) {
      const { tokenize } = await service.data(TokenizeDocument, { ...variables, offsetEncoding });
      expect({
        ids: tokenize.ids,
        attentionMask: tokenize.attentionMask,
        typeIds: tokenize.typeIds,
        pieces: tokenize.tokens.map((token) => token.text),
        special: tokenize.tokens.map((token) => Number(token.special)),
        wordIndex: tokenize.tokens.map((token) => token.wordIndex),
        offsets: tokenize.tokens.map(({ start, end }) => (start == null ? null : [start, end])),
      }).toEqual({
        ids: golden.ids,
        attentionMask: golden.attentionMask,
        typeIds: golden.typeIds,
        pieces: golden.pieces,
        special: golden.special,
        wordIndex: golden.wordIndex,
        offsets: golden[UNITS[offsetEncoding]],
      });
    }
    expect(await service.data(DetokenizeDocument, { ids: golden.ids, model })).toEqual({ detokenize: golden.decoded });
  });
});
