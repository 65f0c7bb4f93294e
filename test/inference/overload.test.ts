import { describe, expect, test, vi } from 'vitest';
import { EntitiesDocument, SentimentDocument, SentimentsDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

const LONG_TEXT = 'Mr. Holmes of Baker Street met Irene Adler in London. '.repeat(1500);
const texts = (count: number) => Array.from({ length: count }, (_, index) => `A film like no other, take ${index}.`);

describe('a full queue', () => {
  const service = useService({ QUEUE_TOKENS: '600' });

  test('refuses excess work at once, and answers the rest', async () => {
    const { sentiments } = await service.data(SentimentsDocument, { texts: texts(200) });
    const codes = new Set(sentiments.map((each) => ('code' in each ? each.code : 'answered')));
    expect(codes).toEqual(new Set(['answered', 'OVERLOADED']));
    expect(service.server.inference.queuedTokens).toBe(0);
  });

  test('says when to retry, and accepts work again', async () => {
    const { inference } = service.server;
    const model = inference.registry.resolve('SENTIMENT');
    const loaders = inference.loaders();
    const all = await Promise.allSettled(
      Array.from({ length: 8 }, () => loaders.scores.load({ model, ids: new Int32Array(98).fill(2143) })),
    );
    const refused = all.filter((each) => each.status === 'rejected').map(({ reason }) => reason);
    expect(refused).toEqual([
      expect.objectContaining({ code: 'OVERLOADED', message: expect.stringContaining('600 tokens wait') }),
      expect.objectContaining({ extensions: { code: 'OVERLOADED', retryAfterMs: expect.any(Number) } }),
    ]);
    expect(refused[0]?.extensions.retryAfterMs).toBeGreaterThan(0);
    const { sentiment } = await service.data(SentimentDocument, { text: 'Is there room again?' });
    expect(sentiment.label).toBeTruthy();
  });
});

describe('a queue that is shorter than a sentence', () => {
  const service = useService({ QUEUE_TOKENS: '5' });

  test('takes one sentence at a time if nothing else waits', async () => {
    const { sentiment } = await service.data(SentimentDocument, { text: 'A film like no other, and a long sentence.' });
    expect(sentiment.label).toBeTruthy();
    const { sentiments } = await service.data(SentimentsDocument, { texts: texts(50) });
    expect(new Set(sentiments.map((each) => ('code' in each ? each.code : 'answered')))).toContain('OVERLOADED');
  });
});

describe('a queue that is shorter than a document', () => {
  const service = useService({ QUEUE_TOKENS: '2000' });

  test('does not keep it from being read', async () => {
    const { entities } = await service.data(EntitiesDocument, { text: LONG_TEXT });
    expect(entities.length).toBeGreaterThan(1500);
  });
});

describe('a deadline', () => {
  const service = useService({ REQUEST_TIMEOUT_MS: '1000' });

  test('ends a request with TIMEOUT and drops its queued work', async () => {
    const { errors } = await service.ask(EntitiesDocument, { text: LONG_TEXT.repeat(8) });
    expect(errors?.[0]?.extensions?.['code']).toBe('TIMEOUT');
    expect(service.server.inference.queuedTokens).toBe(0);
    const { sentiment } = await service.data(SentimentDocument, { text: 'Quick.' });
    expect(sentiment.label).toBeTruthy();
  });
});

describe('the lanes of the queue', () => {
  const service = useService();

  test('keep a short question from waiting for documents', async () => {
    const { inference } = service.server;
    const documents = Promise.all(
      [1, 2, 3].map((index) => service.data(EntitiesDocument, { text: `${index} ${LONG_TEXT}` })),
    );
    // The first paragraphs of each are interactive too.
    const beginnings = 3 * 8;
    const begun = inference.counts.batches + beginnings;
    await vi.waitUntil(() => inference.counts.batches > begun, { timeout: 20_000 });
    const started = inference.counts.batches;
    for (let question = 0; inference.counts.batches < started + 100; question++) {
      const before = inference.counts.batches;
      await service.data(SentimentDocument, { text: `Is it my turn? ${question}` });
      // Its own batch, those that ran when it came, and what ended while its answer was on the way.
      expect(inference.counts.batches - before).toBeLessThanOrEqual(8);
    }
    await documents;
  });
});
