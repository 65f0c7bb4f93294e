import { describe, expect, it } from 'vitest';
import { CALIBRATION_BINS, scoreTexts } from '../../src/evaluation/sentiment-scores.ts';

/** A text of two labels, by the probability of the second. */
function text(gold: number, probability: number) {
  return { gold, probabilities: [1 - probability, probability] };
}

describe('sentiment scores', () => {
  it('are accuracy, log loss and the confusion matrix', () => {
    const { accuracy, logLoss, confusion } = scoreTexts([text(1, 0.8), text(1, 0.4), text(0, 0.1), text(0, 0.75)], 2);
    expect(accuracy).toBe(0.5);
    expect(logLoss).toBeCloseTo(-(Math.log(0.8) + Math.log(0.4) + Math.log(0.9) + Math.log(0.25)) / 4, 12);
    expect(confusion).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('have a row for each gold label and a column for each predicted one', () => {
    const texts = [
      { gold: 0, probabilities: [0.1, 0.2, 0.7] },
      { gold: 0, probabilities: [0.5, 0.3, 0.2] },
      { gold: 2, probabilities: [0.2, 0.7, 0.1] },
    ];
    expect(scoreTexts(texts, 3).confusion).toEqual([
      [1, 0, 1],
      [0, 0, 0],
      [0, 1, 0],
    ]);
  });

  it('weigh the gap between confidence and accuracy of each bin', () => {
    expect(CALIBRATION_BINS).toBe(15);
    // Bin 12 of 15, (12/15, 13/15]: confidences 0.82 and 0.86, one of them right. Bin 14, (14/15, 1]: 0.96, right. Bin 8: 0.6, wrong.
    const { calibrationError } = scoreTexts([text(1, 0.82), text(0, 0.86), text(1, 0.96), text(0, 0.6)], 2);
    expect(calibrationError).toBeCloseTo((2 * Math.abs(0.84 - 0.5) + Math.abs(0.96 - 1) + Math.abs(0.6 - 0)) / 4, 12);
  });

  it('put a probability on a boundary into the bin below it, and 1 into the last', () => {
    // 0.8 = 12/15 closes bin 11, so it is apart from 0.81: |0.8 - 1| and |0.81 - 0|, not |0.805 - 0.5|.
    const { calibrationError } = scoreTexts([text(1, 0.8), text(0, 0.81)], 2);
    expect(calibrationError).toBeCloseTo((0.2 + 0.81) / 2, 12);
    expect(scoreTexts([text(1, 1), text(1, 1)], 2).calibrationError).toBe(0);
  });

  it('stay finite if a gold label has probability 0', () => {
    expect(scoreTexts([text(0, 1)], 2).logLoss).toBeCloseTo(-Math.log(1e-15), 9);
    expect(scoreTexts([text(1, 1)], 2).logLoss).toBeCloseTo(0, 12);
  });

  it('use the first of equally probable labels', () => {
    expect(scoreTexts([text(0, 0.5)], 2)).toMatchObject({
      accuracy: 1,
      confusion: [
        [1, 0],
        [0, 0],
      ],
    });
  });
});
