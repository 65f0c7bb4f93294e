import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LengthCount, planBatch } from '../../src/inference/batch-plan.ts';

const BUDGET = 96;
const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 14 });
const first = fc.integer({ min: 1, max: 120 });
const runCost = fc.integer({ min: 0, max: 60 });

function counted(all: readonly number[]): LengthCount[] {
  const counts = new Map<number, number>();
  for (const length of all) counts.set(length, (counts.get(length) ?? 0) + 1);
  return [...counts].map(([length, count]) => ({ length, count })).sort((a, b) => a.length - b.length);
}

function planned(waiting: readonly number[], around: number, cost: number): number[] {
  const plan = planBatch(counted(waiting), around, BUDGET, cost);
  return plan.flatMap(({ length, count }) => Array.from({ length: count }, () => length));
}

/** What a batch costs for each token of a text. */
function costOf(batch: readonly number[], cost: number): number {
  return (Math.max(...batch) * batch.length + cost) / batch.reduce((sum, length) => sum + length, 0);
}

/** The least that any stretch of neighbouring lengths around the first costs, found by trying them all. */
function leastCost(waiting: readonly number[], around: number, cost: number): number {
  const sorted = [...waiting, around].sort((a, b) => a - b);
  let least = costOf([around], cost);
  for (let from = 0; from < sorted.length; from++) {
    for (let to = from + 1; to <= sorted.length; to++) {
      const batch = sorted.slice(from, to);
      if (batch.includes(around) && Math.max(...batch) * batch.length <= BUDGET) {
        least = Math.min(least, costOf(batch, cost));
      }
    }
  }
  return least;
}

test('no other range of lengths costs less per token', () => {
  fc.assert(
    fc.property(lengths, first, runCost, (waiting, around, cost) => {
      const batch = [around, ...planned(waiting, around, cost)];
      expect(costOf(batch, cost)).toBeCloseTo(leastCost(waiting, around, cost), 9);
    }),
    { numRuns: 2000 },
  );
});

test('a batch only has queued sequences, and keeps to the budget', () => {
  fc.assert(
    fc.property(lengths, first, runCost, (waiting, around, cost) => {
      const plan = planned(waiting, around, cost);
      const left = [...waiting];
      for (const length of plan) {
        expect(left).toContain(length);
        left.splice(left.indexOf(length), 1);
      }
      if (plan.length > 0) expect(Math.max(around, ...plan) * (plan.length + 1)).toBeLessThanOrEqual(BUDGET);
    }),
  );
});

test('equal lengths fill a batch', () => {
  expect(planBatch([{ length: 8, count: 50 }], 8, BUDGET, 15)).toEqual([{ length: 8, count: 11 }]);
});

test('a higher cost per run leads to fewer batches with more padding', () => {
  const waiting = [4, 6, 8, 12, 16, 20];
  const sizes = [0, 5, 20, 1e6].map((cost) => planned(waiting, 12, cost).length);
  expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
  expect(sizes[0]).toBe(0);
  expect(sizes.at(-1)).toBeGreaterThan(2);
});
