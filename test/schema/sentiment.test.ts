import { describe, expect, test } from 'vitest';
import { SentimentDocument, SentimentsDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

const service = useService();

describe('sentiment', () => {
  test.each([
    ['I absolutely love this product! Would buy again.', 'POSITIVE'],
    ['This product completely transformed my workflow!', 'POSITIVE'],
    ['Terrible experience, would not recommend.', 'NEGATIVE'],
  ])('of "%s" is %s', async (text, label) => {
    const { sentiment } = await service.data(SentimentDocument, { text });
    expect(sentiment).toMatchObject({ text, label, truncated: false });
    expect(sentiment.probabilities.map((each) => each.label)).toEqual(['NEGATIVE', 'POSITIVE']);
    expect(sentiment.probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    expect(sentiment.confidence).toBe(Math.max(...sentiment.probabilities.map((each) => each.probability)));
    expect(sentiment.tokensUsed).toBe(sentiment.tokenCount);
  });

  test('does not depend on white space', async () => {
    const [plain, spaced, odd] = await Promise.all(
      ['not a good film', '  not\n\n a\tgood   film ', 'not\v a\u0085good\u00a0film'].map((text) =>
        service.data(SentimentDocument, { text }),
      ),
    );
    expect(spaced?.sentiment.probabilities).toEqual(plain?.sentiment.probabilities);
    expect(odd?.sentiment.probabilities).toEqual(plain?.sentiment.probabilities);
  });

  test('truncates a long text on request, and says so', async () => {
    const text = 'good '.repeat(600);
    const { sentiment } = await service.data(SentimentDocument, { text, longText: 'TRUNCATE' });
    expect(sentiment).toMatchObject({ tokenCount: 602, tokensUsed: 512, truncated: true });
  });

  test('reads all of a long text in windows by default', async () => {
    const text = `${'A dull, lifeless and tedious film. '.repeat(200)}`;
    const { sentiment } = await service.data(SentimentDocument, { text });
    expect(sentiment).toMatchObject({ label: 'NEGATIVE', truncated: false });
    expect(sentiment.tokensUsed).toBe(sentiment.tokenCount);
    expect(sentiment.probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
  });

  test.each([
    ['the empty text', { text: '' }, 'EMPTY_TEXT'],
    ['a blank text', { text: ' \n\t ' }, 'EMPTY_TEXT'],
    ['a text of control characters', { text: '\u0000\u0007\ufeff' }, 'EMPTY_TEXT'],
    ['an unknown model', { text: 'a', model: 'nobody/nothing' }, 'UNKNOWN_MODEL'],
    ['a model for another task', { text: 'a', model: 'bertql/conll-ner-minilm' }, 'BAD_ARGUMENT'],
    ['a lone surrogate', { text: '\udc00' }, 'INVALID_TEXT'],
  ])('refuses %s', async (_title, variables, code) => {
    const before = service.server.inference.counts.batches;
    expect(await service.code(SentimentDocument, variables)).toBe(code);
    expect(service.server.inference.counts.batches).toBe(before);
  });
});

describe('sentiments', () => {
  test('gives each text its own outcome', async () => {
    const { sentiments } = await service.data(SentimentsDocument, { texts: ['Wonderful!', '', 'Awful.', 'x\ud800'] });
    expect(sentiments.map((outcome) => ('label' in outcome ? outcome.label : [outcome.index, outcome.code]))).toEqual([
      'POSITIVE',
      [1, 'EMPTY_TEXT'],
      'NEGATIVE',
      [3, 'INVALID_TEXT'],
    ]);
  });

  test('shares batches between the texts of a call and between calls', async () => {
    const before = service.server.inference.counts;
    const texts = Array.from({ length: 8 }, (_, index) => `A film to see, number ${index}.`);
    await Promise.all(
      [texts.slice(0, 4), texts.slice(4)].map((half) => service.data(SentimentsDocument, { texts: half })),
    );
    const after = service.server.inference.counts;
    expect(after.sequences - before.sequences).toBe(8);
    expect(after.batches - before.batches).toBeLessThanOrEqual(4);
  });

  test('refuses a model for all texts at once', async () => {
    expect(await service.code(SentimentsDocument, { texts: ['a', 'b'], model: 'nobody/nothing' })).toBe(
      'UNKNOWN_MODEL',
    );
  });
});
