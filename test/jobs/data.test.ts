import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { StartAnalysisDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { STREAMING, type Transport } from '../server/transports.ts';
import { useService } from '../service.ts';
import { STORES } from './stores.ts';
import { collect, start, watch } from './watching.ts';

interface Connection<T> {
  readonly totalCount: number;
  readonly edges: readonly { readonly cursor: string; readonly node: T }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly endCursor: string | null;
  };
}
interface Found {
  readonly id: string;
  readonly text: string;
  readonly type: string;
  readonly confidence: number;
  readonly start: number;
  readonly end: number;
}
type DataOf<D> = D extends TypedDocumentString<infer T, infer _V> ? T : never;

type GroupPage = Connection<{ text: string; count: number; mentions: readonly { id: string }[] }>;
const NO_GROUPS: GroupPage = {
  totalCount: 0,
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, endCursor: null },
};

const PAGE =
  'totalCount edges { cursor node { id text type confidence start end } } pageInfo { hasNextPage hasPreviousPage endCursor }';
const Entities = new TypedDocumentString<{ analysis: { entities: Connection<Found> } | null }, Record<string, unknown>>(
  `query ($id: ID!, $first: Int, $after: String, $types: [String!], $minConfidence: Float, $from: Int, $to: Int) {
    analysis(id: $id) {
      entities(first: $first, after: $after, types: $types, minConfidence: $minConfidence, from: $from, to: $to) { ${PAGE} }
    }
  }`,
);
const Groups = new TypedDocumentString<
  {
    analysis: { entityGroups: Connection<{ text: string; count: number; mentions: readonly { id: string }[] }> } | null;
  },
  Record<string, unknown>
>(
  `query ($id: ID!, $first: Int, $after: String) { analysis(id: $id) { entityGroups(first: $first, after: $after) {
    totalCount edges { cursor node { text count mentions { id } } } pageInfo { hasNextPage hasPreviousPage endCursor }
  } } }`,
);
const Analyses = new TypedDocumentString<
  { analyses: Connection<{ id: string; state: string }> },
  Record<string, unknown>
>(
  `query ($first: Int, $after: String, $state: AnalysisState) { analyses(first: $first, after: $after, state: $state) {
    totalCount edges { cursor node { id state } } pageInfo { hasNextPage hasPreviousPage endCursor }
  } }`,
);

const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8').slice(0, 12_000);

for (const [name, open, missing] of STORES) {
  describe.skipIf(missing)(`analyses as data, in ${name}`, () => {
    const store = open();
    const service = useService(() => ({ CACHE_BYTES: '67108864', ...store.settings() }));
    let socket: Transport;
    let id: string;
    let found: readonly Found[];
    beforeAll(async () => {
      const [, connect] = STREAMING[1] ?? [];
      const url = await service.server.listen();
      if (!connect) throw new Error('There is a WebSocket.');
      socket = connect(url);
      ({ id } = await start(service, { text: story, sentiment: true }));
      const events = await collect(watch(socket, id));
      found = events.flatMap((event) => (event.__typename === 'ChunkAnalyzed' ? event.entities : []));
      return () => socket.dispose();
    });
    afterEach(() => expect(service.failures).toEqual([]));

    const page = async (variables: Record<string, unknown> = {}) => {
      const { analysis } = await service.data(Entities, { id, ...variables });
      if (!analysis) throw new Error('There is an analysis.');
      return analysis.entities;
    };
    const bare = (entities: readonly Found[]) =>
      entities.map(({ id, text, type, confidence, start, end }) => ({ id, text, type, confidence, start, end }));

    test('have pages of entities that together are the entities of all events, without inference', async () => {
      const { batches } = service.server.inference.counts;
      const all: Found[] = [];
      for (let after: string | null = null; ; ) {
        const { edges, pageInfo, totalCount } = await page({ first: 7, after });
        expect(totalCount).toBe(found.length);
        expect(pageInfo.hasPreviousPage).toBe(after !== null);
        all.push(...edges.map(({ node }) => node));
        after = pageInfo.endCursor;
        if (!pageInfo.hasNextPage) break;
      }
      expect(all).toEqual(bare(found));
      expect(found.length).toBeGreaterThan(20);
      expect(service.server.inference.counts.batches).toBe(batches);
    });

    test('have filters that keep exactly what matches', async () => {
      const [from = 0, to = 0] = [found[5]?.start, found[15]?.end];
      const kept = (entity: Found) =>
        entity.type === 'PER' && entity.confidence >= 0.9 && entity.start >= from && entity.end <= to;
      const { edges, totalCount } = await page({ types: ['PER'], minConfidence: 0.9, from, to });
      expect(edges.map(({ node }) => node)).toEqual(bare(found.filter(kept)));
      expect(totalCount).toBe(found.filter(kept).length);
    });

    test('have pages of groups that are those of the last event', async () => {
      const names: string[] = [];
      let mentions = 0;
      let after: string | null = null;
      for (let more = true; more; ) {
        const { analysis }: DataOf<typeof Groups> = await service.data(Groups, { id, first: 5, after });
        const { edges, pageInfo }: GroupPage = analysis?.entityGroups ?? NO_GROUPS;
        for (const { node } of edges) {
          names.push(node.text);
          mentions += node.mentions.length;
          expect(node.mentions).toHaveLength(node.count);
        }
        after = pageInfo.endCursor;
        more = pageInfo.hasNextPage;
      }
      expect(mentions).toBe(found.length);
      expect(new Set(names).size).toBeGreaterThan(5);
    });

    test.each([
      ['first: 0', { first: 0 }],
      ['first: -1', { first: -1 }],
      ['first: 1e9', { first: 1e9 }],
      ['a cursor that is none', { after: 'x' }],
      ['from after to', { from: 9, to: 3 }],
      ['a negative position', { from: -1 }],
      ['a confidence of 2', { minConfidence: 2 }],
      ['a type that the model does not know', { types: ['PERSON'] }],
    ])('are refused with BAD_ARGUMENT for %s', async (_title, variables) => {
      expect(await service.code(Entities, { id, ...variables })).toBe('BAD_ARGUMENT');
    });

    test('do not accept a cursor of another list', async () => {
      const { pageInfo } = await page({ first: 1 });
      expect(await service.code(Groups, { id, after: pageInfo.endCursor })).toBe('BAD_ARGUMENT');
      expect(await service.code(Analyses, { after: pageInfo.endCursor })).toBe('BAD_ARGUMENT');
      const other = await start(service, { text: 'Anna lives in Berlin.' });
      expect(await service.code(Entities, { id: other.id, after: pageInfo.endCursor })).toBe('BAD_ARGUMENT');
    });

    test('are listed for their owner, newest first', async () => {
      const ids: string[] = [];
      const input = {
        aggregation: 'FIRST',
        minConfidence: 0,
        offsetEncoding: 'UTF16',
        sentiment: false,
        open: true,
      } as const;
      for (let index = 0; index < 5; index++) {
        ids.unshift((await service.data(StartAnalysisDocument, { input: { ...input, text: '' } })).startAnalysis.id);
      }
      const listed: string[] = [];
      for (let after: string | null = null; listed.length < 5; ) {
        const { analyses }: DataOf<typeof Analyses> = await service.data(Analyses, { first: 2, after });
        listed.push(...analyses.edges.map(({ node }) => node.id));
        after = analyses.pageInfo.endCursor;
      }
      expect(listed.slice(0, 5)).toEqual(ids);
      const { analyses } = await service.data(Analyses, { state: 'COMPLETED' });
      expect(analyses.edges.every(({ node }) => node.state === 'COMPLETED')).toBe(true);
      expect(analyses.edges.map(({ node }) => node.id)).toContain(id);
    });

    test('are listed page by page, each once, if one caller has a thousand', async () => {
      const started = new Set<string>();
      for (let batch = 0; batch < 20; batch++) {
        const texts = Array.from({ length: 50 }, (_, index) => `Anna wrote letter ${batch * 50 + index}.`);
        for (const analysis of await Promise.all(texts.map((text) => start(service, { text }))))
          started.add(analysis.id);
      }
      expect(started.size).toBe(1000);
      const listed: string[] = [];
      let after: string | null = null;
      do {
        const { analyses }: DataOf<typeof Analyses> = await service.data(Analyses, { first: 100, after });
        expect(analyses.edges.length).toBeLessThanOrEqual(100);
        expect(analyses.totalCount).toBeGreaterThanOrEqual(1000);
        listed.push(...analyses.edges.map(({ node }) => node.id));
        after = analyses.pageInfo.hasNextPage ? analyses.pageInfo.endCursor : null;
      } while (after !== null);
      expect(new Set(listed).size).toBe(listed.length);
      expect([...started].every((each) => listed.includes(each))).toBe(true);
      expect(await service.code(Analyses, { first: 1001 })).toBe('BAD_ARGUMENT');
    });
  });
}
