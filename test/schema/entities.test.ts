import { expect, test } from 'vitest';
import { EntitiesDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

const service = useService();
const APPLE =
  'Apple CEO Tim Cook announced new AI features at their headquarters in Cupertino, California. Microsoft and Google are also investing heavily in artificial intelligence research.';

test('entities finds the names of a text', async () => {
  const { entities } = await service.data(EntitiesDocument, { text: APPLE });
  expect(entities.filter(({ text }) => text !== 'AI').map(({ text, type }) => [text, type])).toEqual([
    ['Apple', 'ORG'],
    ['Tim Cook', 'PER'],
    ['Cupertino', 'LOC'],
    ['California', 'LOC'],
    ['Microsoft', 'ORG'],
    ['Google', 'ORG'],
  ]);
  for (const entity of entities) expect(APPLE.slice(entity.start, entity.end)).toBe(entity.text);
});

test('entities explains an entity by its tokens', async () => {
  const { entities } = await service.data(EntitiesDocument, { text: APPLE, types: ['PER', 'LOC'] });
  const cupertino = entities.find(({ text }) => text === 'Cupertino');
  expect(cupertino?.tokens.map(({ piece, text, label }) => [piece, text, label])).toEqual([
    ['Cup', 'Cup', 'B-LOC'],
    ['##ert', 'ert', 'I-LOC'],
    ['##ino', 'ino', 'I-LOC'],
  ]);
  expect(cupertino?.sentence).toMatchObject({ index: 0, text: expect.stringMatching(/^Apple.*California\.$/) });
});

test('entities returns an empty list for a text without names', async () => {
  for (const text of ['', '   ', 'Nothing to see here.', '\u0000', '😀😀😀']) {
    expect(await service.data(EntitiesDocument, { text })).toEqual({ entities: [] });
  }
});

test.each([
  ['an unknown model', { text: 'a', model: 'x' }, 'UNKNOWN_MODEL'],
  ['a lone surrogate', { text: 'Anna\ud83d' }, 'INVALID_TEXT'],
  ['a negative confidence', { text: 'a', minConfidence: -0.1 }, 'BAD_ARGUMENT'],
  ['an unknown type', { text: 'a', types: ['PER', 'DATE'] }, 'BAD_ARGUMENT'],
])('entities refuses %s before any inference', async (_title, variables, code) => {
  const before = service.server.inference.counts;
  expect(await service.code(EntitiesDocument, variables)).toBe(code);
  expect(service.server.inference.counts).toEqual(before);
});
