import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { beforeAll, describe, expect, test } from 'vitest';
import { EntitiesDocument } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { CHROMIUM, hasChromium, useChromium } from './chromium.ts';
import { CuttableProxy } from './cuttable-proxy.ts';

const STORY = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8').slice(0, 24_000);
const LIMIT = 15_000;

/** `bertql/client` and all that it needs, as a browser loads it: names of files and their content. */
async function bundle(external: readonly string[] = []): Promise<ReadonlyMap<string, string>> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: true,
      lib: {
        entry: new URL('../../src/client/index.ts', import.meta.url).pathname,
        formats: ['es'],
        fileName: 'client',
      },
      rolldownOptions: { external: [...external] },
    },
  });
  const { output } = (Array.isArray(built) ? built[0] : 'output' in built ? built : undefined) ?? { output: [] };
  return new Map(output.flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file.code] as const] : [])));
}

test('bertql/client has at most 15 kB compressed, without the packages for its streams', async () => {
  const files = await bundle(['graphql-ws/client', 'graphql-sse']);
  const size = [...files.values()].reduce((sum, code) => sum + gzipSync(code).length, 0);
  console.log(`bertql/client: ${size} bytes packed`);
  expect(size).toBeLessThanOrEqual(LIMIT);
});

describe.skipIf(!hasChromium)(
  `bertql/client in a browser (skipped if ${CHROMIUM} is missing)`,
  { timeout: 60_000 },
  () => {
    const service = useService();
    const visit = useChromium();
    let files: ReadonlyMap<string, string>;
    let origin: string;
    beforeAll(async () => {
      files = await bundle();
      origin = new URL(await service.server.listen()).origin;
    });

    /** A page of the server with the client in it. It comes from the server itself: others may open no socket to it. */
    async function blank(at: string) {
      const { page } = await visit(`${at}/health`, { bypassCSP: true });
      await page.route('**/client-test/*', (route) => {
        const name = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
        return route.fulfill({ contentType: 'text/javascript', body: files.get(name) ?? '' });
      });
      // As a string, since what stands here is compiled by Vite, which has its own way to import.
      await page.evaluate("import('/client-test/client.js').then((client) => void (window.bertql = client))");
      return page;
    }

    describe.each(['websocket', 'sse'] as const)('over %s', (streams) => {
      test('queries, and follows a text to its end', async () => {
        const page = await blank(origin);
        const found = await page.evaluate(async (streams) => {
          const { BertqlClient, EntitiesDocument } = window.bertql;
          const client = new BertqlClient({ url: `${location.origin}/graphql`, streams });
          const text = 'Angela Merkel met Emmanuel Macron in Paris.';
          const { entities } = await client.query(EntitiesDocument, { text });
          const seen = [];
          for await (const reading of client.follow({ text })) seen.push(reading);
          await client.dispose();
          const last = seen.at(-1);
          return {
            asked: entities.map(({ text }) => text),
            followed: last?.entities.map(({ text }) => text),
            states: seen.map(({ state }) => state),
            fraction: last?.progress?.fraction,
          };
        }, streams);
        const names = ['Angela Merkel', 'Emmanuel Macron', 'Paris'];
        expect(found).toEqual({ asked: names, followed: names, states: ['reading', 'completed'], fraction: 1 });
        await page.context().close();
      });

      test.each([false, true])(
        'resumes after its last cursor whenever the connection is cut, as a job: %s',
        async (job) => {
          await using proxy = await CuttableProxy.open(origin);
          const page = await blank(proxy.origin);
          await page.exposeFunction('cut', () => proxy.cut());
          const found = await page.evaluate(
            async ({ streams, text, job }) => {
              const { BertqlClient } = window.bertql;
              const client = new BertqlClient({ url: `${location.origin}/graphql`, streams });
              const lost: string[] = [];
              let events = 0;
              let last = window.bertql.NOTHING_READ;
              for await (const reading of client.follow({ text, job }, { onLost: ({ code }) => lost.push(code) })) {
                last = reading;
                if ([2, 5].includes(++events)) await window.cut();
              }
              return { ids: last.entities.map(({ id }) => id), state: last.state, lost };
            },
            { streams, text: STORY, job },
          );
          const { entities } = await service.data(EntitiesDocument, { text: STORY });
          expect(found.ids).toEqual(entities.map(({ id }) => id));
          expect(found.state).toBe('completed');
          expect(found.lost.length).toBeGreaterThanOrEqual(1);
          expect(new Set(found.lost)).toEqual(new Set(['CONNECTION_LOST']));
          await page.context().close();
        },
      );

      test('reports the unsettled end of an open text', async () => {
        const page = await blank(origin);
        const found = await page.evaluate(async (streams) => {
          const { BertqlClient } = window.bertql;
          const client = new BertqlClient({ url: `${location.origin}/graphql`, streams });
          const growing = client.openText({ text: 'Angela Merkel flew to Paris' });
          const seen: (readonly [settled: readonly string[], tail: readonly string[], state: string])[] = [];
          for await (const { entities, tail, state } of growing.follow()) {
            const names = [entities, tail?.entities ?? []].map((each) => each.map(({ text }) => text));
            seen.push([names[0] ?? [], names[1] ?? [], state]);
            if (tail && seen.length === 1) void growing.finish();
          }
          await client.dispose();
          return { first: seen.at(0), last: seen.at(-1) };
        }, streams);
        const names = ['Angela Merkel', 'Paris'];
        expect(found).toEqual({ first: [[], names, 'reading'], last: [names, [], 'completed'] });
        await page.context().close();
      });

      test('appends each part to an open text once, whenever the connection is cut', async () => {
        await using proxy = await CuttableProxy.open(origin);
        const page = await blank(proxy.origin);
        await page.exposeFunction('cut', () => proxy.cut());
        const text = STORY.slice(0, 4000);
        const found = await page.evaluate(
          async ({ streams, text }) => {
            const { BertqlClient, NOTHING_READ } = window.bertql;
            const client = new BertqlClient({ url: `${location.origin}/graphql`, streams });
            const growing = client.openText();
            const followed = (async () => {
              let last = NOTHING_READ;
              for await (const reading of growing.follow()) last = reading;
              return last;
            })();
            for (let at = 0; at < text.length; at += 400) {
              await growing.append(text.slice(at, at + 400));
              if (at % 1200 === 0) await window.cut();
            }
            await growing.finish();
            const last = await followed;
            const late = await growing.append('more').catch(({ code }) => code);
            await client.dispose();
            return { names: last.entities.map(({ text, start }) => [text, start]), state: last.state, late };
          },
          { streams, text },
        );
        const { entities } = await service.data(EntitiesDocument, { text });
        expect(found.names).toEqual(entities.map(({ text, start }) => [text, start]));
        expect([found.state, found.late]).toEqual(['completed', 'TEXT_CLOSED']);
        await page.context().close();
      });
    });

    test('says why a request failed, and whether to retry', async () => {
      const page = await blank(origin);
      const failures = await page.evaluate(async () => {
        const { BertqlClient, RequestError, SentimentDocument } = window.bertql;
        const ask = async (url: string, text: string) => {
          try {
            await new BertqlClient({ url }).query(SentimentDocument, { text });
            return undefined;
          } catch (error) {
            return error instanceof RequestError ? [error.code, error.isRetryable] : String(error);
          }
        };
        return [await ask(`${location.origin}/graphql`, ' '), await ask('http://127.0.0.1:9/graphql', 'good')];
      });
      expect(failures).toEqual([
        ['EMPTY_TEXT', false],
        ['CONNECTION_LOST', true],
      ]);
      await page.context().close();
    });
  },
);

declare global {
  interface Window {
    readonly bertql: typeof import('../../src/client/index.ts');
    cut(): Promise<void>;
  }
}
