import { describe, expect, test } from 'vitest';
import { nameWithin } from '../../src/documents/name-edges.ts';
import { documentOn, entitiesOf } from '../documents/reading.ts';
import { useService } from '../service.ts';
import { readEveryday } from './corpus.js';

const service = useService({ WORKERS: '1' });
const corpus = readEveryday();
const texts = corpus.flatMap(({ texts }) => texts);

test('there are at least 60 texts in ten kinds, each with something to find', () => {
  expect(corpus).toHaveLength(10);
  expect(texts.length).toBeGreaterThanOrEqual(60);
  for (const { kind, texts } of corpus) expect(texts.length, kind).toBeGreaterThanOrEqual(6);
  for (const { entities } of texts) expect(entities.length).toBeGreaterThan(0);
});

describe('a name that a careful person marked', () => {
  test.each(texts)('begins and ends by the rules: $text', ({ text, entities }) => {
    for (const { start, end } of entities) expect(nameWithin(text, { start, end })).toEqual({ start, end });
  });

  // A model that takes everything for a name leaves it to the rules to end one.
  test.each(texts)('is not split by any rule, and names on different lines are: $text', async ({ text, entities }) => {
    const found = await entitiesOf(documentOn(service, text, { allNames: true }));
    const holders = entities.map(({ start, end }) => {
      return found.findIndex(({ span }) => span.start <= start && span.end >= end);
    });
    expect(holders).not.toContain(-1);
    for (const [index, { start }] of entities.entries()) {
      const before = entities[index - 1];
      const gap = before && text.slice(before.end, start);
      if (gap !== undefined && /^\s*[\n|;\t]\s*$/.test(gap)) expect(holders[index]).not.toBe(holders[index - 1]);
    }
  });
});
