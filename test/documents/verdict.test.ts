import { describe, expect, test } from 'vitest';
import { SentimentDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { type Judged, verdictOf } from '../../src/documents/verdict.ts';
import { useService } from '../service.ts';

const service = useService({ WORKERS: '1' });

function judged(positive: number, readable = true): Judged {
  const label = positive >= 0.5 ? 'POSITIVE' : 'NEGATIVE';
  const probabilities = [
    { label: 'NEGATIVE', probability: 1 - positive },
    { label: 'POSITIVE', probability: positive },
  ];
  return { label, readable, probabilities };
}

describe('the verdict on a text', () => {
  test.each([
    [0, 'LEANING'],
    [0.34, 'LEANING'],
    [0.36, 'NEUTRAL'],
    [0.5, 'NEUTRAL'],
    [0.64, 'NEUTRAL'],
    [0.66, 'LEANING'],
    [1, 'LEANING'],
  ])('with the positive probability %d is %s', (positive, verdict) => {
    expect(verdictOf(judged(positive))).toBe(verdict);
  });

  test('is MIXED if its sentences lean to both labels, whatever the whole text does', () => {
    expect(verdictOf(judged(0.95), [judged(0.9), judged(0.1)])).toBe('MIXED');
    expect(verdictOf(judged(0.5), [judged(0.9), judged(0.1)])).toBe('MIXED');
    expect(verdictOf(judged(0.95), [judged(0.9), judged(0.5), judged(0.1, false), null])).toBe('LEANING');
  });

  test('is UNREADABLE if the model knows none of its tokens', () => {
    expect(verdictOf(judged(0.96, false))).toBe('UNREADABLE');
  });

  test('is left to the labels of a model with more than two, or with independent ones', () => {
    const stars = ['1', '2', '3'].map((label) => ({ label, probability: 1 / 3 }));
    expect(verdictOf({ label: '1', readable: true, probabilities: stars })).toBe('LEANING');
    const independent = ['anger', 'joy'].map((label) => ({ label, probability: 0.5 }));
    expect(verdictOf({ label: 'anger', readable: true, probabilities: independent })).toBe('NEUTRAL');
    const both = ['anger', 'joy'].map((label) => ({ label, probability: 0.6 }));
    expect(verdictOf({ label: 'anger', readable: true, probabilities: both })).toBe('LEANING');
  });
});

describe('the model', () => {
  const sentiment = async (text: string) => {
    const { sentiment } = await service.data(
      new TypedDocumentString<{ sentiment: Judged }, { text: string }>(
        `query ($text: String!) { sentiment(text: $text) { label readable probabilities { label probability } } }`,
      ),
      { text },
    );
    return sentiment;
  };

  test.each(['😡', '😀😀 🎉', '𠀀𠀀'])('knows no token of %s, and the result says so', async (text) => {
    expect(verdictOf(await sentiment(text))).toBe('UNREADABLE');
  });

  test('is neutral about a balanced sentence, and positive about praise', async () => {
    expect(verdictOf(await sentiment('The acting was wooden, yet the story kept me hooked to the very end.'))).toBe(
      'NEUTRAL',
    );
    expect(verdictOf(await sentiment('What a wonderful film! 😀'))).toBe('LEANING');
  });

  test('gives the same result as a field of the graph, of a document, and of the library', async () => {
    const text = `${'The food was awful. '.repeat(130)}${'I loved the rest, wonderful! '.repeat(120)}`;
    const asked = (await service.data(SentimentDocument, { text })).sentiment;
    const { document } = await service.data(
      new TypedDocumentString<{ document: { sentiment: { label: string; confidence: number } } }, { text: string }>(
        'query ($text: String!) { document(text: $text) { sentiment { label confidence } } }',
      ),
      { text },
    );
    expect(document.sentiment).toEqual({ label: asked?.label, confidence: asked?.confidence });
    expect(asked?.truncated).toBe(false);
  });
});
