import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { STREAMING } from '../server/transports.ts';
import { useService } from '../service.ts';
import { STORES } from './stores.ts';
import { collect, type Event, start, take, watch } from './watching.ts';

const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');
const text = story.slice(5000, 8000);

for (const [name, open, missing] of STORES) {
  describe.skipIf(missing)(`an analysis in ${name}`, () => {
    const store = open();
    const service = useService(() => ({ CACHE_BYTES: '67108864', ...store.settings() }));
    let url: string;
    let whole: Event[];
    beforeAll(async () => {
      url = await service.server.listen();
      const [, connect] = STREAMING[0] ?? [];
      const transport = connect?.(url);
      if (!transport) throw new Error('There is a transport.');
      whole = await collect(watch(transport, (await start(service, { text })).id));
      await transport.dispose();
    });
    afterEach(() => expect(service.failures).toEqual([]));

    describe.each([...STREAMING])('over %s', (_transport, connect) => {
      /** Reads `count` events over a connection of its own, which is cut then. */
      async function readAndCut(id: string, after: string | undefined, count: number): Promise<Event[]> {
        const transport = connect(url);
        const events = await take(watch(transport, id, after), count);
        await transport.dispose();
        return events;
      }

      test('arrives completely if the connection is cut at every event', async () => {
        expect(whole.length).toBeGreaterThan(6);
        const { id } = await start(service, { text });
        for (const cut of whole.keys()) {
          const seen = await readAndCut(id, undefined, cut);
          const rest = await readAndCut(id, seen.at(-1)?.cursor, Number.POSITIVE_INFINITY);
          expect([...seen, ...rest]).toEqual(whole);
        }
      });

      test('arrives completely however the connection is cut while it runs', async () => {
        const cuts = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 6 });
        await fc.assert(
          fc.asyncProperty(cuts, fc.uuid(), async (cuts, key) => {
            const { id } = await start(service, { text, idempotencyKey: key });
            const seen: Event[] = [];
            for (const cut of [...cuts, Number.POSITIVE_INFINITY]) {
              seen.push(...(await readAndCut(id, seen.at(-1)?.cursor, cut)));
            }
            expect(seen).toEqual(whole);
          }),
          { numRuns: 15 },
        );
      });
    });
  });
}
