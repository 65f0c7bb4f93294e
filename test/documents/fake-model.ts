import { vi } from 'vitest';
import type { Loaders } from '../../src/inference/loaders.ts';
import type { Model } from '../../src/models/registry.ts';

/**
 * Puts a model in place of the real one whose answers depend on the whole window: a window that is not the one of the
 * whole text gives other entities, and another sentiment.
 */
export function answerByWindow(loaders: Loaders, seed: number): void {
  vi.spyOn(loaders.scores, 'load').mockImplementation(async ({ model, ids }) => {
    const window = ids.reduce((hash, id) => Math.imul(hash ^ id, 0x01000193), seed);
    const values = model.task === 'NER' ? labels(model, ids, window) : sentiment(window);
    return { values, queueMs: 0, inferenceMs: 0, batchSize: 1, cached: false };
  });
}

function labels(model: Model, ids: Int32Array, window: number): Float32Array {
  const width = model.labels.length;
  const { prefix, suffix } = model.tokenizer;
  const values = new Float32Array((prefix.length + ids.length + suffix.length) * width);
  ids.forEach((id, index) => {
    const hash = Math.imul(id + window + index, 0x9e3779b1) >>> 0;
    const likely = [0, 0, 1, 2, 2, 4][hash % 6];
    for (let column = 0; column < width; column++) {
      values[(prefix.length + index) * width + column] =
        ((hash >>> (3 * column)) & 7) + 1 + (column === likely ? 9 : 0);
    }
  });
  return values;
}

function sentiment(window: number): Float32Array {
  const positive = ((window >>> 8) & 1023) / 1024;
  return Float32Array.of(1 - positive, positive);
}
