import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  AnalysisDocument,
  AnalyzeDocument,
  CancelAnalysisDocument,
  SentimentDocument,
  StartAnalysisDocument,
} from '../../src/client/graphql.ts';
import { STREAMING, type Transport } from '../server/transports.ts';
import { useService } from '../service.ts';
import { STORES } from './stores.ts';
import { collect, refusalOf, start, take, watch } from './watching.ts';

const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');
const opening = story.slice(0, 4000);
const emojis = '👨‍👩‍👧 Anna met Élodie in 🇩🇪 Berlin. It was wonderful. '.repeat(40);

for (const [name, open, missing] of STORES) {
  describe.skipIf(missing)(`analyses in ${name}`, () => {
    const store = open();
    const service = useService(() => ({ CACHE_BYTES: '67108864', ...store.settings() }));
    let url: string;
    let socket: Transport;
    const transports = new Map<string, Transport>();
    beforeAll(async () => {
      url = await service.server.listen();
      for (const [transportName, connect] of STREAMING) transports.set(transportName, connect(url));
      socket = over('WebSocket');
    });
    afterAll(async () => {
      for (const transport of transports.values()) await transport.dispose();
    });
    afterEach(() => expect(service.failures).toEqual([]));

    const over = (transport: string): Transport => {
      const found = transports.get(transport);
      if (!found) throw new Error(`There is no transport ${transport}.`);
      return found;
    };
    const find = async (id: string) => (await service.data(AnalysisDocument, { id })).analysis;
    const cancel = async (id: string) => (await service.data(CancelAnalysisDocument, { id })).cancelAnalysis;

    test.each([
      ['prose', { text: opening }],
      ['positions in bytes, with a filter', { text: emojis, offsetEncoding: 'UTF8_BYTE', types: ['LOC'] }],
      ['each token by itself', { text: opening, aggregation: 'NONE', minConfidence: 0.5 }],
      ['the empty text', { text: '' }],
    ] as const)('have the same events as analyze: %s', async (_title, input) => {
      const { id } = await start(service, input);
      const all = await collect(watch(socket, id));
      const live = [];
      for await (const { data } of socket.run(AnalyzeDocument, input)) if (data) live.push(data.analyze);
      expect(all).toHaveLength(live.length);
      expect(all).toMatchObject(
        live.map((event) => {
          const { timing: _, sentiment: __, ...rest } = { timing: 0, sentiment: 0, ...event };
          return rest;
        }),
      );
    });

    test('have the sentiment of each chunk and of the whole text on request', async () => {
      const { id } = await start(service, { text: emojis, sentiment: true });
      const all = await collect(watch(socket, id));
      for (const event of all) {
        if (event.__typename === 'AnalysisFailed') throw new Error(event.message);
        const stretch =
          event.__typename === 'ChunkAnalyzed' ? emojis.slice(event.chunk.start, event.chunk.end) : emojis;
        const { sentiment } = await service.data(SentimentDocument, { text: stretch, longText: 'WINDOWS' });
        expect(event.sentiment).toMatchObject({ label: sentiment.label, confidence: sentiment.confidence });
      }
    });

    test('have the sentence of each entity', async () => {
      const { id } = await start(service, { text: opening });
      const all = await collect(watch(socket, id));
      const entities = all.flatMap((event) => (event.__typename === 'ChunkAnalyzed' ? event.entities : []));
      expect(entities.length).toBeGreaterThan(5);
      for (const { start, sentence } of entities) {
        expect(sentence?.start).toBeLessThanOrEqual(start);
        expect(sentence?.end).toBeGreaterThan(start);
      }
    });

    test('continue without subscribers, and report their progress', async () => {
      const begun = await start(service, { text: opening, idempotencyKey: 'alone' });
      expect(begun).toMatchObject({ finishedAt: null, code: null });
      await take(watch(socket, begun.id), 1);
      const all = await collect(watch(socket, begun.id));
      const done = await find(begun.id);
      const last = all.at(-1);
      expect(done).toMatchObject({ id: begun.id, state: 'COMPLETED', createdAt: begun.createdAt, code: null });
      expect(last).toMatchObject({ entityCount: done?.entityCount, progress: done?.progress });
      expect(done?.progress).toMatchObject({ chunksDone: all.length - 1, fraction: 1 });
      const times = [done?.createdAt, done?.startedAt, done?.finishedAt];
      expect(times).toEqual(times.map(() => expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)));
      expect(times).toEqual([...times].sort());
    });

    test('are received completely by each of several subscribers', async () => {
      const { id } = await start(service, { text: opening, idempotencyKey: 'many' });
      const all = await Promise.all(
        Array.from({ length: 8 }, (_, index) => collect(watch([...transports.values()][index % 2] ?? socket, id))),
      );
      for (const each of all) expect(each).toEqual(all[0]);
    });

    test('are the same for the same content or key', async () => {
      const first = await start(service, { text: 'Anna lives in Berlin.' });
      expect((await start(service, { text: 'Anna lives in Berlin.' })).id).toBe(first.id);
      expect((await start(service, { text: 'Anna lives in Paris.' })).id).not.toBe(first.id);
      expect((await start(service, { text: 'Anna lives in Berlin.', minConfidence: 0.5 })).id).not.toBe(first.id);
      expect((await start(service, { text: 'Anna lives in Berlin.', sentiment: true })).id).not.toBe(first.id);
      const keyed = await start(service, { text: 'Anna lives in Berlin.', idempotencyKey: 'k' });
      expect(keyed.id).not.toBe(first.id);
      expect((await start(service, { text: 'Anna lives in Berlin.', idempotencyKey: 'k' })).id).toBe(keyed.id);
    });

    const input = { aggregation: 'FIRST', minConfidence: 0, offsetEncoding: 'UTF16', sentiment: false } as const;
    test.each([
      ['a key of other content', { text: 'Berlin', idempotencyKey: 'used' }, 'BAD_ARGUMENT'],
      ['a blank key', { text: 'a', idempotencyKey: ' ' }, 'BAD_ARGUMENT'],
      ['two models of a task', { text: 'a', models: ['bertql/sst2-minilm', 'bert-base-uncased'] }, 'BAD_ARGUMENT'],
      ['an unknown model', { text: 'a', models: ['nobody/nothing'] }, 'UNKNOWN_MODEL'],
      ['a type that the model does not know', { text: 'a', types: ['PERSON'] }, 'BAD_ARGUMENT'],
      ['a lone surrogate', { text: 'Anna \ud83d' }, 'INVALID_TEXT'],
    ])('are refused for %s', async (_title, some, code) => {
      await start(service, { text: 'Paris', idempotencyKey: 'used' });
      expect(await service.code(StartAnalysisDocument, { input: { ...input, ...some } })).toBe(code);
    });

    test('can be cancelled at any point', async () => {
      const whole = await collect(watch(socket, (await start(service, { text: opening })).id));
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: whole.length - 2 }), fc.uuid(), async (seen, key) => {
          const { id } = await start(service, { text: opening, idempotencyKey: key });
          await take(watch(socket, id), seen);
          const ended = await cancel(id);
          const all = await collect(watch(socket, id));
          expect(all.map(({ sequence }) => sequence)).toEqual([...all.keys()]);
          expect(all.length).toBeGreaterThan(seen);
          if (ended.state === 'COMPLETED') {
            expect(all).toEqual(whole);
            return;
          }
          const before = whole.slice(0, all.length - 1);
          expect(all.slice(0, -1)).toEqual(before);
          expect(ended).toMatchObject({ state: 'CANCELLED', code: 'CANCELLED', finishedAt: expect.any(String) });
          expect(all.at(-1)).toMatchObject({ __typename: 'AnalysisFailed', code: 'CANCELLED' });
          expect(await cancel(id)).toEqual(ended);
          expect(await find(id)).toEqual(ended);
          expect(await start(service, { text: opening, idempotencyKey: key })).toEqual(ended);
          // Behind the last event there is nothing, and the cursor of the end is good for `analyze` too.
          expect(await collect(watch(socket, id, all.at(-1)?.cursor))).toEqual([]);
          const rest = socket.run(AnalyzeDocument, { text: opening, after: all.at(-1)?.cursor ?? null });
          const [next] = await take(rest, 1);
          expect(next?.data?.analyze).toMatchObject({ sequence: before.length });
        }),
        { numRuns: 12 },
      );
    });

    test('are started again after they were cancelled, and readers resume where they were', async () => {
      // Long and new, so that it is still under way when it is cancelled.
      const text = story.slice(20_000, 32_000);
      const { id } = await start(service, { text });
      const seen = await take(watch(socket, id), 3);
      const ended = await cancel(id);
      expect(ended.state).toBe('CANCELLED');
      const cancelled = await collect(watch(socket, id));
      expect((await start(service, { text })).id).toBe(id);
      const whole = await collect(watch(socket, id));
      expect(whole.at(-1)).toMatchObject({ __typename: 'AnalysisCompleted' });
      expect([...seen, ...(await collect(watch(socket, id, seen.at(-1)?.cursor)))]).toEqual(whole);
      const behindEnd = await collect(watch(socket, id, cancelled.at(-1)?.cursor));
      expect([...cancelled.slice(0, -1), ...behindEnd]).toEqual(whole);
    });

    test('leave the other subscriptions of a socket alone when one is refused', async () => {
      const { id } = await start(service, { text: story.slice(32_000, 40_000) });
      const events = watch(socket, id);
      const { value: first } = await events.next();
      expect(await refusalOf(watch(socket, 'nobody'))).toBe('ANALYSIS_NOT_FOUND');
      expect(await refusalOf(watch(socket, id, 'no cursor'))).toBe('BAD_ARGUMENT');
      const rest = await collect(events);
      expect([first, ...rest].map((event) => event?.sequence)).toEqual([...Array(rest.length + 1).keys()]);
    });

    describe.each([...STREAMING])('followed over %s', (transportName) => {
      const transport = () => over(transportName);

      test.each(['ANALYSIS_NOT_FOUND', 'BAD_ARGUMENT', 'no cursor'])('refuse invalid requests: %s', async (why) => {
        const { id } = await start(service, { text: 'Anna lives in Berlin.' });
        const other = await collect(watch(transport(), (await start(service, { text: 'Anna lives in Paris.' })).id));
        const asked =
          why === 'ANALYSIS_NOT_FOUND'
            ? watch(transport(), 'x')
            : watch(transport(), id, why === 'no cursor' ? 'x' : other[0]?.cursor);
        const code = why === 'no cursor' ? 'BAD_ARGUMENT' : why;
        await expect(refusalOf(asked)).resolves.toBe(code);
      });
    });
  });
}
