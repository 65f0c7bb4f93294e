import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SentimentDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { loadConfig } from '../../src/config.ts';
import { sentimentKey } from '../../src/documents/sentiment.ts';
import { Inference } from '../../src/inference/inference.ts';
import type { Loaders } from '../../src/inference/loaders.ts';
import type { BatchReport } from '../../src/inference/observer.ts';
import { type Model, ModelRegistry } from '../../src/models/registry.ts';
import { useService } from '../service.ts';

/** Some text without meaning: only its length matters. */
const ids = (length: number) => new Int32Array(length).fill(2143);
const texts = (count: number) => Array.from({ length: count }, (_, index) => `A film like no other, take ${index}.`);

const WINDOWS = { windowTokens: 128, windowsInFlight: 6 };

describe('the loaders of an operation', () => {
  let inference: Inference;
  let sentiment: Model;
  let batches: BatchReport[] = [];

  beforeAll(async () => {
    const registry = await ModelRegistry.open(loadConfig({}).modelsDirectory);
    const settings = loadConfig({ WORKERS: '1', CACHE_BYTES: '0' });
    inference = new Inference(registry, { ...settings, observer: { batchDone: (report) => batches.push(report) } });
    await inference.start();
    sentiment = registry.resolve('SENTIMENT');
  });
  afterAll(() => inference.close());
  beforeEach(() => {
    batches = [];
  });

  const encode = (loaders: Loaders, text: string) => loaders.encodings.load({ tokenizer: sentiment.tokenizer, text });
  const score = (loaders: Loaders, length: number) => loaders.scores.load({ model: sentiment, ids: ids(length) });

  /** Keeps the only worker busy, so that what comes next waits until all of it is there. */
  async function occupy(): Promise<void> {
    void score(inference.loaders(), 500);
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  }

  test('tokenize a text once however often it is requested, and again for another operation', async () => {
    const [one, other] = [inference.loaders(), inference.loaders()];
    const before = inference.counts.textsTokenized;
    const [first, second] = await Promise.all([encode(one, 'Ada met Ben.'), encode(one, 'Ada met Ben.')]);
    expect(await encode(one, 'Ada met Ben.')).toBe(first);
    expect(second).toBe(first);
    expect(inference.counts.textsTokenized - before).toBe(1);
    expect(await encode(other, 'Ada met Ben.')).not.toBe(first);
    expect(inference.counts.textsTokenized - before).toBe(2);
  });

  test('share batches between 32 texts of one operation and texts of others in flight', async () => {
    await occupy();
    const many = inference.loaders();
    const others = Array.from({ length: 8 }, () => inference.loaders());
    await Promise.all([
      ...Array.from({ length: 32 }, () => score(many, 14)),
      ...others.map((loaders) => score(loaders, 14)),
    ]);
    const shared = batches.filter(({ works }) => new Set(works.map(({ group }) => group)).size > 1);
    expect(shared.length).toBeGreaterThan(0);
    expect(batches.reduce((sum, { sequences }) => sum + sequences, 0)).toBe(1 + 32 + 8);
    // 16 tokens each, 256 in a batch.
    expect(batches.length).toBe(1 + Math.ceil(40 / 16));
  });

  test('answer a short sequence as soon as it is done, and not with the long one of the same turn', async () => {
    const loaders = inference.loaders();
    let longIsDone = false;
    const short = score(loaders, 10);
    const long = score(loaders, 500).then(() => {
      longIsDone = true;
    });
    await short;
    expect(longIsDone).toBe(false);
    await long;
  });

  test('answer a short text before a long one that was requested first in the same turn', async () => {
    const loaders = inference.loaders();
    const order: string[] = [];
    const read = async (name: string, text: string) => {
      await loaders.sentiments.load(sentimentKey(sentiment, text, 'WINDOWS', WINDOWS));
      order.push(name);
    };
    await Promise.all([read('long', texts(1000).join(' ')), read('short', 'A film.')]);
    expect(order).toEqual(['short', 'long']);
  });

  test('give an Error in place of the result for a text that cannot be read, and score its siblings', async () => {
    const keys = ['Wonderful.', ' ', 'Awful.'].map((text) => sentimentKey(sentiment, text, 'WINDOWS', WINDOWS));
    expect(await inference.loaders().sentiments.loadMany(keys)).toEqual([
      expect.objectContaining({ label: 'POSITIVE' }),
      expect.objectContaining({ code: 'EMPTY_TEXT' }),
      expect.objectContaining({ label: 'NEGATIVE' }),
    ]);
  });

  test('drop the queued work of an aborted operation and leave its batch-mates alone', async () => {
    await occupy();
    const leaving = new AbortController();
    const [left, stays] = [inference.loaders({ signal: leaving.signal }), inference.loaders()];
    const all = Promise.allSettled([score(left, 14), score(stays, 14), score(left, 14), score(stays, 14)]);
    await new Promise((resolve) => setImmediate(resolve));
    leaving.abort();
    const outcomes = await all;
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[0]).toMatchObject({ reason: { code: 'CANCELLED' } });
    expect(batches.map(({ sequences }) => sequences)).toEqual([1, 2]);
    expect(inference.queuedTokens).toBe(0);
  });

  test('reject at once if the operation is aborted during a batch, which still answers its batch-mates', async () => {
    const leaving = new AbortController();
    const [left, stays] = [inference.loaders({ signal: leaving.signal }), inference.loaders()];
    const [gone, kept] = [score(left, 200), score(stays, 200)];
    await new Promise((resolve) => setImmediate(() => setImmediate(() => setImmediate(resolve))));
    expect(inference.queuedTokens).toBe(202);
    leaving.abort();
    await expect(gone).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(kept).resolves.toMatchObject({ values: expect.any(Float32Array) });
  });

  test('load nothing after their operation has ended, and keep nothing of it', async () => {
    const loaders = inference.loaders();
    const earlier = await encode(loaders, 'The operation is over.');
    await score(loaders, 10);
    loaders.dispose();
    await expect(encode(loaders, 'The operation is over.')).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(score(loaders, 10)).rejects.toMatchObject({ code: 'CANCELLED' });
    await expect(loaders.use(sentiment)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await encode(inference.loaders(), 'The operation is over.')).not.toBe(earlier);
  });
});

describe('the fields of a query', () => {
  const service = useService();

  test('tokenize a text that they share once for each tokenizer', async () => {
    const fields = new TypedDocumentString<unknown, { text: string }>(`query ($text: String!) {
      tokenize(text: $text) { ids }
      sentiment(text: $text) { label }
      again: sentiment(text: $text, longText: WINDOWS) { label }
      document(text: $text, offsetEncoding: CODE_POINT) { sentiment { label } entities { text } coverage { chunkCount } }
    }`);
    const { inference } = service.server;
    const before = inference.counts.textsTokenized;
    await service.data(fields, { text: 'Ada Lovelace wrote the first program.' });
    expect(inference.counts.textsTokenized - before).toBe(2);
  });

  test('share nothing with another query of the same text', async () => {
    const { inference } = service.server;
    const before = inference.counts.textsTokenized;
    const text = 'Asked by two.';
    await Promise.all([service.data(SentimentDocument, { text }), service.data(SentimentDocument, { text })]);
    expect(inference.counts.textsTokenized - before).toBe(2);
  });
});
