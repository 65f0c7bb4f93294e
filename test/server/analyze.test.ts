import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  AnalyzeDocument,
  type AnalyzeSubscription,
  type AnalyzeSubscriptionVariables,
  EntitiesDocument,
  SentimentDocument,
} from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { stepOf } from '../steps.ts';
import { answersOf, STREAMING, type Transport } from './transports.ts';

const service = useService();
const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');
const opening = story.slice(0, 6000);

type Event = Exclude<AnalyzeSubscription['analyze'], { readonly __typename: 'TailAnalyzed' }>;
type Chunk = Extract<Event, { __typename: 'ChunkAnalyzed' }>;

let url: string;
beforeAll(async () => {
  url = await service.server.listen();
});

async function entitiesOf(variables: AnalyzeSubscriptionVariables) {
  const { after: _, ...rest } = variables;
  const { entities } = await service.data(EntitiesDocument, rest);
  return entities.map(({ tokens: _tokens, sentence: _sentence, ...entity }) => entity);
}

describe.each(STREAMING)('analyze over %s', (_name, connect) => {
  let transport: Transport;
  beforeAll(() => {
    transport = connect(url);
  });
  afterAll(() => transport.dispose());

  async function events(variables: AnalyzeSubscriptionVariables): Promise<Event[]> {
    const all: Event[] = [];
    for await (const { data, errors } of transport.run(AnalyzeDocument, variables)) {
      if (errors || !data) throw new Error(JSON.stringify(errors));
      all.push(stepOf(data.analyze));
    }
    return all;
  }
  const chunksOf = (all: readonly Event[]) =>
    all.filter((event): event is Chunk => event.__typename === 'ChunkAnalyzed');

  test.each<[string, AnalyzeSubscriptionVariables]>([
    ['20 pages of prose', { text: story }],
    ['one sentence', { text: 'Ada Lovelace was born in London.' }],
    ['a text without an end', { text: `${'Mr. Holmes of London said and '.repeat(300)}so on` }],
    ['emoji and names', { text: '👨‍👩‍👧 Anna met Élodie in 🇩🇪 Berlin. '.repeat(60) }],
    ['positions in bytes', { text: '😀 Zoë lives in Kraków. '.repeat(60), offsetEncoding: 'UTF8_BYTE' }],
    ['a filter', { text: opening, types: ['LOC'], minConfidence: 0.9 }],
    ['each token by itself', { text: opening, aggregation: 'NONE' }],
    ['the empty text', { text: '' }],
  ])('sends each chunk in order and then the end: %s', async (_title, variables) => {
    const all = await events(variables);
    const chunks = chunksOf(all);
    const last = all.at(-1);
    expect(all.map((event) => event.sequence)).toEqual(all.map((_, index) => index));
    expect(chunks.map(({ chunk }) => chunk.index)).toEqual(chunks.map((_, index) => index));
    expect(all.slice(0, -1)).toEqual(chunks);

    let tokensDone = 0;
    let read = 0;
    for (const [index, { chunk, progress }] of chunks.entries()) {
      tokensDone += chunk.tokenCount;
      expect(progress).toMatchObject({ chunksDone: index + 1, chunksTotal: chunks.length, tokensDone });
      expect(progress.fraction).toBeCloseTo(tokensDone / progress.tokensTotal, 10);
      expect(chunk.start).toBeGreaterThanOrEqual(read);
      read = chunk.end;
    }
    const streamed = chunks.flatMap((event) => event.entities);
    expect(streamed).toEqual(await entitiesOf(variables));
    expect(last).toMatchObject({
      __typename: 'AnalysisCompleted',
      entityCount: streamed.length,
      progress: { chunksDone: chunks.length, fraction: 1, tokensDone },
    });
  });

  test('resumes after any cursor with exactly the remaining events', async () => {
    const variables = { text: opening };
    const all = await events(variables);
    expect(all.length).toBeGreaterThan(8);
    for (const { cursor, sequence } of all) {
      const rest = await events({ ...variables, after: cursor });
      expect(rest.map(withoutTiming)).toEqual(all.slice(sequence + 1).map(withoutTiming));
    }
  });

  test.each<[string, AnalyzeSubscriptionVariables, string]>([
    ['an unknown model', { text: 'a', model: 'nobody/nothing' }, 'UNKNOWN_MODEL'],
    ['a model for another task', { text: 'a', model: 'bertql/sst2-minilm' }, 'BAD_ARGUMENT'],
    ['a confidence above 1', { text: 'a', minConfidence: 1.5 }, 'BAD_ARGUMENT'],
    ['a type that the model does not know', { text: 'a', types: ['PERSON'] }, 'BAD_ARGUMENT'],
    ['a lone surrogate', { text: 'Anna \ud83d' }, 'INVALID_TEXT'],
    ['a cursor that is none', { text: 'a', after: 'xyz' }, 'BAD_ARGUMENT'],
  ])('refuses %s before any event', async (_title, variables, code) => {
    const [answer, ...others] = await answersOf(transport.run(AnalyzeDocument, variables));
    expect(answer?.errors?.[0]?.extensions?.['code']).toBe(code);
    expect(others).toEqual([]);
  });

  test('refuses the cursor of another text', async () => {
    const [first] = await events({ text: 'Anna lives in Berlin.' });
    await expect(events({ text: 'Anna lives in Paris.', after: first?.cursor ?? '' })).rejects.toThrow();
  });

  test('stops the work when its subscriber disconnects', async () => {
    const before = service.server.inference.counts.sequences;
    let chunksTotal = 0;
    for await (const { data } of transport.run(AnalyzeDocument, { text: story })) {
      if (data?.analyze.__typename === 'ChunkAnalyzed') chunksTotal = data.analyze.progress.chunksTotal;
      break;
    }
    // The queue is in order, so a query that is sent now is answered after everything that is still queued.
    await service.data(SentimentDocument, { text: `Nobody reads on. ${before}` });
    expect(chunksTotal).toBeGreaterThan(100);
    expect(service.server.inference.counts.sequences - before).toBeLessThan(chunksTotal / 2);
  });

  test('also runs queries', async () => {
    const answers = await answersOf(transport.run(SentimentDocument, { text: 'Wonderful!' }));
    expect(answers.map(({ data }) => data?.sentiment.label)).toEqual(['POSITIVE']);
  });
});

test('streams tell proxies not to buffer events', async () => {
  const response = await service.server.graph.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query: AnalyzeDocument.toString(), variables: { text: 'Anna' } }),
  });
  expect(response.headers.get('x-accel-buffering')).toBe('no');
  expect(await response.text()).toContain('AnalysisCompleted');
});

afterEach(() => {
  expect(service.failures).toEqual([]);
});

function withoutTiming<T extends object>(event: T): Omit<T, 'timing'> {
  const { timing: _, ...rest } = event as T & { timing?: unknown };
  return rest;
}
