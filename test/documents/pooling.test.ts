import { expect, test } from 'vitest';
import { poolWindows } from '../../src/documents/pooling.ts';

const rows = [Float32Array.of(0.9, 0.1), Float32Array.of(0.5, 0.5)];

test('one window is taken as it is', () => {
  expect(poolWindows([Float32Array.of(0.25, 0.5)], [7], true)).toEqual([0.25, 0.5]);
});

test('windows weigh as much as they have tokens, and labels that exclude each other add up to 1', () => {
  const pooled = poolWindows(rows, [30, 10], false);
  // (9 : 1) to the power of 3/4.
  const odds = 9 ** 0.75;
  expect(pooled).toEqual([expect.closeTo(odds / (1 + odds), 6), expect.closeTo(1 / (1 + odds), 6)]);
});

test('independent labels are pooled each by itself', () => {
  const odds = 9 ** 0.75;
  const [first, second] = poolWindows([Float32Array.of(0.9, 0.9), Float32Array.of(0.5, 0.1)], [30, 10], true);
  expect(first).toBeCloseTo(odds / (1 + odds), 6);
  expect(second).toBeCloseTo(9 ** 0.5 / (1 + 9 ** 0.5), 6);
});

test('what a model is sure of stays a number', () => {
  const pooled = poolWindows([Float32Array.of(1, 0), Float32Array.of(1, 0)], [1, 1], true);
  expect(pooled).toEqual([expect.closeTo(1), expect.closeTo(0)]);
});
