import { describe, expect, it } from 'vitest';
import { EntityTally } from '../../src/evaluation/entity-scores.ts';
import { OUTSIDE, parseTag } from '../../src/evaluation/tags.ts';

/** Scores of sentences, each written as its gold tags above its predicted ones. */
function scores(...sentences: readonly (readonly [gold: string, predicted: string])[]) {
  const tally = new EntityTally();
  const tags = (text: string) => text.split(' ').map((tag) => parseTag(tag) ?? OUTSIDE);
  for (const [gold, predicted] of sentences) tally.add(tags(gold), tags(predicted));
  return tally.scores();
}

describe('entity scores', () => {
  it('are precision, recall and F1 over entities, for each type and overall', () => {
    // PER: gold 3, found 2, correct 2. LOC: gold 1, found 2, correct 0. ORG: gold 0, found 1.
    const { overall, types, words, accuracy } = scores(
      ['B-PER I-PER O B-LOC I-LOC', 'B-PER I-PER O B-LOC O'],
      ['B-PER O O B-PER O', 'B-PER O B-ORG B-LOC O'],
    );
    expect(types).toEqual([
      { type: 'LOC', precision: 0, recall: 0, f1: 0, gold: 1, found: 2, correct: 0 },
      { type: 'ORG', precision: 0, recall: 0, f1: 0, gold: 0, found: 1, correct: 0 },
      { type: 'PER', precision: 1, recall: 2 / 3, f1: expect.closeTo(0.8, 12), gold: 3, found: 2, correct: 2 },
    ]);
    expect(overall).toEqual({
      precision: 2 / 5,
      recall: 2 / 4,
      f1: expect.closeTo(4 / 9, 12),
      gold: 4,
      found: 5,
      correct: 2,
    });
    expect(words).toBe(10);
    expect(accuracy).toBe(7 / 10);
  });

  it.each<{ what: string; gold: string; predicted: string; correct: number }>([
    { what: 'the same words and type', gold: 'O B-LOC I-LOC', predicted: 'O B-LOC I-LOC', correct: 1 },
    { what: 'another type', gold: 'B-LOC I-LOC O', predicted: 'B-ORG I-ORG O', correct: 0 },
    { what: 'a word too few at the end', gold: 'B-LOC I-LOC', predicted: 'B-LOC O', correct: 0 },
    { what: 'a word too many at the end', gold: 'B-LOC O', predicted: 'B-LOC I-LOC', correct: 0 },
    { what: 'a word too few at the start', gold: 'B-LOC I-LOC', predicted: 'O B-LOC', correct: 0 },
    { what: 'two for one', gold: 'B-LOC I-LOC', predicted: 'B-LOC B-LOC', correct: 0 },
    { what: 'one for two', gold: 'B-LOC B-LOC', predicted: 'B-LOC I-LOC', correct: 0 },
    { what: 'a type that changes within', gold: 'B-LOC I-LOC', predicted: 'B-LOC I-ORG', correct: 0 },
    { what: 'IOB1 and IOB2', gold: 'I-LOC I-LOC B-LOC O I-PER', predicted: 'B-LOC I-LOC B-LOC O B-PER', correct: 3 },
    { what: 'IOBES and IOB2', gold: 'S-LOC O B-PER I-PER E-PER', predicted: 'B-LOC O B-PER I-PER I-PER', correct: 2 },
  ])('count $what: $gold / $predicted', ({ gold, predicted, correct }) => {
    expect(scores([gold, predicted]).overall.correct).toBe(correct);
  });

  it('are the same for any scheme', () => {
    expect(scores(['I-LOC I-LOC B-LOC', 'B-LOC I-LOC B-LOC']).accuracy).toBe(1);
    expect(scores(['S-LOC O', 'B-LOC O']).accuracy).toBe(1);
    expect(scores(['B-LOC I-LOC', 'B-LOC B-LOC']).accuracy).toBe(0.5);
  });

  it('have no entity across a sentence end', () => {
    expect(scores(['O B-LOC', 'O B-LOC'], ['I-LOC O', 'B-LOC O']).overall).toMatchObject({
      gold: 2,
      found: 2,
      correct: 2,
    });
  });

  it('are 0 if there is nothing to count', () => {
    const nothing = { precision: 0, recall: 0, f1: 0, gold: 0, found: 0, correct: 0 };
    expect(scores(['O O', 'O O'])).toEqual({ overall: nothing, types: [], words: 2, accuracy: 1 });
    expect(new EntityTally().scores()).toEqual({ overall: nothing, types: [], words: 0, accuracy: 0 });
  });

  it('require one tag per word', () => {
    expect(() => new EntityTally().add([OUTSIDE], [])).toThrow('A sentence of 1 words has 0 tags.');
  });
});
