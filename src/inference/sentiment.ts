import type { Model } from '../models/registry.ts';
import type { Timing } from './timing.ts';

/** What to do with a text that is longer than the model can read at once. */
export type LongText = 'TRUNCATE' | 'WINDOWS';

export interface SentimentResult {
  /** The same for the same text, model, revision and treatment of long texts. */
  readonly id: string;
  /** The text as the client sent it. */
  readonly text: string;
  readonly label: string;
  readonly confidence: number;
  /** In the model's own label order; they add up to 1, unless its labels are independent. */
  readonly probabilities: readonly LabelProbability[];
  /** Tokens of the text, with special tokens. */
  readonly tokenCount: number;
  /** Tokens that the model read. */
  readonly tokensUsed: number;
  readonly truncated: boolean;
  /** Whether the model knows any token of the text; false for emoji, for instance, if all tokens are unknown. */
  readonly readable: boolean;
  readonly model: Model;
  readonly timing: Timing;
}

export interface LabelProbability {
  readonly label: string;
  readonly probability: number;
}
