import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Aggregation } from '../../src/documents/aggregation.ts';
import { type AnalysisEvent, analyze } from '../../src/documents/analysis.ts';
import { decodeCursor } from '../../src/documents/cursor.ts';
import { Document } from '../../src/documents/document.ts';
import type { Entity } from '../../src/documents/entities.ts';
import { type Checkpoint, GrowingText, type GrownEntity, type SettledChunk } from '../../src/documents/growing.ts';
import type { OffsetEncoding } from '../../src/documents/offsets.ts';
import { endsWithHalf, withoutHalf } from '../../src/documents/surrogates.ts';
import { FIXTURES, NER_MODELS } from '../models/fixtures.ts';
import { useService } from '../service.ts';
import { answerByWindow } from './fake-model.ts';
import { anyText, story, TIMES } from './growing-texts.ts';
import { growthSetting, UNITS } from './growth-settings.ts';
import { STRATEGIES } from './reading.ts';

const service = useService({
  CACHE_BYTES: '67108864',
  DEVICE: 'cpu',
  MODELS_CONFIG: JSON.stringify({
    models: NER_MODELS.map((id) => ({ id, task: 'NER', folder: `${FIXTURES}/${id}` })),
  }),
});

interface Setting {
  readonly chunkTokens: number;
  readonly overlapTokens: number;
  readonly aggregation: Aggregation;
  readonly offsetEncoding: OffsetEncoding;
  readonly sentiment: boolean;
  /** The default one if missing. */
  readonly model?: string;
  /** The labels come from {@link answerByWindow} instead of the model. */
  readonly seed?: number;
}

function toolsOf({ chunkTokens, overlapTokens, seed }: Setting) {
  const { inference } = service.server;
  const loaders = inference.loaders();
  if (seed !== undefined) answerByWindow(loaders, seed);
  const documents = { chunkTokens, overlapTokens, windowsInFlight: 4, maxTextLength: 2_000_000 };
  return { loaders, registry: inference.registry, documents };
}

/** What counts of an entity: its id depends on the whole text. */
const plain = ({ text, type, confidence, start, end, span, tokens, chunkIndex }: GrownEntity | Entity) => {
  return { text, type, confidence, start, end, span: { start: span.start, end: span.end }, tokens, chunkIndex };
};

/** The entities of a text in one reading. */
async function entitiesAtOnce(text: string, setting: Setting) {
  const { loaders, registry, documents } = toolsOf(setting);
  const document = new Document(text, setting.offsetEncoding, loaders, registry, documents);
  return (await document.entities({ model: setting.model, aggregation: setting.aggregation, minConfidence: 0 })).map(
    plain,
  );
}

/** The chunks of a text in one reading. */
async function chunksAtOnce(text: string, setting: Setting) {
  const { loaders, registry, documents } = toolsOf(setting);
  const document = new Document(text, setting.offsetEncoding, loaders, registry, documents);
  const options = { aggregation: setting.aggregation, minConfidence: 0 };
  const events: AnalysisEvent[] = [];
  for await (const event of await analyze(document, registry.resolve('NER', setting.model), options, null, String))
    events.push(event);
  const chunks = [];
  for (const event of events) {
    if (event.kind === 'AnalysisFailed') throw new Error(event.message);
    if (event.kind !== 'ChunkAnalyzed') continue;
    const { start, end } = event.chunk.span;
    const sentiment = setting.sentiment ? await document.sentimentIfAny(text.slice(start, end)) : null;
    const { tokensDone, chunksDone } = event.progress;
    chunks.push({
      chunk: event.chunk,
      entities: event.entities.map(plain),
      sentiment: sentiment && { label: sentiment.label, confidence: sentiment.confidence },
      tokensDone,
      chunksDone,
      resumeAt: decodeCursor(event.cursor).resumeAt,
    });
  }
  return chunks;
}

const settledOf = ({ chunk, entities, sentiment, progress: { tokensDone, chunksDone }, resumeAt }: SettledChunk) => ({
  chunk,
  entities: entities.map(plain),
  sentiment: sentiment && { label: sentiment.label, confidence: sentiment.confidence },
  tokensDone,
  chunksDone,
  resumeAt,
});

/** A step of a writer: so many code units come, or the reader is replaced by one that knows the checkpoint only. */
type Step = { readonly append: number } | 'replace';

/** Reads a text in steps and checks both promises. */
async function checkGrowth(text: string, steps: readonly Step[], setting: Setting): Promise<{ settledEarly: number }> {
  const { aggregation, offsetEncoding } = setting;
  const { registry } = service.server.inference;
  const model = registry.resolve('NER', setting.model);
  await toolsOf(setting).loaders.use(model);
  const options = {
    model,
    sentiment: setting.sentiment ? registry.resolve('SENTIMENT') : undefined,
    aggregation,
    offsetEncoding,
    minConfidence: 0,
  };
  let growing = new GrowingText(options);
  const settled: SettledChunk[] = [];
  let length = 0;
  for (const step of steps) {
    if (step === 'replace') {
      const checkpoint =
        settled.length > 0 ? (JSON.parse(JSON.stringify(growing.checkpoint)) as Checkpoint) : undefined;
      growing = new GrowingText(options, checkpoint, text.slice(checkpoint?.textFrom ?? 0, length));
    } else {
      const part = text.slice(length, length + step.append);
      length += part.length;
      growing.push(part);
    }
    const tools = toolsOf(setting);
    for await (const chunk of growing.settle(tools, false)) settled.push(chunk);
    const end = await growing.openEnd(tools);
    tools.loaders.dispose();
    const soFar = withoutHalf(text.slice(0, length));
    const all = [...settled.flatMap(({ entities }) => entities), ...end.entities].map(plain);
    expect(all).toEqual(await entitiesAtOnce(soFar, setting));
    expect(growing.length).toBe(length);
  }
  const settledEarly = settled.length;
  growing.push(text.slice(length));
  const tools = toolsOf(setting);
  const checkpoints: Checkpoint[] = [];
  for await (const chunk of growing.settle(tools, true)) {
    settled.push(chunk);
    checkpoints.push(growing.checkpoint);
  }
  const expected = await chunksAtOnce(text, setting);
  expect(settled.map(settledOf)).toEqual(expected);
  // Another reader continues after any of the chunks.
  const checkpoint = checkpoints[(setting.seed ?? 0) % checkpoints.length];
  if (checkpoint) {
    const other = new GrowingText(options, checkpoint, text.slice(checkpoint.textFrom));
    const rest: SettledChunk[] = [];
    for await (const chunk of other.settle(tools, true)) rest.push(chunk);
    expect(rest.map(settledOf)).toEqual(expected.slice(checkpoint.chunks));
  }
  return { settledEarly };
}

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ append: fc.integer({ min: 0, max: 300 }) }) },
    { weight: 1, arbitrary: fc.constant('replace' as const) },
  ),
  { maxLength: 9 },
);
describe('an open text', { timeout: 240_000 * TIMES }, () => {
  test('has the results of one reading of the text so far, at any moment and at its end', async () => {
    let settled = 0;
    await fc.assert(
      fc.asyncProperty(anyText, steps, growthSetting, async (text, steps, setting) => {
        settled += (await checkGrowth(text, steps, setting)).settledEarly;
      }),
      { numRuns: 1900 * TIMES },
    );
    expect(settled).toBeGreaterThan(3000);
  });

  test.each(NER_MODELS)('does so with the tokenizer of %s', async (model) => {
    let settled = 0;
    await fc.assert(
      fc.asyncProperty(anyText, steps, growthSetting, async (text, steps, setting) => {
        settled += (await checkGrowth(text, steps, { ...setting, model })).settledEarly;
      }),
      { numRuns: 60 * TIMES },
    );
    expect(settled).toBeGreaterThan(40);
  });

  test('is read by the real models in the windows of one reading, with and without sentiment', async () => {
    let settled = 0;
    const real = fc.record({
      chunkTokens: fc.constantFrom(24, 48, 128),
      overlapTokens: fc.constant(4),
      aggregation: fc.constantFrom(...STRATEGIES),
      offsetEncoding: fc.constantFrom(...UNITS),
      sentiment: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(anyText, steps, real, async (text, steps, setting) => {
        settled += (await checkGrowth(text, steps, setting)).settledEarly;
      }),
      { numRuns: 40 * TIMES },
    );
    expect(settled).toBeGreaterThan(10);
  });

  test('has results that do not depend on where it was cut', async () => {
    const tricky = 'In the U.S. Mr. J. R. Smith met “Anna 👩‍👩‍👧 Müller”.\r\n\r\n• Inc. e\u0301 😀 said. '.repeat(2);
    const setting = { chunkTokens: 16, overlapTokens: 2, aggregation: 'FIRST', offsetEncoding: 'UTF8_BYTE' } as const;
    for (let cut = 0; cut <= tricky.length; cut++) {
      const steps = [{ append: cut }, 'replace', { append: 1 }] as const;
      await checkGrowth(tricky, steps, { ...setting, sentiment: false, seed: 7 });
      if (endsWithHalf(tricky.slice(0, cut))) expect(withoutHalf(tricky.slice(0, cut)).length).toBe(cut - 1);
    }
  });

  test('only keeps its unsettled end in memory, however long it is', async () => {
    const { registry } = service.server.inference;
    const options = {
      model: registry.resolve('NER'),
      sentiment: undefined,
      aggregation: 'FIRST',
      offsetEncoding: 'UTF16',
      minConfidence: 0,
    } as const;
    const growing = new GrowingText(options);
    const setting = {
      chunkTokens: 128,
      overlapTokens: 4,
      aggregation: 'FIRST',
      offsetEncoding: 'UTF16',
      sentiment: false,
      seed: 1,
    } as const;
    for (let at = 0; at < 60_000; at += 3000) {
      growing.push(story.slice(at, at + 3000));
      const tools = toolsOf(setting);
      for await (const _ of growing.settle(tools, false));
      expect(growing.length - growing.checkpoint.textFrom).toBeLessThan(3000);
      expect(JSON.stringify(growing.checkpoint).length).toBeLessThan(3000);
      tools.loaders.dispose();
    }
  });
});
