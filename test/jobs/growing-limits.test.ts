import { afterEach, describe, expect, test } from 'vitest';
import {
  AnalysisEventsDocument,
  type AnalysisEventsSubscription,
  CancelAnalysisDocument,
  FinishTextDocument,
  StartAnalysisDocument,
  type StartAnalysisInput,
} from '../../src/client/graphql.ts';
import { InProcessGraph } from '../../src/library/in-process-graph.ts';
import { useService } from '../service.ts';
import { Append, Find } from './open-texts.ts';
import { STORES } from './stores.ts';

const DEFAULTS = {
  text: '',
  open: true,
  aggregation: 'FIRST',
  minConfidence: 0,
  offsetEncoding: 'UTF16',
  sentiment: false,
} as const;

type Event = AnalysisEventsSubscription['analysisEvents'];

for (const [name, open, missing] of STORES) {
  const serviceWith = (limits: Readonly<Record<string, string>>) => {
    const place = open();
    const service = useService(() => ({ ...limits, ...place.settings() }));
    const start = async (input: Partial<StartAnalysisInput> = {}) =>
      (await service.data(StartAnalysisDocument, { input: { ...DEFAULTS, ...input } })).startAnalysis.id;
    const events = async function* (id: string): AsyncGenerator<Event> {
      const graph = new InProcessGraph(service.server.operations);
      for await (const event of graph.subscribe(AnalysisEventsDocument, { id, after: null }))
        yield event.analysisEvents;
    };
    return { service, start, events };
  };

  describe.skipIf(missing)(`open texts without appends, in ${name}`, () => {
    const { service, start, events } = serviceWith({ OPEN_TEXT_IDLE_MS: '100' });
    afterEach(() => expect(service.failures).toEqual([]));

    test('are closed by the server, and their last event says so', async () => {
      const id = await start({ text: 'Angela Merkel met Emmanuel Macron in Paris. \ud83d' });
      const all: Event[] = [];
      for await (const event of events(id)) all.push(event);
      expect(all.at(-1)).toMatchObject({ __typename: 'AnalysisCompleted', abandoned: true, entityCount: 3 });
      // Half a character is no text.
      const text = 'Angela Merkel met Emmanuel Macron in Paris. ';
      const { analysis } = await service.data(Find, { id });
      expect(analysis).toMatchObject({ state: 'COMPLETED', open: false, text, length: text.length });
      expect(analysis?.message).toContain('OPEN_TEXT_IDLE_MS');
      expect(await service.code(Append, { id, at: text.length, text: 'Then' })).toBe('TEXT_CLOSED');
    });
  });

  describe.skipIf(missing)(`limits of open texts, in ${name}`, () => {
    const { service, start, events } = serviceWith({ MAX_OPEN_TEXTS: '2', MAX_TEXT_LENGTH: '100' });
    afterEach(() => expect(service.failures).toEqual([]));
    const refusal = () => service.code(StartAnalysisDocument, { input: { ...DEFAULTS, text: 'One more' } });

    test('apply to the number of open texts, however one ends', async () => {
      const first = await start({ text: 'Anna' });
      const second = await start();
      expect(await refusal()).toBe('RATE_LIMITED');
      // A whole text is no open one.
      await start({ text: 'Berlin', open: false });
      await service.data(FinishTextDocument, { id: first });
      const third = await start();
      expect(await refusal()).toBe('RATE_LIMITED');
      for (const id of [second, third]) await service.data(CancelAnalysisDocument, { id });
      const rest = [await start(), await start()];
      expect(await refusal()).toBe('RATE_LIMITED');
      for (const id of rest) await service.data(FinishTextDocument, { id });
    });

    test('apply to the length, and a part beyond it is refused as a whole', async () => {
      const id = await start({ text: 'a '.repeat(48) });
      expect(await service.code(Append, { id, at: 96, text: 'Anna!' })).toBe('TEXT_TOO_LONG');
      expect(await service.code(Append, { id, at: 94, text: 'a Anna!' })).toBe('TEXT_TOO_LONG');
      const { errors } = await service.ask(Append, { id, at: 96, text: 'b'.repeat(1000) });
      expect(errors?.[0]?.message).toMatch(/1096 .* at most 100/);
      expect((await service.data(Find, { id })).analysis).toMatchObject({ length: 96, text: 'a '.repeat(48) });
      expect((await service.data(Append, { id, at: 96, text: 'Anna' })).appendText).toMatchObject({ length: 100 });
      expect(await service.code(Append, { id, at: 100, text: '.' })).toBe('TEXT_TOO_LONG');
      await service.data(FinishTextDocument, { id });
      const all: Event[] = [];
      for await (const event of events(id)) all.push(event);
      expect(all.at(-1)).toMatchObject({ __typename: 'AnalysisCompleted', abandoned: false });
      expect(await service.code(StartAnalysisDocument, { input: { ...DEFAULTS, text: 'a'.repeat(101) } })).toBe(
        'TEXT_TOO_LONG',
      );
    });
  });
}
