import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Aggregation, EntityDecoder, type TokenEntity } from '../../src/documents/aggregation.ts';

const LABELS = ['O', 'B-PER', 'I-PER', 'B-LOC', 'I-LOC', 'MISC'] as const;
const STRATEGIES: readonly Aggregation[] = ['NONE', 'SIMPLE', 'FIRST', 'AVERAGE', 'MAX'];

type Label = (typeof LABELS)[number];

interface Token {
  readonly probabilities: readonly number[];
  readonly continues: boolean;
}

/** An entity as far as all implementations must agree on it. */
interface Found {
  readonly type: string;
  readonly confidence: number;
  readonly tokens: readonly number[];
}

/** Sixty-fourths are exact in any order of adding, and there are often two that are equal. */
const token: fc.Arbitrary<Token> = fc.record({
  probabilities: fc
    .tuple(fc.constantFrom(...LABELS.keys()), fc.array(fc.integer({ min: 0, max: 24 }), { minLength: 6, maxLength: 6 }))
    .map(([likely, parts]) => parts.map((part, column) => (part + (column === likely ? 16 : 0)) / 64)),
  continues: fc.boolean(),
});
const tokens = fc.array(token, { maxLength: 24 });

function rows(of: readonly Token[]): Float32Array {
  return Float32Array.from(of.flatMap(({ probabilities }) => probabilities));
}

function decoderOf(all: readonly Token[], strategy: Aggregation, from = 0): EntityDecoder {
  return new EntityDecoder(LABELS, strategy, (index) => all[index]?.continues ?? false, from);
}

function decode(all: readonly Token[], strategy: Aggregation, cuts: readonly number[] = []): TokenEntity[] {
  const decoder = decoderOf(all, strategy);
  const bounds = [0, ...cuts, all.length];
  const settled = bounds.flatMap((start, index) => decoder.push(rows(all.slice(start, bounds[index + 1] ?? start))));
  return [...settled, ...decoder.finish()];
}

function found(entities: readonly TokenEntity[]): Found[] {
  return entities.map(({ type, confidence, tokens }) => ({
    type,
    confidence,
    tokens: tokens.map(({ index }) => index),
  }));
}

/**
 * The rules of transformers' `TokenClassificationPipeline` (4.57) once more, as it goes about them:
 * label all tokens or words (`aggregate`), put neighbours in groups, the O ones too (`group_entities`),
 * and leave out what is O at the end (`postprocess`).
 */
function asPipeline(all: readonly Token[], strategy: Aggregation): Found[] {
  const byWord = strategy !== 'NONE' && strategy !== 'SIMPLE';
  const units: number[][] = [];
  for (const [index, { continues }] of all.entries()) {
    const word = units.at(-1);
    if (byWord && continues && word) word.push(index);
    else units.push([index]);
  }
  const labelled = units.map((unit) => {
    const scores = unit.map((index) => all[index]?.probabilities ?? []);
    const surest = scores.reduce((best, next) => (top(next) > top(best) ? next : best));
    const average = LABELS.map((_, column) => scores.reduce((sum, row) => sum + (row[column] ?? 0), 0) / scores.length);
    const row = strategy === 'AVERAGE' ? average : strategy === 'MAX' ? surest : (scores[0] ?? []);
    const score = top(row);
    return { label: LABELS[row.indexOf(score)] ?? 'O', score, unit };
  });
  if (strategy === 'NONE') {
    return labelled
      .filter(({ label }) => label !== 'O')
      .map(({ label, score, unit }) => ({ type: label, confidence: score, tokens: unit }));
  }
  const tag = (label: Label) => label.replace(/^[BI]-/, '');
  const groups: (typeof labelled)[] = [];
  for (const each of labelled) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (last && tag(last.label) === tag(each.label) && !each.label.startsWith('B-')) group?.push(each);
    else groups.push([each]);
  }
  return groups
    .map((group) => ({
      type: tag(group[0]?.label ?? 'O'),
      confidence: group.reduce((sum, { score }) => sum + score, 0) / group.length,
      tokens: group.flatMap(({ unit }) => unit),
    }))
    .filter(({ type }) => type !== 'O');
}

function top(row: readonly number[]): number {
  return Math.max(...row);
}

/** Checks that two implementations agree; a mean in single precision may differ in its last digits. */
function expectSame(mine: readonly Found[], theirs: readonly Found[]): void {
  const spans = (entities: readonly Found[]) => entities.map(({ type, tokens }) => ({ type, tokens }));
  expect(spans(mine)).toEqual(spans(theirs));
  mine.forEach(({ confidence }, index) => {
    expect(confidence).toBeCloseTo(theirs[index]?.confidence ?? Number.NaN, 5);
  });
}

describe.each(STRATEGIES)('%s', (strategy) => {
  test('finds what the Python pipeline finds', () => {
    fc.assert(
      fc.property(tokens, (all) => {
        expectSame(found(decode(all, strategy)), asPipeline(all, strategy));
      }),
      { numRuns: 400 },
    );
  });

  test('finds the same however the labels are split into calls', () => {
    fc.assert(
      fc.property(tokens, fc.infiniteStream(fc.boolean()), (all, coins) => {
        const whole = decode(all, strategy);
        for (const cut of all.keys()) expect(decode(all, strategy, [cut])).toEqual(whole);
        const cuts = [...all.keys()].filter(() => coins.next().value);
        expect(decode(all, strategy, cuts)).toEqual(whole);
        expect(decode(all, strategy, [...all.keys()])).toEqual(whole);
      }),
      { numRuns: 100 },
    );
  });

  test('resumes where an earlier decoder stopped', () => {
    fc.assert(
      fc.property(tokens, (all) => {
        const whole = decode(all, strategy);
        for (const cut of all.keys()) {
          const earlier = decoderOf(all, strategy);
          const before = earlier.push(rows(all.slice(0, cut)));
          const later = decoderOf(all, strategy, earlier.resumeAt);
          const after = [...later.push(rows(all.slice(earlier.resumeAt))), ...later.finish()];
          expect([...before, ...after]).toEqual(whole);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('returns an entity as soon as the word after it is complete, and not before', () => {
    fc.assert(
      fc.property(tokens, (all) => {
        const whole = found(decode(all, strategy));
        const byWord = strategy !== 'NONE' && strategy !== 'SIMPLE';
        const decoder = decoderOf(all, strategy);
        const given: Found[] = [];
        let unit = 0;
        for (const [index, next] of all.entries()) {
          given.push(...found(decoder.push(rows([next]))));
          if (!byWord || !next.continues) unit = index;
          const known = byWord && all[index + 1]?.continues ? unit : index + 1;
          // A token by itself needs nothing after it.
          const after = strategy === 'NONE' ? 0 : 1;
          expect(given).toEqual(whole.filter(({ tokens }) => (tokens.at(-1) ?? 0) + after < known));
        }
      }),
      { numRuns: 100 },
    );
  });
});

/** Tokens that are certain of their labels; `##` continues the word before it. */
function labelled(...labels: readonly (Label | `##${Label}`)[]): Token[] {
  return labels.map((label) => ({
    probabilities: LABELS.map((each) => (label.replace('##', '') === each ? 1 : 0)),
    continues: label.startsWith('##'),
  }));
}

describe('names', () => {
  const spans = (strategy: Aggregation, all: readonly Token[]) =>
    found(decode(all, strategy)).map(({ type, tokens }) => `${type} ${tokens.join('+')}`);

  test.each(['SIMPLE', 'FIRST', 'AVERAGE', 'MAX'] as const)('under %s are separated by a gap', (strategy) => {
    expect(spans(strategy, labelled('B-PER', 'O', 'I-PER'))).toEqual(['PER 0', 'PER 2']);
  });

  test.each(['SIMPLE', 'FIRST', 'AVERAGE', 'MAX'] as const)('under %s begin at B- next to another name', (strategy) => {
    expect(spans(strategy, labelled('B-LOC', 'B-LOC', 'I-LOC'))).toEqual(['LOC 0', 'LOC 1+2']);
  });

  test.each(['SIMPLE', 'FIRST', 'AVERAGE', 'MAX'] as const)(
    'under %s are separated by a change of type',
    (strategy) => {
      expect(spans(strategy, labelled('B-PER', 'I-LOC', 'I-PER'))).toEqual(['PER 0', 'LOC 1', 'PER 2']);
    },
  );

  test.each(['SIMPLE', 'FIRST', 'AVERAGE', 'MAX'] as const)(
    'under %s are continued by a label without a mark',
    (strategy) => {
      expect(spans(strategy, labelled('MISC', 'MISC', 'O', 'MISC'))).toEqual(['MISC 0+1', 'MISC 3']);
    },
  );

  test('are split within a word only under SIMPLE', () => {
    const all = labelled('B-PER', '##O', '##B-LOC', 'I-PER');
    expect(spans('SIMPLE', all)).toEqual(['PER 0', 'LOC 2', 'PER 3']);
    expect(spans('FIRST', all)).toEqual(['PER 0+1+2+3']);
  });

  test('are single tokens with their raw labels under NONE', () => {
    expect(spans('NONE', labelled('B-PER', '##I-PER', 'O', 'MISC'))).toEqual(['B-PER 0', 'I-PER 1', 'MISC 3']);
  });

  test('have the labels of their own tokens, whatever label their word was given', () => {
    const [entity] = decode(labelled('B-PER', '##O', 'I-PER'), 'FIRST');
    expect(entity?.tokens.map(({ label, confidence }) => [label, confidence])).toEqual([
      ['B-PER', 1],
      ['O', 1],
      ['I-PER', 1],
    ]);
  });

  test('have the mean confidence of their words, not of their tokens', () => {
    const sure = (confidence: number, continues = false): Token => ({
      probabilities: [0, confidence, 0, 0, 0, 0],
      continues,
    });
    const inside = { ...sure(0), probabilities: [0, 0, 0.5, 0, 0, 0] };
    const all = [sure(1), sure(0.25, true), sure(0.25, true), inside];
    expect(decode(all, 'FIRST').map(({ confidence }) => confidence)).toEqual([0.75]);
    expect(decode(all, 'AVERAGE').map(({ confidence }) => confidence)).toEqual([0.5]);
    expect(decode(all, 'MAX').map(({ confidence }) => confidence)).toEqual([0.75]);
  });
});
