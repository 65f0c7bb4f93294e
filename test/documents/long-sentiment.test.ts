import { describe, expect, test } from 'vitest';
import {
  DocumentDocument,
  EntitiesDocument,
  type LongText,
  SentimentDocument,
  SentimentsDocument,
} from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

const service = useService();

/** A text of so many tokens, special tokens included. */
const textOf = (tokens: number) => 'good '.repeat(tokens - 2);

async function sentimentOf(text: string, longText: LongText) {
  const { sentiment } = await service.data(SentimentDocument, { text, longText });
  const { label, confidence, tokenCount, tokensUsed, truncated } = sentiment;
  return { label, confidence, tokenCount, tokensUsed, truncated, probabilities: sentiment.probabilities };
}

describe('a result says how much was read:', () => {
  test.each([3, 128, 129, 510, 511, 512])('%i tokens fit the model', async (tokens) => {
    const whole = await sentimentOf(textOf(tokens), 'TRUNCATE');
    expect(whole).toMatchObject({ tokenCount: tokens, tokensUsed: tokens, truncated: false });
    expect(await sentimentOf(textOf(tokens), 'WINDOWS')).toEqual(whole);
  });

  test.each([513, 514, 50_000])('%i tokens are truncated, or read in windows', async (tokens) => {
    const cut = await sentimentOf(textOf(tokens), 'TRUNCATE');
    expect(cut).toMatchObject({ tokenCount: tokens, tokensUsed: 512, truncated: true });
    expect(cut.probabilities).toEqual((await sentimentOf(textOf(512), 'TRUNCATE')).probabilities);
    const whole = await sentimentOf(textOf(tokens), 'WINDOWS');
    expect(whole).toMatchObject({ tokenCount: tokens, tokensUsed: tokens, truncated: false });
  });
});

describe('a text in windows', () => {
  /** Each is a window of its own: a window of 128 holds 126 tokens, and any two that follow each other have more. */
  const windows = [
    ['wonderful', 70],
    ['dreadful', 126],
    ['boring', 64],
    ['lovely', 99],
    ['odd', 111],
    ['dreadful', 65],
  ] as const;
  const talk = 'talk and the '.repeat(42).trim().split(' ');
  const texts = windows.map(([word, tokens]) =>
    ['The', ...talk.slice(0, tokens - 5), 'were', word, 'today.'].join(' '),
  );
  const text = texts.join(' ');

  test('is scored as the mean of its windows’ log-probabilities, weighted by their tokens', async () => {
    const alone = await Promise.all(texts.map((each) => sentimentOf(each, 'TRUNCATE')));
    expect(alone.map(({ tokenCount }) => tokenCount - 2)).toEqual(windows.map(([, tokens]) => tokens));
    // Windows of one mind would show nothing.
    expect(new Set(alone.map(({ label }) => label)).size).toBe(2);

    const all = windows.reduce((sum, [, tokens]) => sum + tokens, 0);
    const pooled = [0, 1].map((label) =>
      windows.reduce((product, [, tokens], index) => {
        const { probability } = alone[index]?.probabilities[label] ?? { probability: Number.NaN };
        return product * probability ** (tokens / all);
      }, 1),
    );
    const scale = pooled.reduce((sum, each) => sum + each, 0);
    const whole = await sentimentOf(text, 'WINDOWS');
    whole.probabilities.forEach(({ probability }, label) => {
      expect(Math.abs(probability - (pooled[label] ?? Number.NaN) / scale)).toBeLessThan(1e-6);
    });
    expect(whole.confidence).toBe(Math.max(...whole.probabilities.map(({ probability }) => probability)));
    expect(whole.tokenCount).toBe(all + 2);
  });

  test('has the same score in every field', async () => {
    const whole = await sentimentOf(text, 'WINDOWS');
    const { document } = await service.data(DocumentDocument, { text });
    const { sentiments } = await service.data(SentimentsDocument, { texts: [text, 'Fine.'], longText: 'WINDOWS' });
    expect(document.sentiment).toMatchObject({ ...whole });
    expect(sentiments[0]).toMatchObject({ ...whole });
  });

  test('is read to its end', async () => {
    const before = await sentimentOf(`${textOf(600)}.`, 'WINDOWS');
    const after = await sentimentOf(`${textOf(600)}. Dreadful, boring, a disaster.`, 'WINDOWS');
    expect(after.confidence).not.toBe(before.confidence);
    expect(after.tokenCount - before.tokenCount).toBe(7);
  });
});

describe('a text that is longer than the queue', () => {
  const small = useService({ QUEUE_TOKENS: '1000', WORKERS: '1' });

  test('is read completely', async () => {
    const text = 'It was a lovely day in Berlin. '.repeat(250);
    const { sentiment } = await small.data(SentimentDocument, { text, longText: 'WINDOWS' });
    expect(sentiment).toMatchObject({ label: 'POSITIVE', tokensUsed: 2002, truncated: false });
    const { entities } = await small.data(EntitiesDocument, { text });
    expect(entities).toHaveLength(250);
  });
});
