import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { AnalysisDocument, StartAnalysisDocument } from '../../src/client/graphql.ts';
import { STREAMING } from '../server/transports.ts';
import { useService } from '../service.ts';
import { STORES } from './stores.ts';
import { collect, refusalOf, start, watch } from './watching.ts';

const long = 'Mr. Holmes of Baker Street met Irene Adler in London. '.repeat(1500);

for (const [name, open, missing] of STORES) {
  describe.skipIf(missing)(`what is kept in ${name}`, () => {
    const store = open();
    const service = useService(() => ({
      ANALYSES_KEPT: '1',
      JOB_CONCURRENCY: '1',
      JOB_QUEUE: '1',
      ...store.settings(),
    }));
    let url: string;
    beforeAll(async () => {
      url = await service.server.listen();
    });
    afterEach(() => expect(service.failures).toEqual([]));

    test.each([...STREAMING])('is distinguished from what is not: %s', async (transportName, connect) => {
      const transport = connect(url);
      onTestFinished(() => void transport.dispose());
      const first = await start(service, { text: `Anna lives in Berlin. ${transportName}` });
      const events = await collect(watch(transport, first.id));
      const second = await start(service, { text: `Anna lives in Paris. ${transportName}` });
      await collect(watch(transport, second.id));
      // Redis drops events by time alone; here they are dropped by hand.
      await store.drop(first.id);
      expect(await refusalOf(watch(transport, first.id))).toBe('CURSOR_EXPIRED');
      expect(await refusalOf(watch(transport, first.id, events[0]?.cursor))).toBe('CURSOR_EXPIRED');
      expect(await collect(watch(transport, first.id, events.at(-1)?.cursor))).toEqual([]);
      expect((await service.data(AnalysisDocument, { id: first.id })).analysis?.state).toBe('COMPLETED');
      // Started again, it is read again, and an old cursor is good again.
      expect((await start(service, { text: `Anna lives in Berlin. ${transportName}` })).id).toBe(first.id);
      expect(await collect(watch(transport, first.id, events[0]?.cursor))).toEqual(events.slice(1));
    });

    test('is limited by the queue', async () => {
      const connect = STREAMING[0]?.[1];
      const transport = connect?.(url);
      if (!transport) throw new Error('There is a transport.');
      onTestFinished(() => void transport.dispose());
      const running = await start(service, { text: long });
      for await (const { sequence } of watch(transport, running.id)) if (sequence === 0) break;
      const waiting = await start(service, { text: `${long} It waits.` });
      expect(waiting.state).toBe('QUEUED');
      const input = { aggregation: 'FIRST', minConfidence: 0, offsetEncoding: 'UTF16', sentiment: false } as const;
      const { errors } = await service.ask(StartAnalysisDocument, { input: { ...input, text: 'No room.' } });
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'OVERLOADED', retryAfterMs: expect.any(Number) });
      // Asking for one that is there already needs no room.
      expect((await start(service, { text: long })).id).toBe(running.id);
    });
  });
}
