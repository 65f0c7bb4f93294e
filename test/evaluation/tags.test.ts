import { describe, expect, it } from 'vitest';
import { entitiesOf, parseTag, type Tag } from '../../src/evaluation/tags.ts';

/** Tags of a sentence, separated by spaces. */
function tags(sentence: string): readonly Tag[] {
  return sentence.split(' ').map((text) => {
    const tag = parseTag(text);
    if (!tag) throw new Error(`${text} is no tag`);
    return tag;
  });
}

/** Entities as "type first-last", counted from 0. */
function spelled(sentence: string): readonly string[] {
  return entitiesOf(tags(sentence)).map(({ type, start, end }) => `${type} ${start}-${end - 1}`);
}

describe('the entities of tags by the rules of conlleval', () => {
  it.each<{ rule: string; sentence: string; entities: string[] }>([
    { rule: 'nothing but O', sentence: 'O O O', entities: [] },
    { rule: 'IOB2', sentence: 'B-PER I-PER O B-LOC', entities: ['PER 0-1', 'LOC 3-3'] },
    { rule: 'IOB1', sentence: 'I-PER I-PER O I-LOC', entities: ['PER 0-1', 'LOC 3-3'] },
    {
      rule: 'IOB1: B- parts neighbours of one type',
      sentence: 'I-PER I-PER B-PER I-PER',
      entities: ['PER 0-1', 'PER 2-3'],
    },
    { rule: 'B- after B- begins', sentence: 'B-LOC B-LOC', entities: ['LOC 0-0', 'LOC 1-1'] },
    { rule: 'B- after I- begins', sentence: 'B-LOC I-LOC B-LOC', entities: ['LOC 0-1', 'LOC 2-2'] },
    { rule: 'I- after O begins', sentence: 'O I-LOC I-LOC', entities: ['LOC 1-2'] },
    { rule: 'I- of another type begins, after B-', sentence: 'B-PER I-LOC', entities: ['PER 0-0', 'LOC 1-1'] },
    { rule: 'I- of another type begins, after I-', sentence: 'I-PER I-ORG I-ORG', entities: ['PER 0-0', 'ORG 1-2'] },
    { rule: 'B- of another type begins', sentence: 'I-PER B-ORG', entities: ['PER 0-0', 'ORG 1-1'] },
    { rule: 'the end of the sentence ends an entity', sentence: 'O B-PER I-PER', entities: ['PER 1-2'] },
    { rule: 'E- ends', sentence: 'B-PER I-PER E-PER O', entities: ['PER 0-2'] },
    { rule: 'I- after E- begins', sentence: 'I-PER E-PER I-PER', entities: ['PER 0-1', 'PER 2-2'] },
    { rule: 'E- after E- begins', sentence: 'E-PER E-PER', entities: ['PER 0-0', 'PER 1-1'] },
    { rule: 'E- after O begins', sentence: 'O E-PER', entities: ['PER 1-1'] },
    { rule: 'E- of another type begins', sentence: 'B-PER E-LOC', entities: ['PER 0-0', 'LOC 1-1'] },
    {
      rule: 'IOBES: S- is one by itself',
      sentence: 'S-LOC S-LOC B-LOC E-LOC',
      entities: ['LOC 0-0', 'LOC 1-1', 'LOC 2-3'],
    },
    {
      rule: 'S- parts what I- would go on with',
      sentence: 'I-LOC S-LOC I-LOC',
      entities: ['LOC 0-0', 'LOC 1-1', 'LOC 2-2'],
    },
    { rule: 'BILOU', sentence: 'B-PER I-PER L-PER U-LOC', entities: ['PER 0-2', 'LOC 3-3'] },
    { rule: 'BMES', sentence: 'B-PER M-PER E-PER S-LOC', entities: ['PER 0-2', 'LOC 3-3'] },
    { rule: 'a type with hyphens', sentence: 'B-product-car I-product-car', entities: ['product-car 0-1'] },
  ])('$rule: $sentence', ({ sentence, entities }) => {
    expect(spelled(sentence)).toEqual(entities);
  });

  it.each(['', 'o', 'B', 'B-', 'PER', 'b-PER', 'X-PER', 'B_', 'B+PER', 'O-PER', 'BPER', 'constructor'])(
    'have no tag "%s"',
    (text) => {
      expect(parseTag(text)).toBeUndefined();
    },
  );
});
