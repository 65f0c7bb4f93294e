import { expect, test } from 'vitest';
import { ServerDocument } from '../../src/client/graphql.ts';
import { VERSION } from '../../src/version.ts';
import { useService } from '../service.ts';

const service = useService({ MAX_TEXTS: '7', MAX_TEXT_LENGTH: '1234' });

test('the graph has the version, the limits and the defaults of the server', async () => {
  const { server } = await service.data(ServerDocument);
  expect(server.version).toBe(VERSION);
  expect(server.limits).toMatchObject({ maxTexts: 7, maxTextLength: 1234, maxBodyBytes: 8 * 1024 * 1024 });
  expect(server.defaults).toMatchObject({ aggregation: 'FIRST', longText: 'WINDOWS', offsetEncoding: 'UTF16' });
  expect(server.defaults.models.map(({ task, id }) => [task, id])).toEqual(
    expect.arrayContaining([
      ['SENTIMENT', 'bertql/sst2-minilm'],
      ['NER', 'bertql/conll-ner-minilm'],
      ['EMBEDDING', 'bertql/all-minilm-l6-v2'],
      ['TOKENIZATION', 'bert-base-uncased'],
    ]),
  );
  expect(new Set(server.defaults.models.map(({ task }) => task)).size).toBe(server.defaults.models.length);
});
