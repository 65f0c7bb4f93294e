import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { useService } from '../service.ts';
import { documentOn, entitiesOf, STRATEGIES } from './reading.ts';

const service = useService();
const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8').slice(0, 5000);
const text = 'Paris 😀 Hilton left Paris. Angela Merkel stayed in Paris.';

// What is expected was written down in another process.
test('an id is the same in every process', async () => {
  const found = await entitiesOf(documentOn(service, 'Angela Merkel lives in Berlin.'));
  expect(found.map(({ text, id }) => [text, id])).toEqual([
    ['Angela Merkel', 'YWusQhxTjHXeDvR_'],
    ['Berlin', 'x0_SHxMyzwtDdMk1'],
  ]);
});

test('no two entities of a document have the same id', async () => {
  for (const aggregation of STRATEGIES) {
    const ids = (await entitiesOf(documentOn(service, story), { aggregation })).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(20);
  }
});

test('an id depends on the text, the strategy and the range', async () => {
  const ids = async (text: string, aggregation = STRATEGIES) =>
    (await Promise.all(aggregation.map((each) => entitiesOf(documentOn(service, text), { aggregation: each }))))
      .flat()
      .map(({ id }) => id);
  const all = [...(await ids(text)), ...(await ids(`${text} `))];
  expect(new Set(all).size).toBe(all.length);
});

test('an id depends on the unit of positions, and not on the chunks', async () => {
  const seed = 1;
  const asked = await entitiesOf(documentOn(service, text, { seed }));
  const inBytes = await entitiesOf(documentOn(service, text, { seed, offsetEncoding: 'UTF8_BYTE' }));
  const inChunks = await entitiesOf(documentOn(service, text, { seed, chunkTokens: 8, overlapTokens: 2 }));
  expect(new Set([...inBytes, ...asked].map(({ id }) => id)).size).toBe(2 * asked.length);
  expect(inChunks.map(({ id }) => id)).toEqual(asked.map(({ id }) => id));
  expect(inBytes.at(-1)?.start).not.toBe(asked.at(-1)?.start);
  expect(inChunks.at(-1)?.chunkIndex).not.toBe(asked.at(-1)?.chunkIndex);
});
