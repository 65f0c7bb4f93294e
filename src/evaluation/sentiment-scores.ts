import { argmax } from '../documents/argmax.ts';

/** Number of bins of the calibration error, as in Guo et al. (2017). */
export const CALIBRATION_BINS = 15;
/** Probabilities are kept this far from 0 and 1 before their logarithm is taken. */
const LEAST_PROBABILITY = 1e-15;

/** A model's probabilities for a text, and the gold label. */
export interface ScoredText {
  /** Index of the gold label. */
  readonly gold: number;
  /** One for each label. */
  readonly probabilities: readonly number[];
}

export interface SentimentScores {
  /** Part of the texts whose most probable label is the gold one, 0 to 1. */
  readonly accuracy: number;
  /** Mean of -ln(probability of the gold label). */
  readonly logLoss: number;
  /**
   * Expected calibration error: texts are sorted into {@link CALIBRATION_BINS} bins of equal width by the probability
   * of their predicted label; the error is the mean over all texts of the gap between their bin's mean probability and
   * accuracy.
   */
  readonly calibrationError: number;
  /** Counts, with a row for each gold label and a column for each predicted one. */
  readonly confusion: readonly (readonly number[])[];
}

/** Scores the texts of one evaluation; there must be at least one. */
export function scoreTexts(texts: readonly ScoredText[], labelCount: number): SentimentScores {
  const confusion = Array.from({ length: labelCount }, () => new Array<number>(labelCount).fill(0));
  const bins = Array.from({ length: CALIBRATION_BINS }, () => ({ confidence: 0, correct: 0 }));
  let correct = 0;
  let loss = 0;
  for (const { gold, probabilities } of texts) {
    const predicted = argmax(probabilities);
    const confidence = probabilities[predicted] ?? 0;
    const isCorrect = predicted === gold ? 1 : 0;
    correct += isCorrect;
    loss -= Math.log(clip(probabilities[gold] ?? 0));
    const row = confusion[gold];
    if (row) row[predicted] = (row[predicted] ?? 0) + 1;
    const bin = bins[binOf(confidence)];
    if (bin) {
      bin.confidence += confidence;
      bin.correct += isCorrect;
    }
  }
  return {
    accuracy: correct / texts.length,
    logLoss: loss / texts.length,
    calibrationError: bins.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.correct), 0) / texts.length,
    confusion,
  };
}

/** Bin `i` holds the probabilities above `i / bins` up to `(i + 1) / bins`. */
function binOf(confidence: number): number {
  return Math.min(CALIBRATION_BINS - 1, Math.max(0, Math.ceil(confidence * CALIBRATION_BINS) - 1));
}

function clip(probability: number): number {
  return Math.min(1 - LEAST_PROBABILITY, Math.max(LEAST_PROBABILITY, probability));
}
