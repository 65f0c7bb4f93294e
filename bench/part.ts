import type { Bench } from './bench.ts';

/** A line of the table. */
export interface Row {
  readonly measure: string;
  readonly value: number;
  /** As in `ms`; empty for a bare number. A share is given as a number to 1 and shown in `%`. */
  readonly unit: string;
  readonly goal?: Goal;
  /** What else the reader should know, in a few words. */
  readonly note?: string;
}

export type Goal = { readonly atLeast: number } | { readonly atMost: number };

/** What a part of the benchmark found. */
export interface PartResult {
  readonly rows: readonly Row[];
  /** All figures of the rows, for the JSON file. */
  readonly details: unknown;
}

/** A part of the benchmark, which can be run alone. */
export type Part = (bench: Bench) => Promise<PartResult>;

export function reached({ value, goal }: Row): boolean | undefined {
  if (!goal) return undefined;
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}
