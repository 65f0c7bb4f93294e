import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Aggregation } from '../../src/documents/aggregation.ts';
import { type AnalysisEvent, analyze } from '../../src/documents/analysis.ts';
import { decodeCursor } from '../../src/documents/cursor.ts';
import { Document } from '../../src/documents/document.ts';
import type { Entity } from '../../src/documents/entities.ts';
import { type Checkpoint, GrowingText, type GrownEntity, type SettledChunk } from '../../src/documents/growing.ts';
import type { OffsetEncoding } from '../../src/documents/offsets.ts';
import { endsWithHalf, withoutHalf } from '../../src/documents/surrogates.ts';
import type { Loaders } from '../../src/inference/loaders.ts';
import { useService } from '../service.ts';
import { STRATEGIES } from './reading.ts';
import { NAMES } from './unicode.ts';

/** Set for the nightly run, which tries this many times as many cases. */
const TIMES = Number(process.env['BERTQL_PROPERTY_TIMES'] ?? 1);

const service = useService({ CACHE_BYTES: '67108864' });
const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');
const UNITS: readonly OffsetEncoding[] = ['UTF16', 'CODE_POINT', 'UTF8_BYTE'];

interface Setting {
  readonly chunkTokens: number;
  readonly overlapTokens: number;
  readonly aggregation: Aggregation;
  readonly offsetEncoding: OffsetEncoding;
  readonly sentiment: boolean;
  /** The labels come from {@link labelByWindow} instead of the model. */
  readonly seed?: number;
}

/**
 * Puts a model in place of the real one whose labels depend on the whole window: a window that is not the one of the
 * whole text gives other entities.
 */
function labelByWindow(loaders: Loaders, seed: number): void {
  const real = loaders.scores.load.bind(loaders.scores);
  vi.spyOn(loaders.scores, 'load').mockImplementation(async (sequence) => {
    const { model, ids } = sequence;
    if (model.task !== 'NER') return real(sequence);
    const width = model.labels.length;
    const { prefix, suffix } = model.tokenizer;
    const values = new Float32Array((prefix.length + ids.length + suffix.length) * width);
    const window = ids.reduce((hash, id) => Math.imul(hash ^ id, 0x01000193), seed);
    ids.forEach((id, index) => {
      const hash = Math.imul(id + window + index, 0x9e3779b1) >>> 0;
      const likely = [0, 0, 1, 2, 2, 4][hash % 6];
      for (let column = 0; column < width; column++) {
        values[(prefix.length + index) * width + column] =
          ((hash >>> (3 * column)) & 7) + 1 + (column === likely ? 9 : 0);
      }
    });
    return { values, queueMs: 0, inferenceMs: 0, batchSize: 1, cached: false };
  });
}

function toolsOf({ chunkTokens, overlapTokens, seed }: Setting) {
  const { inference } = service.server;
  const loaders = inference.loaders();
  if (seed !== undefined) labelByWindow(loaders, seed);
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
  return (await document.entities({ aggregation: setting.aggregation, minConfidence: 0 })).map(plain);
}

/** The chunks of a text in one reading. */
async function chunksAtOnce(text: string, setting: Setting) {
  const { loaders, registry, documents } = toolsOf(setting);
  const document = new Document(text, setting.offsetEncoding, loaders, registry, documents);
  const options = { aggregation: setting.aggregation, minConfidence: 0 };
  const events: AnalysisEvent[] = [];
  for await (const event of await analyze(document, registry.resolve('NER'), options, null, String)) events.push(event);
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
  const model = registry.resolve('NER');
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
  for await (const chunk of growing.settle(tools, true)) settled.push(chunk);
  expect(settled.map(settledOf)).toEqual(await chunksAtOnce(text, setting));
  return { settledEarly };
}

const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NAMES, 'Ursula von der Leyen', 'Donaudampfschifffahrtsgesellschaft') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'the',
      'talks',
      'with',
      'went',
      'on',
      '北京市',
      '😀',
      'e\u0301',
      'unaffably',
      'x-y',
      '3.5',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'Mr.',
      'U.S.',
      'Inc.',
      'e.g.',
      'Fig.',
      'St.',
      'p.',
      'J.',
      '"Stop!"',
      '(Yes.)',
      '...',
      '350 F.',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'anna@x.com',
      'www.bertql.org',
      '@anna_s',
      '1.',
      '•',
      '-',
      'a|b',
      '“',
      '\u200d',
      '[SEP]',
    ),
  },
);
const gap = fc.oneof(
  { weight: 6, arbitrary: fc.constant(' ') },
  { weight: 3, arbitrary: fc.constantFrom('. ', '! ', '? ', '." ', ', ', '; ') },
  { weight: 2, arbitrary: fc.constantFrom('\n', '\r\n', '\n\n', '\t', '  ', '\u0085', '\f', '\u2028', '') },
);
const wild = fc
  .array(fc.tuple(word, gap), { minLength: 1, maxLength: 110, size: 'max' })
  .map((words) => words.flat().join(''));
const prose = fc
  .record({ start: fc.nat({ max: story.length - 1 }), length: fc.integer({ min: 1, max: 1600 }) })
  .map(({ start, length }) => story.slice(start, start + length).toWellFormed());
const anything = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.toWellFormed());
const text = fc.oneof(
  { weight: 5, arbitrary: wild },
  { weight: 3, arbitrary: prose },
  { weight: 1, arbitrary: anything },
);
const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ append: fc.integer({ min: 0, max: 300 }) }) },
    { weight: 1, arbitrary: fc.constant('replace' as const) },
  ),
  { maxLength: 9 },
);
const setting = fc.integer({ min: 8, max: 48 }).chain((chunkTokens) =>
  fc.record({
    chunkTokens: fc.constant(chunkTokens),
    overlapTokens: fc.nat({ max: Math.floor(chunkTokens / 4) }),
    aggregation: fc.constantFrom(...STRATEGIES),
    offsetEncoding: fc.constantFrom(...UNITS),
    sentiment: fc.constant(false),
    seed: fc.nat(),
  }),
);

describe('a text that grows', { timeout: 240_000 * TIMES }, () => {
  test('is at any moment what one reading of the text so far gives, and so is its end', async () => {
    let settled = 0;
    await fc.assert(
      fc.asyncProperty(text, steps, setting, async (text, steps, setting) => {
        settled += (await checkGrowth(text, steps, setting)).settledEarly;
      }),
      { numRuns: 1900 * TIMES },
    );
    expect(settled).toBeGreaterThan(3000);
  });

  test('is read by the real models in the windows of one reading, with sentiment and without', async () => {
    let settled = 0;
    const real = fc.record({
      chunkTokens: fc.constantFrom(24, 48, 128),
      overlapTokens: fc.constant(4),
      aggregation: fc.constantFrom(...STRATEGIES),
      offsetEncoding: fc.constantFrom(...UNITS),
      sentiment: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(text, steps, real, async (text, steps, setting) => {
        settled += (await checkGrowth(text, steps, setting)).settledEarly;
      }),
      { numRuns: 40 * TIMES },
    );
    expect(settled).toBeGreaterThan(10);
  });

  test('does not depend on the cut, wherever it is', async () => {
    const tricky = 'In the U.S. Mr. J. R. Smith met “Anna 👩‍👩‍👧 Müller”.\r\n\r\n• Inc. e\u0301 😀 said. '.repeat(2);
    const setting = { chunkTokens: 16, overlapTokens: 2, aggregation: 'FIRST', offsetEncoding: 'UTF8_BYTE' } as const;
    for (let cut = 0; cut <= tricky.length; cut++) {
      const steps = [{ append: cut }, 'replace', { append: 1 }] as const;
      await checkGrowth(tricky, steps, { ...setting, sentiment: false, seed: 7 });
      if (endsWithHalf(tricky.slice(0, cut))) expect(withoutHalf(tricky.slice(0, cut)).length).toBe(cut - 1);
    }
  });

  test('keeps no more than its open end, however long it is', async () => {
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
