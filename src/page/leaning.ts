import { NEUTRAL } from '../documents/verdict.ts';

/** Which way a text leans. */
export type Leaning = 'positive' | 'negative' | 'neutral';

/** Which way a text leans that is positive with some probability, 0 to 1. */
export function leaningOf(positive: number): Leaning {
  if (positive < NEUTRAL.from) return 'negative';
  return positive > NEUTRAL.to ? 'positive' : 'neutral';
}
