import { expect, test } from 'vitest';
import { pearson, ranksOf } from '../../src/evaluation/similarity-evaluation.ts';
import { parseSimilarityFile } from '../../src/evaluation/similarity-file.ts';
import { runCommand } from '../cli/command.ts';

const source = (...lines: string[]) => ({ name: 'pairs.tsv', lines });

test('equal numbers share the mean of their ranks', () => {
  expect(ranksOf([3, 1, 3, 2])).toEqual([2.5, 0, 2.5, 1]);
});

test('the correlation of numbers in proportion is 1, of reversed ones -1, and of constant ones 0', () => {
  expect(pearson([1, 2, 3], [10, 20, 30])).toBeCloseTo(1, 12);
  expect(pearson([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 12);
  expect(pearson([1, 2, 3], [5, 5, 5])).toBe(0);
});

test('pairs are read with or without a header', () => {
  const rows = ['a cat\ta kitten\t4.5', '', 'a cat\ta bank\t0'];
  const pairs = [
    { text: 'a cat', other: 'a kitten', score: 4.5 },
    { text: 'a cat', other: 'a bank', score: 0 },
  ];
  expect(parseSimilarityFile(source(...rows))).toMatchObject(pairs);
  expect(parseSimilarityFile(source('a\tb\tscore', ...rows))).toMatchObject(pairs);
});

test.each([
  ['x\ty', 'pairs.tsv, line 1: expected three columns'],
  ['x\ty\thigh', 'pairs.tsv, line 1: the score must be a number, but it is "high"'],
  ['x\t \t1', 'pairs.tsv, line 1: one of the texts is empty'],
  ['x\ty\t1', 'pairs.tsv: it must have at least two pairs'],
])('invalid data is refused with its line: %j', (row, message) => {
  expect(() => parseSimilarityFile(source(row))).toThrow(message);
});

test('evaluate prints both correlations', async () => {
  const data =
    'A cat sits outside.\tA kitten is in the garden.\t4\nA cat sits outside.\tThe bank raised its rates.\t0\n';
  const { stdout, code } = await runCommand(['evaluate', '--task', 'similarity', '--json', '-'], data);
  expect(JSON.parse(stdout)).toMatchObject({ task: 'similarity', pairs: 2, spearman: 1, pearson: 1 });
  expect(code).toBe(0);
});
