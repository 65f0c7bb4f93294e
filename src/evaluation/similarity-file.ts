import { DataError, type Source } from './source.ts';

/** Two texts of the data with their gold similarity. */
export interface ScoredPair {
  readonly text: string;
  readonly other: string;
  readonly line: number;
  /** On any scale: only order and linear relation matter. */
  readonly score: number;
}

/**
 * Reads lines of `a<TAB>b<TAB>score` without a header, or with one that names the columns `a`, `b` and `score`. Throws
 * {@link DataError}.
 */
export function parseSimilarityFile(source: Source): readonly ScoredPair[] {
  const hasHeader = /^a\tb\tscore$/i.test((source.lines[0] ?? '').trim());
  const pairs = source.lines.flatMap((line, index): ScoredPair[] => {
    if (line.trim() === '' || (hasHeader && index === 0)) return [];
    return [readRow(source, index + 1, line.split('\t'))];
  });
  if (pairs.length < 2) {
    throw new DataError(
      source.name,
      undefined,
      `it must have at least two pairs of texts, but it has ${pairs.length}.`,
    );
  }
  if (pairs.every(({ score }) => score === pairs[0]?.score)) {
    throw new DataError(source.name, undefined, 'all of its scores are equal, so there is nothing to compare.');
  }
  return pairs;
}

function readRow(source: Source, line: number, columns: readonly string[]): ScoredPair {
  const [text = '', other = '', written = ''] = columns;
  if (columns.length !== 3) {
    const problem = `expected three columns separated by tabs, a, b and score, but there ${columns.length === 1 ? 'is' : 'are'} ${columns.length}.`;
    throw new DataError(source.name, line, problem);
  }
  if (text.trim() === '' || other.trim() === '') throw new DataError(source.name, line, 'one of the texts is empty.');
  const score = written.trim() === '' ? Number.NaN : Number(written);
  if (Number.isFinite(score)) return { text, other, line, score };
  throw new DataError(
    source.name,
    line,
    `the score must be a number, but it is ${JSON.stringify(written.slice(0, 60))}.`,
  );
}
