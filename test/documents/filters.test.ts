import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { useService } from '../service.ts';
import { chunksOf, documentOn, entitiesOf, eventsOf, STRATEGIES } from './reading.ts';

const service = useService();
const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');
const text = `${story.slice(0, 5000)} He had worked for Microsoft and the United Nations, and an American film won the Golden Globe.`;

test('a filter removes entities and changes none', async () => {
  const document = documentOn(service, text);
  const full = new Map(
    await Promise.all(
      STRATEGIES.map(async (aggregation) => [aggregation, await entitiesOf(document, { aggregation })] as const),
    ),
  );
  const confidences = [...full.values()].flat().map(({ confidence }) => confidence);
  const filter = fc.record({
    aggregation: fc.constantFrom(...STRATEGIES),
    types: fc.option(fc.subarray(['PER', 'ORG', 'LOC', 'MISC'])),
    minConfidence: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(...confidences)),
  });
  await fc.assert(
    fc.asyncProperty(filter, async ({ aggregation, types, minConfidence }) => {
      const wanted = (full.get(aggregation) ?? []).filter(
        ({ type, confidence }) =>
          confidence >= minConfidence &&
          (types === null || types.some((each) => [each, `B-${each}`, `I-${each}`].includes(type))),
      );
      expect(await entitiesOf(document, { aggregation, types, minConfidence })).toEqual(wanted);
    }),
    { numRuns: 200 },
  );
  const kinds = new Set(full.get('FIRST')?.map(({ type }) => type));
  expect(kinds).toEqual(new Set(['PER', 'ORG', 'LOC', 'MISC']));
});

test('a filter changes no entity of a stream either', async () => {
  const full = await entitiesOf(documentOn(service, text));
  for (const minConfidence of [0.7, 0.95, 1]) {
    const events = chunksOf(await eventsOf(service, documentOn(service, text), { types: ['LOC'], minConfidence }));
    expect(events.flatMap(({ entities }) => entities.map(({ id }) => id))).toEqual(
      full.filter(({ type, confidence }) => type === 'LOC' && confidence >= minConfidence).map(({ id }) => id),
    );
  }
});

test('a raw label selects only itself', async () => {
  const document = documentOn(service, text);
  const all = await entitiesOf(document, { aggregation: 'NONE' });
  const chosen = await entitiesOf(document, { aggregation: 'NONE', types: ['B-PER'] });
  expect(chosen).toEqual(all.filter(({ type }) => type === 'B-PER'));
  expect(chosen.length).toBeGreaterThan(5);
});

test('the empty list of types selects nothing', async () => {
  expect(await entitiesOf(documentOn(service, text), { types: [] })).toEqual([]);
});
