import { expect, test } from 'vitest';
import { DocumentDocument, DocumentsDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

const service = useService();
const TEXT =
  'Angela Merkel met Emmanuel Macron in Paris. The talks in PARIS went very well. President Macron was\ndelighted by the U.S. offer.';

test('a document has everything about a text', async () => {
  const { document } = await service.data(DocumentDocument, { text: TEXT });
  expect(document.sentences.map(({ text }) => text)).toEqual([
    'Angela Merkel met Emmanuel Macron in Paris.',
    'The talks in PARIS went very well.',
    'President Macron was\ndelighted by the U.S. offer.',
  ]);
  for (const { text, start, end } of document.sentences) expect(TEXT.slice(start, end)).toBe(text);
  expect(document.sentences.map(({ entities }) => entities.map(({ text }) => text))).toEqual([
    ['Angela Merkel', 'Emmanuel Macron', 'Paris'],
    ['PARIS'],
    ['Macron', 'U.S.'],
  ]);
  const paris = document.entityGroups[0];
  expect(paris).toMatchObject({ text: 'Paris', type: 'LOC', count: 2 });
  expect(paris?.mentions.map(({ text }) => text)).toEqual(['Paris', 'PARIS']);
  expect(document.sentiment.label).toBe('POSITIVE');
  expect(document.coverage).toMatchObject({ chunkCount: 1, chunkTokens: 128, overlapTokens: 4 });
  expect(document.tokens.ids).toHaveLength(document.tokens.tokenCount);
});

test('a document tokenizes its text once per tokenizer, whichever fields are selected, under any alias', async () => {
  const everything = new TypedDocumentString<unknown, { text: string }>(`query ($text: String!) {
    tokenize(text: $text) { ids } sentiment(text: $text) { label } entities(text: $text) { text }
    bytes: entities(text: $text, offsetEncoding: UTF8_BYTE, aggregation: MAX) { start }
    document(text: $text) { tokens { ids } sentiment { label } entities { text } entityGroups { text } coverage { tokenCount } }
    documents(texts: [$text]) { ... on Document { entities { text } } }
    sentiments(texts: [$text]) { ... on SentimentResult { label } }
  }`);
  const before = service.server.inference.counts.textsTokenized;
  await service.data(everything, { text: 'Everything about Ada Lovelace is wonderful.' });
  expect(service.server.inference.counts.textsTokenized - before).toBe(2);
});

test('a document labels its text once, whatever the strategies and filters', async () => {
  const strategies = new TypedDocumentString<unknown, { text: string }>(`query ($text: String!) {
    document(text: $text) { entities { text } max: entities(aggregation: MAX) { text } entityGroups(types: ["PER"]) { text } }
  }`);
  const before = service.server.inference.counts.sequences;
  await service.data(strategies, { text: TEXT });
  expect(service.server.inference.counts.sequences - before).toBe(1);
});

test('a document that is blank or malformed does not fail the others', async () => {
  const { documents } = await service.data(DocumentsDocument, {
    texts: ['Ada was born in London.', ' ', '\udfff', 'Fine.'],
  });
  expect(documents.map((each) => (each.__typename === 'Document' ? each.text : [each.index, each.code]))).toEqual([
    'Ada was born in London.',
    [1, 'EMPTY_TEXT'],
    [2, 'INVALID_TEXT'],
    'Fine.',
  ]);
});
