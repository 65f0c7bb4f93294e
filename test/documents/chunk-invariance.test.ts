import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DocumentDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { type BareEntity, chunksOf, documentOn, entitiesOf, eventsOf, ONE_WINDOW, STRATEGIES } from './reading.ts';
import { NAMES } from './unicode.ts';

const service = useService();

const word = fc.oneof(
  fc.constantFrom(...NAMES, 'Ursula von der Leyen', 'Donaudampfschifffahrtsgesellschaft'),
  fc.constantFrom('the', 'talks', 'with', 'went', 'on', '北京', '😀', 'e\u0301', 'unaffably', 'x-y', '3.5', 'Mr.'),
);
const text = fc
  .array(fc.tuple(word, fc.constantFrom(' ', ' ', ' ', '. ', '\n', '! ')), { minLength: 1, maxLength: 80, size: 'max' })
  .map((words) => words.flat().join(''));

const chunking = fc
  .integer({ min: 8, max: 72 })
  .chain((chunkTokens) =>
    fc.record({ chunkTokens: fc.constant(chunkTokens), overlapTokens: fc.nat({ max: Math.floor(chunkTokens / 4) }) }),
  );

const withoutChunk = (entities: readonly BareEntity[]) => entities.map(({ chunkIndex: _, ...entity }) => entity);

describe('if labels do not depend on context', () => {
  test('entities do not depend on the chunks', async () => {
    let chunksRead = 0;
    await fc.assert(
      fc.asyncProperty(
        text,
        chunking,
        fc.constantFrom(...STRATEGIES),
        fc.nat(),
        async (text, chunks, strategy, seed) => {
          const whole = documentOn(service, text, { ...ONE_WINDOW, seed });
          const cut = documentOn(service, text, { ...chunks, seed });
          expect((await whole.coverage(undefined)).chunkCount).toBe(1);
          expect(withoutChunk(await entitiesOf(cut, { aggregation: strategy }))).toEqual(
            withoutChunk(await entitiesOf(whole, { aggregation: strategy })),
          );
          chunksRead += (await cut.coverage(undefined)).chunkCount;
        },
      ),
      { numRuns: 150 },
    );
    expect(chunksRead).toBeGreaterThan(450);
  });

  test('an entity has the index of the chunk that it begins in', async () => {
    await fc.assert(
      fc.asyncProperty(text, chunking, fc.nat(), async (text, chunks, seed) => {
        const document = documentOn(service, text, { ...chunks, seed });
        const ranges = chunksOf(await eventsOf(service, document)).map(({ chunk }) => chunk);
        for (const { span, chunkIndex } of await entitiesOf(document)) {
          const holder = ranges.find(({ span: { start, end } }) => span.start >= start && span.start < end);
          expect(chunkIndex).toBe(holder?.index);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('with the model', () => {
  // One sentence, so that chunks are cut within it; and names that the model knows with little context.
  const sentence =
    'Last week the chancellor Angela Merkel flew from Berlin to New York City to meet President Barack Obama while ' +
    'Ursula von der Leyen was on her way to Rio de Janeiro with Emmanuel Macron and the head of the Bank of England ' +
    'told reporters in London that Vincent van Gogh had never been to Buenos Aires before he died';
  const names = [
    'PER Angela Merkel',
    'LOC Berlin',
    'LOC New York City',
    'PER Barack Obama',
    'PER Ursula von der Leyen',
    'LOC Rio de Janeiro',
    'PER Emmanuel Macron',
    'ORG Bank of England',
    'LOC London',
    'PER Vincent van Gogh',
    'LOC Buenos Aires',
  ];
  test('a name is found once and whole, wherever the chunk boundary is', async () => {
    const boundaries = new Set<number>();
    for (let words = 1; words <= 24; words++) {
      const before = `${'and '.repeat(words)}so `;
      const document = documentOn(service, before + sentence, { chunkTokens: 48, overlapTokens: 12 });
      const events = chunksOf(await eventsOf(service, document));
      for (const { chunk } of events) boundaries.add(chunk.start - before.length);
      const found = events.flatMap(({ entities }) => entities);
      expect(found.map(({ type, text }) => `${type} ${text}`)).toEqual(names);
      for (const { text, start } of found) expect(start).toBe(before.length + sentence.indexOf(text));
    }
    // Each of the names was cut at each of its spaces.
    const blanks = names.map((name) => name.slice(4)).flatMap((name) => indicesOf(' ', name, sentence.indexOf(name)));
    expect(blanks.filter((blank) => !boundaries.has(blank + 1))).toEqual([]);
  });

  test('a name is found once and whole, whatever the size of chunks and overlaps', async () => {
    for (const overlapTokens of [4, 8, 12]) {
      for (let chunkTokens = 4 * overlapTokens; chunkTokens < 4 * overlapTokens + 32; chunkTokens++) {
        const found = await entitiesOf(documentOn(service, sentence, { chunkTokens, overlapTokens }));
        expect(found.map(({ type, text }) => `${type} ${text}`)).toEqual(names);
        for (const { text, start, end } of found) expect(sentence.slice(start, end)).toBe(text);
      }
    }
  });

  describe('and with other chunk settings of a server', () => {
    const narrow = useService({ CHUNK_TOKENS: '24', WORKERS: '1' }, { overlapTokens: 6 });

    test('a name is found once and whole', async () => {
      const { document } = await narrow.data(DocumentDocument, { text: sentence });
      expect(document.entities.map(({ type, text }) => `${type} ${text}`)).toEqual(names);
      expect(document.coverage).toMatchObject({ chunkTokens: 24, overlapTokens: 6 });
      expect(document.coverage.chunkCount).toBeGreaterThan(5);
    });
  });
});

function indicesOf(character: string, text: string, offset: number): number[] {
  return [...text].flatMap((each, index) => (each === character ? [offset + index] : []));
}
