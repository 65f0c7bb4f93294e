import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { Inference } from '../../src/inference/inference.ts';
import type { Loaders } from '../../src/inference/loaders.ts';
import type { ModelOutput, Sequence } from '../../src/inference/work.ts';
import { ModelRegistry } from '../../src/models/registry.ts';

const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');
/** From one token to as many as the models take, mostly short, so that what shares a batch varies. */
const LENGTHS = [1, 1, 2, 3, 3, 4, 5, 6, 7, 9, 12, 12, 15, 17, 20, 24, 29, 33, 40, 52, 64, 80, 101, 126, 200, 333, 510];

async function startInference(workers: number): Promise<Inference> {
  const options = {
    workers,
    batchTokens: 2048,
    gpuBatchTokens: 2048,
    queueTokens: 1_000_000,
    cacheBytes: 0,
    batchTimeoutMs: 30_000,
    load: 'WAIT',
    modelMemoryBytes: 1e9,
  } as const;
  const inference = new Inference(await ModelRegistry.open(loadConfig({}).modelsDirectory), options);
  await inference.start();
  // Batches of many texts and much padding, which only a GPU is given.
  for (const model of inference.registry.models) vi.spyOn(model, 'device', 'get').mockReturnValue('cuda');
  return inference;
}

/** Stretches of prose of all lengths for both models, each from another place, in an order that mixes them. */
async function questionsFor(inference: Inference): Promise<readonly Sequence[]> {
  const models = [inference.registry.resolve('SENTIMENT'), inference.registry.resolve('NER')];
  const questions = models.map(async (model) => {
    const { ids } = await inference.loaders().encodings.load({ tokenizer: model.tokenizer, text: story });
    return LENGTHS.map((length, index) => {
      const start = (index * 997) % (ids.length - length);
      return { model, ids: ids.subarray(start, start + length) };
    });
  });
  return (await Promise.all(questions)).flat().sort((a, b) => (a.ids.length % 7) - (b.ids.length % 7));
}

/** Whatever an operation asks for after this is bulk work. */
async function askMuch({ scores }: Loaders, [question]: readonly Sequence[]): Promise<void> {
  if (!question) throw new Error('There are questions.');
  const { model } = question;
  await Promise.all([1, 2, 3].map(() => scores.load({ model, ids: new Int32Array(510).fill(2143) })));
}

/** The greatest difference between the scores of the same texts. */
function difference(some: readonly ModelOutput[], others: readonly ModelOutput[]): number {
  const lengths = (all: readonly ModelOutput[]) => all.map(({ values }) => values.length);
  expect(lengths(some)).toEqual(lengths(others));
  const differences = some.flatMap(({ values }, index) =>
    Array.from(values, (each, at) => Math.abs(each - (others[index]?.values[at] ?? Number.NaN))),
  );
  return differences.reduce((most, each) => (each <= most ? most : each), 0);
}

describe('a text has the same scores in a batch as alone', () => {
  let alone: readonly ModelOutput[];
  beforeAll(async () => {
    const inference = await startInference(1);
    const scores: ModelOutput[] = [];
    for (const question of await questionsFor(inference)) {
      scores.push(await inference.loaders().scores.load(question));
    }
    alone = scores;
    await inference.close();
  });

  test.each([
    { workers: 1, lane: 'INTERACTIVE' },
    { workers: 2, lane: 'INTERACTIVE' },
    { workers: 1, lane: 'BULK' },
    { workers: 2, lane: 'BULK' },
  ])('with $workers workers in the lane $lane', async ({ workers, lane }) => {
    const inference = await startInference(workers);
    onTestFinished(() => inference.close());
    const questions = await questionsFor(inference);
    const ofAll = inference.loaders();
    if (lane === 'BULK') await askMuch(ofAll, questions);
    const before = inference.counts;
    const together = await Promise.all(
      questions.map((question) => (lane === 'BULK' ? ofAll : inference.loaders()).scores.load(question)),
    );
    const { batches, tokens, paddedTokens } = inference.counts;

    expect(alone.every(({ batchSize }) => batchSize === 1)).toBe(true);
    expect(batches - before.batches).toBeLessThan(questions.length / 2);
    expect(paddedTokens - before.paddedTokens).toBeGreaterThan(1.2 * (tokens - before.tokens));
    expect(difference(together, alone)).toBeLessThan(1e-5);
  });
});
