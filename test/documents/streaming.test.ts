import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { AnalysisEvent } from '../../src/documents/analysis.ts';
import { Document, type EntityOptions } from '../../src/documents/document.ts';
import { useService } from '../service.ts';
import {
  bare,
  chunksOf,
  DEFAULTS,
  documentOn,
  entitiesOf,
  eventsOf,
  type ReadingOptions,
  STRATEGIES,
} from './reading.ts';
import { trickyText } from './unicode.ts';

const service = useService();
const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');

const reading = fc.integer({ min: 8, max: 48 }).chain((chunkTokens) =>
  fc.record({
    chunkTokens: fc.constant(chunkTokens),
    overlapTokens: fc.nat({ max: Math.floor(chunkTokens / 4) }),
    windowsInFlight: fc.integer({ min: 1, max: 9 }),
    offsetEncoding: fc.constantFrom('UTF16' as const, 'CODE_POINT' as const, 'UTF8_BYTE' as const),
  }),
);
const options = fc.record({
  aggregation: fc.constantFrom(...STRATEGIES),
  types: fc.option(fc.subarray(['PER', 'ORG', 'LOC', 'MISC'])),
  minConfidence: fc.constantFrom(0, 0.2, 0.3),
});
const longText = fc.array(trickyText, { minLength: 2, maxLength: 12, size: 'max' }).map((parts) => parts.join(' '));

/** An event as a client sees it, except for its timing. */
function plain(event: AnalysisEvent) {
  if (event.kind === 'AnalysisFailed') return event;
  const { document: _, ...rest } = event;
  if (rest.kind === 'AnalysisCompleted') {
    return { ...rest, entityGroups: rest.entityGroups.map((group) => ({ ...group, mentions: bare(group.mentions) })) };
  }
  const { timing: __, ...chunk } = rest;
  return { ...chunk, entities: bare(chunk.entities) };
}

async function expectStreamOfQuery(text: string, reading: ReadingOptions, options: Partial<EntityOptions>) {
  const document = documentOn(service, text, reading);
  const events = await eventsOf(service, documentOn(service, text, reading), options);
  const chunks = chunksOf(events);
  const asked = await entitiesOf(document, options);
  expect(bare(chunks.flatMap(({ entities }) => entities))).toEqual(asked);
  expect(events.map(({ sequence }) => sequence)).toEqual([...events.keys()]);
  expect(chunks.map(({ chunk }) => chunk.index)).toEqual([...events.keys()].slice(0, -1));

  const last = events.at(-1);
  if (last?.kind !== 'AnalysisCompleted') throw new Error(`The last event is ${last?.kind}.`);
  expect(last.entityCount).toBe(asked.length);
  expect(last.progress).toMatchObject({ chunksDone: chunks.length, chunksTotal: chunks.length, fraction: 1 });
  const groups = await document.entityGroups({ aggregation: 'FIRST', minConfidence: 0, ...options });
  expect(last.entityGroups.map(({ mentions }) => bare(mentions))).toEqual(groups.map(({ mentions }) => bare(mentions)));
  return events;
}

describe('a stream', () => {
  test('has exactly the entities of the query, whatever the settings', async () => {
    let chunks = 0;
    await fc.assert(
      fc.asyncProperty(longText, reading, options, fc.nat(), async (text, reading, options, seed) => {
        chunks += (await expectStreamOfQuery(text, { ...reading, seed }, options)).length - 1;
      }),
      { numRuns: 50 },
    );
    expect(chunks).toBeGreaterThan(150);
  });

  test('has exactly the entities of the query, with the real model', async () => {
    const at = fc.nat({ max: story.length - 1500 });
    await fc.assert(
      fc.asyncProperty(at, reading, options, async (at, reading, options) => {
        await expectStreamOfQuery(story.slice(at, at + 1500), reading, options);
      }),
      { numRuns: 10 },
    );
  });

  test('resumes after every cursor with exactly the remaining events', async () => {
    await fc.assert(
      fc.asyncProperty(longText, reading, options, fc.nat(), async (text, reading, options, seed) => {
        const again = () => documentOn(service, text, { ...reading, seed });
        const events = await eventsOf(service, again(), options);
        for (const { cursor, sequence } of events) {
          const rest = await eventsOf(service, again(), options, cursor);
          expect(rest.map(plain)).toEqual(events.slice(sequence + 1).map(plain));
        }
      }),
      { numRuns: 25 },
    );
  });

  test('sends no entity before it was read completely', async () => {
    await fc.assert(
      fc.asyncProperty(longText, reading, fc.nat(), async (text, reading, seed) => {
        for (const { chunk, entities } of chunksOf(
          await eventsOf(service, documentOn(service, text, { ...reading, seed })),
        )) {
          for (const { span } of entities) expect(span.end).toBeLessThanOrEqual(chunk.span.end);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('has chunks that are contiguous and cover all tokens', async () => {
    await fc.assert(
      fc.asyncProperty(longText, reading, async (text, reading) => {
        const document = documentOn(service, text, { ...reading, seed: 0 });
        const chunks = chunksOf(await eventsOf(service, document));
        const coverage = await document.coverage(undefined);
        expect(coverage).toEqual({
          tokenCount: chunks.reduce((sum, { chunk }) => sum + chunk.tokenCount, 0),
          chunkCount: chunks.length,
          chunkTokens: reading.chunkTokens,
          overlapTokens: reading.overlapTokens,
        });
        let read = 0;
        let tokensDone = 0;
        for (const { chunk, progress } of chunks) {
          tokensDone += chunk.tokenCount;
          expect(chunk.span.start).toBeGreaterThanOrEqual(read);
          expect(chunk.span.end).toBeGreaterThan(chunk.span.start);
          expect([chunk.start, chunk.end]).toEqual([
            document.position(chunk.span.start),
            document.position(chunk.span.end),
          ]);
          expect(progress).toMatchObject({ tokensDone, tokensTotal: coverage.tokenCount });
          read = chunk.span.end;
        }
      }),
      { numRuns: 40 },
    );
  });
});

test('the first chunk is read before the others are planned, unless nobody will ask for it', async () => {
  const { inference } = service.server;
  const model = inference.registry.resolve('NER');
  const readFrom = async (fromStart: boolean) => {
    const loaders = inference.loaders();
    const load = vi.spyOn(loaders.scores, 'load');
    const document = new Document(story, 'UTF16', loaders, inference.registry, DEFAULTS);
    const reading = await document.read(model, 'FIRST', fromStart);
    const planned = load.mock.calls.length;
    for await (const { chunk } of reading.label()) expect(reading.chunks[chunk.index]).toBe(chunk);
    return { planned, read: load.mock.calls.length, chunks: reading.chunks.length };
  };
  expect(await readFrom(true)).toEqual({ planned: 1, read: 128, chunks: 128 });
  expect(await readFrom(false)).toEqual({ planned: 0, read: 128, chunks: 128 });
});
