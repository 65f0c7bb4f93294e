import { describe, expect, test } from 'vitest';
import { EntitiesDocument, SentimentDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

const sentimentTwice = new TypedDocumentString<
  Record<'a' | 'b', { timing: { cached: boolean } }>,
  { text: string; other: string }
>(`query ($text: String!, $other: String!) {
  a: sentiment(text: $text) { timing { cached } }
  b: sentiment(text: $other) { timing { cached } }
}`);

describe('with a cache', () => {
  const service = useService({ CACHE_BYTES: '65536' });

  test('a result that was computed before is cached, and says so', async () => {
    const text = 'A film that one remembers.';
    const first = await service.data(SentimentDocument, { text });
    const { sequences } = service.server.inference.counts;
    const second = await service.data(SentimentDocument, { text });
    expect(first.sentiment.timing.cached).toBe(false);
    expect(second.sentiment.timing).toMatchObject({ cached: true, queueMs: 0, inferenceMs: 0, batchSize: 0 });
    expect(second.sentiment.probabilities).toEqual(first.sentiment.probabilities);
    expect(service.server.inference.counts.sequences).toBe(sequences);
  });

  test('texts with the same tokens share a cached result', async () => {
    const { a, b } = await service.data(sentimentTwice, { text: 'Wonderful  music', other: 'wonderful music' });
    expect([a.timing.cached, b.timing.cached]).toEqual([false, false]);
    const again = await service.data(sentimentTwice, { text: 'WONDERFUL music', other: 'wonderful\nmusic' });
    expect([again.a.timing.cached, again.b.timing.cached]).toEqual([true, true]);
  });

  test('the least recently used results are evicted and computed again', async () => {
    const text = 'The first to be forgotten.';
    await service.data(EntitiesDocument, { text });
    const { sequences } = service.server.inference.counts;
    const others = Array.from(
      { length: 100 },
      (_, index) => `Anna met Ben in Berlin, Paris and ${index} other cities.`,
    );
    for (const other of others) await service.data(EntitiesDocument, { text: other });
    await service.data(EntitiesDocument, { text });
    expect(service.server.inference.counts.sequences - sequences).toBe(others.length + 1);
  });
});

describe('without a cache', () => {
  const service = useService({ CACHE_BYTES: '0' });

  test('every result is computed, however often it is requested', async () => {
    const { sequences } = service.server.inference.counts;
    const text = 'Asked again and again.';
    const answers = await Promise.all([1, 2, 3].map(() => service.data(SentimentDocument, { text })));
    expect(answers.map(({ sentiment }) => sentiment.timing.cached)).toEqual([false, false, false]);
    expect(service.server.inference.counts.sequences - sequences).toBe(3);
  });
});
