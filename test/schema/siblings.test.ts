import { readFileSync } from 'node:fs';
import { buildSchema, isNonNullType, isObjectType } from 'graphql';
import { expect, test } from 'vitest';
import { TypedDocumentString } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

const service = useService();

const questions = new TypedDocumentString<Record<string, unknown>, { text: string; blank: string }>(/* GraphQL */ `
  query Siblings($text: String!, $blank: String!) {
    good: sentiment(text: $text) { label }
    bad: sentiment(text: $blank) { label }
    unknown: entities(text: $text, model: "nobody/nothing") { text }
    entities(text: $text) { text }
    document(text: $text) {
      text
      sentiment(model: "nobody/nothing") { label }
      entities { text }
      tokens(model: "nobody/nothing") { ids }
      sentences { text sentiment(model: "nobody/nothing") { label } }
    }
    tokenize(text: $text, maxLength: -1) { ids }
    detokenize(ids: [-1])
  }
`);

test('a field that fails is null and leaves its siblings alone', async () => {
  const { data, errors } = await service.ask(questions, { text: 'Ada Lovelace lived in London.', blank: ' ' });
  expect(data).toMatchObject({
    good: { label: expect.any(String) },
    bad: null,
    unknown: null,
    entities: [{ text: 'Ada Lovelace' }, { text: 'London' }],
    document: {
      sentiment: null,
      entities: [{ text: 'Ada Lovelace' }, { text: 'London' }],
      tokens: null,
      sentences: [{ text: 'Ada Lovelace lived in London.', sentiment: null }],
    },
    tokenize: null,
    detokenize: null,
  });
  expect(errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']]).sort()).toEqual([
    ['bad', 'EMPTY_TEXT'],
    ['detokenize', 'BAD_ARGUMENT'],
    ['document.sentences.0.sentiment', 'UNKNOWN_MODEL'],
    ['document.sentiment', 'UNKNOWN_MODEL'],
    ['document.tokens', 'UNKNOWN_MODEL'],
    ['tokenize', 'BAD_ARGUMENT'],
    ['unknown', 'UNKNOWN_MODEL'],
  ]);
});

test('every field with a text or a model as argument can be null without nulling its parent', () => {
  const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
  const types = ['Query', 'Mutation', 'Document', 'Sentence'].map((name) => schema.getType(name)).filter(isObjectType);
  const strict = types
    .flatMap((type) => Object.values(type.getFields()))
    .filter(({ args }) => args.some(({ name }) => ['text', 'texts', 'model', 'id', 'ids'].includes(name)))
    .filter(({ type }) => isNonNullType(type));
  expect(strict.map(({ name }) => name)).toEqual([]);
});
