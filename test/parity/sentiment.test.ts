import { expect, test } from 'vitest';
import { SentimentDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { type GoldenSentiment, readGolden } from './golden.ts';

const service = useService();

test.each(readGolden<GoldenSentiment>('sentiment'))('$text', async (golden) => {
  const { sentiment } = await service.data(SentimentDocument, { text: golden.text });
  expect(sentiment).toMatchObject({
    text: golden.text,
    label: golden.label,
    tokenCount: golden.tokenCount,
    truncated: false,
  });
  for (const { label, probability } of sentiment.probabilities) {
    expect(Math.abs(probability - (golden.probabilities[label] ?? Number.NaN))).toBeLessThan(1e-3);
  }
});
