import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { Inference, type InferenceOptions } from '../../src/inference/inference.ts';
import type { Scores } from '../../src/inference/work.ts';
import { type Model, ModelRegistry } from '../../src/models/registry.ts';

const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');
/** From one piece to all that the models take, short ones more often: what shares a batch with what varies. */
const LENGTHS = [1, 1, 2, 3, 3, 4, 5, 6, 7, 9, 12, 12, 15, 17, 20, 24, 29, 33, 40, 52, 64, 80, 101, 126, 200, 333, 510];

interface Question {
  readonly model: Model;
  readonly pieces: Int32Array;
}

async function startInference(workers: number, interactiveTokens: number): Promise<Inference> {
  // Batches of many texts and much padding, which the server's own settings avoid.
  const options: InferenceOptions = {
    workers,
    interactiveTokens,
    batchTokens: 2048,
    gpuBatchTokens: 2048,
    runCostTokens: 2048,
    queueTokens: 1_000_000,
    cacheBytes: 0,
    batchTimeoutMs: 30_000,
    load: 'WAIT',
    modelMemoryBytes: 1e9,
  };
  const inference = new Inference(await ModelRegistry.open(loadConfig({}).modelsDirectory), options);
  await inference.start();
  return inference;
}

/** Stretches of prose of all lengths for both models, each from another place, in an order that mixes them. */
async function questionsFor(inference: Inference): Promise<readonly Question[]> {
  const models = [inference.registry.resolve('SENTIMENT'), inference.registry.resolve('NER')];
  const questions = models.map(async (model) => {
    const { ids } = await inference.scope().encode(model.vocabulary, story);
    return LENGTHS.map((length, index) => {
      const start = (index * 997) % (ids.length - length);
      return { model, pieces: ids.subarray(start, start + length) };
    });
  });
  return (await Promise.all(questions)).flat().sort((a, b) => (a.pieces.length % 7) - (b.pieces.length % 7));
}

/** The greatest difference between the scores of the same texts. */
function difference(some: readonly Scores[], others: readonly Scores[]): number {
  const lengths = (all: readonly Scores[]) => all.map(({ probabilities }) => probabilities.length);
  expect(lengths(some)).toEqual(lengths(others));
  const differences = some.flatMap(({ probabilities }, index) =>
    Array.from(probabilities, (each, at) => Math.abs(each - (others[index]?.probabilities[at] ?? Number.NaN))),
  );
  return differences.reduce((most, each) => (each <= most ? most : each), 0);
}

describe('a text scores in a batch what it scores alone', () => {
  let alone: readonly Scores[];
  beforeAll(async () => {
    const inference = await startInference(1, 1_000_000);
    const scores: Scores[] = [];
    for (const { model, pieces } of await questionsFor(inference)) {
      scores.push(await inference.scope().run(model, pieces));
    }
    alone = scores;
    await inference.close();
  });

  test.each([
    { workers: 1, lane: 'INTERACTIVE', interactiveTokens: 1_000_000 },
    { workers: 2, lane: 'INTERACTIVE', interactiveTokens: 1_000_000 },
    { workers: 1, lane: 'BULK', interactiveTokens: 0 },
    { workers: 2, lane: 'BULK', interactiveTokens: 0 },
  ])('$workers workers, lane $lane', async ({ workers, interactiveTokens }) => {
    const inference = await startInference(workers, interactiveTokens);
    onTestFinished(() => inference.close());
    const questions = await questionsFor(inference);
    const before = inference.counts;
    const scope = inference.scope();
    const together = await Promise.all(questions.map(({ model, pieces }) => scope.run(model, pieces)));
    const { batches, tokens, paddedTokens } = inference.counts;

    expect(alone.every(({ batchSize }) => batchSize === 1)).toBe(true);
    expect(batches - before.batches).toBeLessThan(questions.length / 2);
    expect(paddedTokens - before.paddedTokens).toBeGreaterThan(1.2 * (tokens - before.tokens));
    expect(difference(together, alone)).toBeLessThan(1e-5);
  });
});
