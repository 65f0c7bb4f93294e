import { expect, test } from 'vitest';
import { normalize, pool } from '../../src/inference/vectors.ts';
import { entry, useModels } from '../models/fixtures.ts';

// Two sequences of a padded batch, three tokens each, vectors of two numbers; the last token of the second is padding.
const data = Float32Array.of(1, 2, 3, 4, 5, 6, -1, -2, -3, 8, 99, 99);

test.each([
  ['MEAN', [3, 4], [-2, 3]],
  ['CLS', [1, 2], [-1, -2]],
  ['MAX', [5, 6], [-1, 8]],
] as const)('%s pools the tokens of a sequence without padding', (pooling, first, second) => {
  const target = new Float32Array(2);
  pool({ data, from: 0, width: 2 }, 3, pooling, target);
  expect([...target]).toEqual(first);
  pool({ data, from: 3, width: 2 }, 2, pooling, target);
  expect([...target]).toEqual(second);
});

test('a vector is scaled to length 1, and the zero vector is not changed', () => {
  const vector = Float32Array.of(3, 4);
  normalize(vector);
  expect([...vector]).toEqual([Math.fround(0.6), Math.fround(0.8)]);
  const zero = new Float32Array(2);
  normalize(zero);
  expect([...zero]).toEqual([0, 0]);
});

const models = useModels([entry('sentence-vectors', 'EMBEDDING'), entry('token-vectors', 'EMBEDDING')]);

test.each(['sentence-vectors', 'token-vectors'])('%s gives a unit vector for a text', async (id) => {
  const loaders = models.inference.loaders();
  const model = models.registry.resolve('EMBEDDING', id);
  const { values } = await loaders.embeddings.load({ model, ids: Int32Array.of(310, 311, 312) });
  expect(values).toHaveLength(model.dimensions);
  expect(Math.hypot(...values)).toBeCloseTo(1, 5);
  loaders.dispose();
});

test('a model that only gives vectors of whole texts says so when vectors of words are requested', async () => {
  const loaders = models.inference.loaders();
  const model = models.registry.resolve('EMBEDDING', 'sentence-vectors');
  const asked = loaders.embeddings.load({ model, ids: Int32Array.of(310, 311), ranges: [{ start: 0, end: 1 }] });
  await expect(asked).rejects.toMatchObject({
    code: 'MODEL_UNAVAILABLE',
    message: expect.stringContaining('it only gives vectors of whole texts'),
  });
  loaders.dispose();
});
