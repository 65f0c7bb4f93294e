import { cosine } from '../documents/meaning.ts';
import type { ScoredPair } from './similarity-file.ts';
import { type EvaluationOptions, forEachText } from './text-runs.ts';

export interface SimilarityEvaluation {
  readonly pairs: number;
  /** Correlation of the ranks of cosines and scores, -1 to 1. */
  readonly spearman: number;
  /** Linear correlation of cosines and scores, -1 to 1. */
  readonly pearson: number;
}

/** Compares the cosines of the texts' vectors with the scores of the data. */
export async function evaluateSimilarity(
  source: string,
  pairs: readonly ScoredPair[],
  options: EvaluationOptions,
): Promise<SimilarityEvaluation> {
  const { id } = options.model;
  const cosines = await forEachText(source, pairs, options, async (document, { other }) => {
    const [a, b] = await Promise.all([document.embedding(id), document.embeddingOf(other, id)]);
    return cosine(a.vector, b.vector);
  });
  const scores = pairs.map(({ score }) => score);
  return {
    pairs: pairs.length,
    spearman: pearson(ranksOf(cosines), ranksOf(scores)),
    pearson: pearson(cosines, scores),
  };
}

/** Pearson's correlation; 0 if one of the lists does not vary. */
export function pearson(a: readonly number[], b: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  a.forEach((value, index) => {
    const [x, y] = [value - meanA, (b[index] ?? 0) - meanB];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  });
  return squaresA === 0 || squaresB === 0 ? 0 : product / Math.sqrt(squaresA * squaresB);
}

/** The rank of each number from 0; equal numbers share the mean of their ranks. */
export function ranksOf(numbers: readonly number[]): readonly number[] {
  const order = [...numbers.keys()].sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0));
  const ranks = Array.from(numbers, () => 0);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && numbers[order[end] ?? 0] === numbers[order[start] ?? 0]) end++;
    for (let at = start; at < end; at++) ranks[order[at] ?? 0] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}
