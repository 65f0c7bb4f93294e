import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  AnalysisEventsDocument,
  type AnalysisEventsSubscription,
  CancelAnalysisDocument,
  EntitiesDocument,
  FinishTextDocument,
  StartAnalysisDocument,
  type StartAnalysisInput,
  TypedDocumentString,
} from '../../src/client/graphql.ts';
import { InProcessGraph } from '../../src/library/in-process-graph.ts';
import { STREAMING, type Transport } from '../server/transports.ts';
import { useService } from '../service.ts';
import { Append, Find } from './open-texts.ts';
import { STORES } from './stores.ts';

type Event = AnalysisEventsSubscription['analysisEvents'];

interface Identified {
  readonly id: string;
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly sentence: { readonly id: string; readonly index: number; readonly start: number; readonly end: number };
}
const IDENTIFIED = 'id type start end sentence { id index start end }';
interface IdentifiedEvent {
  readonly __typename: string;
  readonly entities: readonly Identified[];
  readonly entityGroups?: readonly { readonly mentions: readonly { readonly id: string }[] }[];
}
const Ids = new TypedDocumentString<{ analysisEvents: IdentifiedEvent }, { id: string }>(
  `subscription ($id: ID!) { analysisEvents(id: $id) { __typename
    ... on ChunkAnalyzed { entities { ${IDENTIFIED} } }
    ... on TailAnalyzed { entities { ${IDENTIFIED} } }
    ... on AnalysisCompleted { entityGroups { mentions { id } } } } }`,
);
const Page = new TypedDocumentString<
  { analysis: { entities: { edges: readonly { node: Identified }[] } } },
  { id: string }
>(`query ($id: ID!) { analysis(id: $id) { entities(first: 1000) { edges { node { ${IDENTIFIED} } } } } }`);
const placeOf = ({ type, start, end }: Identified) => `${type} ${start} ${end}`;

const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');
const opening = story.slice(0, 3000);
const DEFAULTS = {
  text: '',
  open: true,
  aggregation: 'FIRST',
  minConfidence: 0,
  offsetEncoding: 'UTF16',
  sentiment: false,
} as const;

/** Without what differs from run to run and from analysis to analysis. */
const steady = (event: unknown) =>
  JSON.parse(JSON.stringify(event, (key, value) => (key === 'timing' || key === 'id' ? undefined : value)));

for (const [name, open, missing] of STORES) {
  describe.skipIf(missing)(`open texts, in ${name}`, () => {
    const store = open();
    const service = useService(() => ({ CACHE_BYTES: '67108864', ...store.settings() }));
    const transports = new Map<string, Transport>();
    beforeAll(async () => {
      const url = await service.server.listen();
      for (const [transportName, connect] of STREAMING) transports.set(transportName, connect(url));
    });
    afterAll(async () => {
      for (const transport of transports.values()) await transport.dispose();
    });
    afterEach(() => expect(service.failures).toEqual([]));

    const over = (transportName: string): Transport => {
      const found = transports.get(transportName);
      if (!found) throw new Error(`There is no transport ${transportName}.`);
      return found;
    };
    const start = async (input: Partial<StartAnalysisInput> = {}) => {
      const { startAnalysis } = await service.data(StartAnalysisDocument, { input: { ...DEFAULTS, ...input } });
      return startAnalysis.id;
    };
    const append = async (id: string, at: number, text: string) =>
      (await service.data(Append, { id, at, text })).appendText;
    const finish = async (id: string) => (await service.data(FinishTextDocument, { id })).finishText;
    const find = async (id: string) => (await service.data(Find, { id })).analysis;

    async function* watch(id: string, after?: string, transport = over('WebSocket')): AsyncGenerator<Event> {
      for await (const { data, errors } of transport.run(AnalysisEventsDocument, { id, after: after ?? null })) {
        if (errors || !data) throw new Error(JSON.stringify(errors));
        yield data.analysisEvents;
      }
    }
    const collect = async (events: AsyncIterable<Event>) => {
      const all: Event[] = [];
      for await (const event of events) all.push(event);
      return all;
    };
    /** Reads until a tail has read a length. */
    const untilTail = async (events: AsyncGenerator<Event>, length: number, all: Event[]) => {
      while (true) {
        const { value, done } = await events.next();
        if (done) throw new Error('The stream ended.');
        all.push(value);
        if (value.__typename === 'TailAnalyzed' && value.length === length) return value;
      }
    };
    const bare = (
      entities: readonly { text: string; type: string; confidence: number; start: number; end: number }[],
    ) => entities.map(({ text, type, confidence, start, end }) => ({ text, type, confidence, start, end }));
    const settledIn = (events: readonly Event[]) =>
      events.flatMap((event) => (event.__typename === 'ChunkAnalyzed' ? event.entities : []));
    const oneShot = async (input: Partial<StartAnalysisInput> & { text: string }) =>
      collect(watch(await start({ ...input, open: false })));

    test.each([...STREAMING])('have settled entities and a tail after each append, over %s', async (transportName) => {
      const id = await start();
      const events = watch(id, undefined, over(transportName));
      const all: Event[] = [];
      for (let at = 0; at < opening.length; at += 250) {
        const part = opening.slice(at, at + 250);
        await append(id, at, part);
        const tail = await untilTail(events, at + part.length, all);
        const text = opening.slice(0, at + part.length);
        const { entities } = await service.data(EntitiesDocument, { text });
        expect([...bare(settledIn(all)), ...bare(tail.entities)]).toEqual(bare(entities));
        expect(tail.end).toBe(text.length);
      }
      expect(await find(id)).toMatchObject({ state: 'OPEN', open: true, length: opening.length, text: opening });
      expect(settledIn(all).length).toBeGreaterThan(5);
      expect(await finish(id)).toMatchObject({ open: false });
      for await (const event of events) all.push(event);
      expect(all.at(-1)).toMatchObject({ __typename: 'AnalysisCompleted', abandoned: false });
      const steps = all.filter(({ __typename }) => __typename !== 'TailAnalyzed');
      const whole = await oneShot({ text: opening });
      // Cursors and totals depend on the whole text, so a stream that saw it grow has its own.
      expect(steps.map(withoutWhole)).toEqual(whole.map(withoutWhole));
      expect(steady(await collect(watch(id)))).toEqual(steady(whole));
      expect(await find(id)).toMatchObject({ state: 'COMPLETED', open: false });
    });

    test('have entities and sentences whose ids never change, no matter who reads them and when', async () => {
      const id = await start();
      const tails = new Map<string, Identified>();
      const settled: Identified[] = [];
      const groups: string[][] = [];
      const reading = (async () => {
        for await (const { data } of over('SSE').run(Ids, { id })) {
          const event = data?.analysisEvents;
          if (event?.__typename === 'TailAnalyzed') {
            for (const entity of event.entities) tails.set(placeOf(entity), entity);
          } else settled.push(...(event?.entities ?? []));
          if (event?.entityGroups)
            groups.push(event.entityGroups.flatMap(({ mentions }) => mentions.map(({ id }) => id)));
        }
      })();
      const events = watch(id);
      for (let at = 0; at < opening.length; at += 300) {
        await append(id, at, opening.slice(at, at + 300));
        await untilTail(events, Math.min(opening.length, at + 300), []);
      }
      const soFar = await service.data(Page, { id });
      expect(soFar.analysis.entities.edges.map(({ node }) => node)).toEqual(settled);
      await finish(id);
      await reading;
      await collect(events);
      expect(new Set(settled.map((entity) => entity.id)).size).toBe(settled.length);
      const early = settled.filter((entity) => tails.has(placeOf(entity)));
      expect(early.length).toBeGreaterThan(10);
      for (const entity of early) expect(tails.get(placeOf(entity))?.id).toBe(entity.id);
      const later: Identified[] = [];
      for await (const { data } of over('WebSocket').run(Ids, { id })) {
        const event = data?.analysisEvents;
        later.push(...(event?.entities ?? []));
        if (event?.entityGroups)
          groups.push(event.entityGroups.flatMap(({ mentions }) => mentions.map(({ id }) => id)));
      }
      expect(later).toEqual(settled);
      expect(groups).toEqual([groups[0], groups[0]]);
      expect(groups[0]?.toSorted()).toEqual(settled.map((entity) => entity.id).toSorted());
      const page = await service.data(Page, { id });
      expect(page.analysis.entities.edges.map(({ node }) => node)).toEqual(settled);
    });

    test('have the same end as one reading, with sentiment', async () => {
      const id = await start({ sentiment: true, offsetEncoding: 'UTF8_BYTE', text: opening.slice(0, 700) });
      const events = watch(id);
      const all: Event[] = [];
      const tail = await untilTail(events, 700, all);
      expect(tail.sentiment?.label).toMatch(/POSITIVE|NEGATIVE/);
      for (let at = 700; at < 1800; at += 100) await append(id, at, opening.slice(at, at + 100));
      await finish(id);
      for await (const event of events) all.push(event);
      const whole = await oneShot({ text: opening.slice(0, 1800), sentiment: true, offsetEncoding: 'UTF8_BYTE' });
      expect(steady(await collect(watch(id)))).toEqual(steady(whole));
    });

    test('accept a part again without a change, and refuse one that does not fit', async () => {
      const id = await start({ text: 'Angela Merkel ' });
      await append(id, 14, 'met ');
      expect(await append(id, 14, 'met ')).toMatchObject({ length: 18 });
      expect(await append(id, 0, 'Angela')).toMatchObject({ length: 18 });
      // A part that is there in part is added to.
      expect(await append(id, 14, 'met Emmanuel ')).toMatchObject({ length: 27, text: 'Angela Merkel met Emmanuel ' });
      for (const [at, text] of [
        [14, 'saw '],
        [28, 'x'],
        [-1, 'x'],
        [1e9, 'x'],
      ] as const) {
        const { errors } = await service.ask(Append, { id, at, text });
        expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_ARGUMENT', length: 27 });
        expect(errors?.[0]?.message).toContain('27');
      }
      expect(await find(id)).toMatchObject({ length: 27 });
      await finish(id);
    });

    test('accept half a surrogate pair, and require the other half before the end', async () => {
      const id = await start({ text: 'Anna \ud83d' });
      const events = watch(id);
      await untilTail(events, 6, []);
      expect(await service.code(FinishTextDocument, { id })).toBe('INVALID_TEXT');
      expect(await find(id)).toMatchObject({ open: true, length: 6, text: 'Anna ' });
      expect(await service.code(Append, { id, at: 6, text: 'x' })).toBe('INVALID_TEXT');
      expect(await append(id, 6, '\ude00 lives in Berlin.')).toMatchObject({ text: 'Anna 😀 lives in Berlin.' });
      expect(await service.code(Append, { id, at: 24, text: '\ude00' })).toBe('INVALID_TEXT');
      expect(await service.code(Append, { id, at: 24, text: 'a\ud83db' })).toBe('INVALID_TEXT');
      await finish(id);
      const whole = await oneShot({ text: 'Anna 😀 lives in Berlin.' });
      await collect(events);
      expect(steady(await collect(watch(id)))).toEqual(steady(whole));
    });

    test('accept nothing after they are closed', async () => {
      const id = await start({ text: 'Berlin' });
      await finish(id);
      expect(await service.code(Append, { id, at: 6, text: ' is' })).toBe('TEXT_CLOSED');
      expect(await append(id, 0, 'Berlin')).toMatchObject({ length: 6 });
      await collect(watch(id));
      expect(await finish(id)).toMatchObject({ state: 'COMPLETED' });
      const closed = await start({ text: 'Berlin', open: false });
      expect(await service.code(Append, { id: closed, at: 6, text: ' is' })).toBe('TEXT_CLOSED');
      const cancelled = await start({ text: 'Rome' });
      await service.data(CancelAnalysisDocument, { id: cancelled });
      expect(await service.code(Append, { id: cancelled, at: 4, text: '.' })).toBe('TEXT_CLOSED');
      expect(await service.code(FinishTextDocument, { id: 'nobody' })).toBe('ANALYSIS_NOT_FOUND');
      expect(await service.code(Append, { id: 'nobody', at: 0, text: 'x' })).toBe('ANALYSIS_NOT_FOUND');
    });

    test('complete without any text', async () => {
      const id = await start();
      await finish(id);
      await collect(watch(id));
      expect(steady(await collect(watch(id)))).toEqual(steady(await oneShot({ text: '' })));
    });

    test('are one per start, or one per key', async () => {
      expect(await start()).not.toBe(await start());
      const id = await start({ idempotencyKey: `key in ${name}` });
      await append(id, 0, 'Anna');
      expect(await start({ idempotencyKey: `key in ${name}` })).toBe(id);
      const { errors } = await service.ask(StartAnalysisDocument, {
        input: { ...DEFAULTS, idempotencyKey: `key in ${name}`, text: 'Bob' },
      });
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'BAD_ARGUMENT' });
    });

    test('send tails only to clients that select them', async () => {
      const id = await start({ text: opening.slice(0, 1500) });
      const old = new TypedDocumentString<{ analysisEvents: { __typename: string } }, { id: string }>(
        'subscription ($id: ID!) { analysisEvents(id: $id) { __typename ... on ChunkAnalyzed { sequence } } }',
      );
      const seen: string[] = [];
      const reading = (async () => {
        for await (const { data } of over('WebSocket').run(old, { id }))
          seen.push(data?.analysisEvents.__typename ?? '');
      })();
      const events = watch(id);
      await untilTail(events, 1500, []);
      for (let at = 1500; at < 2000; at += 100) {
        await append(id, at, opening.slice(at, at + 100));
        await untilTail(events, at + 100, []);
      }
      await finish(id);
      await reading;
      await collect(events);
      expect(new Set(seen)).toEqual(new Set(['ChunkAnalyzed', 'AnalysisCompleted']));
    });

    test('let a slow reader miss tails, but never an event', async () => {
      const id = await start();
      const graph = new InProcessGraph(service.server.operations);
      const slow = graph.subscribe(AnalysisEventsDocument, { id, after: null });
      const { value: first } = await slow.next();
      expect(first?.analysisEvents).toMatchObject({ __typename: 'TailAnalyzed', length: 0 });
      const quick = watch(id);
      const all: Event[] = [];
      for (let at = 0; at < opening.length; at += 100) {
        const part = opening.slice(at, at + 100);
        await append(id, at, part);
        await untilTail(quick, at + part.length, all);
      }
      const seen: Event[] = [];
      while (true) {
        const { value } = await slow.next();
        if (!value) throw new Error('The stream ended.');
        seen.push(value.analysisEvents);
        if (value.analysisEvents.__typename === 'TailAnalyzed') break;
      }
      const steps = all.filter(({ __typename }) => __typename !== 'TailAnalyzed');
      expect(all.length - steps.length).toBeGreaterThan(25);
      expect(seen.slice(0, -1)).toEqual(steps);
      expect(seen.at(-1)).toEqual(all.at(-1));
      await finish(id);
      const { value: last } = await slow.next();
      expect(last?.analysisEvents.__typename).not.toBe('TailAnalyzed');
      await slow.return();
      await collect(quick);
    });

    test('are resumed after any cursor, while they grow and afterwards', async () => {
      const id = await start({ text: opening });
      const events = watch(id);
      const all: Event[] = [];
      await untilTail(events, opening.length, all);
      const cursors = all.flatMap((event) => (event.__typename === 'ChunkAnalyzed' ? event.cursor : []));
      expect(cursors.length).toBeGreaterThan(2);
      const resumed = watch(id, cursors[1]);
      const rest: Event[] = [];
      await untilTail(resumed, opening.length, rest);
      const steps = all.filter(({ __typename }) => __typename !== 'TailAnalyzed');
      expect(rest.filter(({ __typename }) => __typename !== 'TailAnalyzed')).toEqual(steps.slice(2));
      await finish(id);
      for await (const event of resumed) rest.push(event);
      for await (const event of events) all.push(event);
      const later = await collect(watch(id, cursors[1]));
      const kept = rest.filter(({ __typename }) => __typename !== 'TailAnalyzed');
      expect(later).toEqual(kept);
    });
  });
}

/** An event without what depends on the text to come. */
function withoutWhole(event: Event): unknown {
  if (event.__typename === 'TailAnalyzed') return event;
  const { cursor: _, ...rest } = event;
  if (rest.__typename === 'AnalysisFailed') return rest;
  if (rest.__typename === 'AnalysisCompleted') {
    const groups = rest.entityGroups.map(({ mentions, ...group }) => ({ ...group, mentions: mentions.length }));
    return { ...rest, entityGroups: groups };
  }
  const { chunksDone, tokensDone } = rest.progress;
  const entities = rest.entities.map(({ id: _id, ...entity }) => entity);
  return { ...rest, entities, progress: { chunksDone, tokensDone } };
}
