import { expect, test } from 'vitest';
import { poolWindows } from '../../src/documents/pooling.ts';

const rows = [Float32Array.of(0.9, 0.1), Float32Array.of(0.5, 0.5)];

test('the result of one window is its own', () => {
  expect(poolWindows([Float32Array.of(0.25, 0.5)], [7], true)).toEqual([0.25, 0.5]);
});

test('windows are weighted by their tokens, and labels that exclude each other add up to 1', () => {
  const pooled = poolWindows(rows, [30, 10], false);
  // (9 : 1) to the power of 3/4.
  const odds = 9 ** 0.75;
  expect(pooled).toEqual([expect.closeTo(odds / (1 + odds), 6), expect.closeTo(1 / (1 + odds), 6)]);
});

test('independent labels are pooled one by one', () => {
  const odds = 9 ** 0.75;
  const [first, second] = poolWindows([Float32Array.of(0.9, 0.9), Float32Array.of(0.5, 0.1)], [30, 10], true);
  expect(first).toBeCloseTo(odds / (1 + odds), 6);
  expect(second).toBeCloseTo(9 ** 0.5 / (1 + 9 ** 0.5), 6);
});

test('probabilities of 0 and 1 do not become NaN', () => {
  const pooled = poolWindows([Float32Array.of(1, 0), Float32Array.of(1, 0)], [1, 1], true);
  expect(pooled).toEqual([expect.closeTo(1), expect.closeTo(0)]);
});
