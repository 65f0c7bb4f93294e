import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EntitiesDocument, SentimentDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { TestHub } from './hub-server.ts';

const SENTIMENT = 'distilbert-base-uncased-finetuned-sst-2-english';
const NER = 'dslim/bert-base-NER';

describe('models of the hub', () => {
  let hub: TestHub;
  let home: string;
  beforeAll(async () => {
    hub = await TestHub.start();
    home = await mkdtemp(join(tmpdir(), 'bertql-hub-'));
  });
  afterAll(async () => {
    await hub.close();
    await rm(home, { recursive: true });
  });
  const service = useService(() => ({ HF_ENDPOINT: hub.url, HF_HOME: home, HUB_RETRY_MS: '1' }));

  test('are one argument away', async () => {
    const { sentiment } = await service.data(SentimentDocument, { text: 'I love it.', model: SENTIMENT });
    expect(sentiment.model.id).toBe(SENTIMENT);
    expect(sentiment.probabilities.map(({ label }) => label)).toEqual(['NEGATIVE', 'POSITIVE']);
    const { entities } = await service.data(EntitiesDocument, { text: 'Tim Cook runs Apple.', model: NER });
    expect(entities).toBeInstanceOf(Array);
  });
});
