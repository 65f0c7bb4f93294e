import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { Inference } from '../../src/inference/inference.ts';
import type { Model } from '../../src/models/registry.ts';
import { ModelRegistry } from '../../src/models/registry.ts';
import { entry, FIXTURES, type Fixture } from './fixtures.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bertql-probe-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Loads a model whose weights are replaced by a file of `misbehaving/`, which `misbehave.py` made, and uses it. */
async function withWeights<T>(
  weights: string | undefined,
  model: Fixture,
  use: (inference: Inference, model: Model) => Promise<T>,
): Promise<T> {
  await cp(join(FIXTURES, model), join(folder, model), { recursive: true });
  if (weights) await cp(join(FIXTURES, `misbehaving/${weights}.onnx`), join(folder, model, 'onnx/model.onnx'));
  const task = model === 'electra-bilou' ? 'NER' : 'SENTIMENT';
  const config = loadConfig({ WORKERS: '1', CACHE_BYTES: '0' });
  const registry = await ModelRegistry.open(folder, {
    ...config,
    entries: [entry(model, task, { bundled: false, preload: false })],
  });
  const inference = new Inference(registry, config);
  try {
    await inference.start();
    const resolved = registry.resolve(task, model);
    await inference.loader.load(resolved, undefined);
    return await use(inference, resolved);
  } finally {
    await inference.close();
  }
}

describe('a model that misbehaves is refused when it is loaded', () => {
  test.each([
    ['was exported for four texts a run', 'four-texts', 'it was exported for exactly 4 texts a run. Export it with'],
    [
      'was exported for one length',
      'sixteen-tokens',
      'it was exported for texts of exactly 16 tokens. Export it with dynamic axes for batch and sequence.',
    ],
    [
      'has fewer rows than its tokenizer has ids',
      'small-table',
      "it cannot read the tokenizer's highest id, 599: its embedding table is too small (",
    ],
    [
      'has fewer positions than its configuration says',
      'few-positions',
      'it cannot read 64 tokens, which is its longest input according to its files (',
    ],
    ['gives NaN', 'nan', 'it gives numbers that are not finite (NaN or infinity).'],
  ])('if it %s', async (_, weights, reason) => {
    const loading = withWeights(weights, 'electra-bilou', async () => undefined);
    await expect(loading).rejects.toThrow(`Model "electra-bilou" cannot be used: ${reason}`);
  });
});

describe('a model for one text per run', () => {
  const texts = Array.from({ length: 20 }, (_, index) => Int32Array.from({ length: 1 + index }, (_, at) => 100 + at));
  const scoresOf = (weights?: string) =>
    withWeights(weights, 'electra-bilou', async (inference, model) => {
      const loaders = inference.loaders();
      const outputs = await loaders.scores.loadMany(texts.map((ids) => ({ model, ids })));
      loaders.dispose();
      return outputs.map((output) => {
        if (output instanceof Error) throw output;
        return output;
      });
    });

  test.each([
    ['as its inputs declare', 'one-text'],
    ['as only running it shows', 'one-text-undeclared'],
  ])('runs texts one by one, %s', async (_, weights) => {
    const outputs = await scoresOf(weights);
    expect(outputs.map(({ batchSize }) => batchSize)).toEqual(texts.map(() => 1));
    const expected = await scoresOf();
    expected.forEach(({ values }, index) => {
      const found = outputs[index]?.values ?? [];
      expect(found).toHaveLength(values.length);
      values.forEach((value, at) => {
        expect(found[at]).toBeCloseTo(value, 5);
      });
    });
  });
});

test('only a text for which a model gives NaN fails, with the reason, and not its batch-mates', async () => {
  const but = 303;
  await withWeights('nan-sometimes', 'distilbert-multilabel', async (inference, model) => {
    const loaders = inference.loaders();
    const texts = [[310], [but, 310], [310, 311], [311, but]].map((ids) => ({ model, ids: Int32Array.from(ids) }));
    const outputs = await loaders.scores.loadMany(texts);
    loaders.dispose();
    expect(outputs).toEqual([
      expect.objectContaining({ batchSize: 3 }),
      expect.objectContaining({ code: 'MODEL_UNAVAILABLE', message: expect.stringContaining('not finite') }),
      expect.objectContaining({ batchSize: 3 }),
      expect.objectContaining({ code: 'MODEL_UNAVAILABLE', message: expect.stringContaining('not finite') }),
    ]);
  });
});
