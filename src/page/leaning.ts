/** Which way a text leans. */
export type Leaning = 'positive' | 'negative' | 'neutral';

/** Between these shares of positive a text is neutral: the model was torn, or there was nothing to feel. */
const NEUTRAL_FROM = 0.35;
const NEUTRAL_TO = 0.65;

/** Which way a text leans that is positive with some probability, 0 to 1. */
export function leaningOf(positive: number): Leaning {
  if (positive < NEUTRAL_FROM) return 'negative';
  return positive > NEUTRAL_TO ? 'positive' : 'neutral';
}
