import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Aggregation, EntityDecoder } from '../../src/documents/aggregation.ts';
import { LabelScheme } from '../../src/documents/label-scheme.ts';
import { entitiesOf, OUTSIDE, parseTag } from '../../src/evaluation/tags.ts';

const SCHEMES = {
  BIO: marked('BI'),
  IOBES: marked('BIES'),
  BILOU: marked('BILU'),
  BMES: marked('BMES'),
  IOE: marked('IE'),
};

function marked(marks: string): readonly string[] {
  return ['O', ...['PER', 'LOC'].flatMap((type) => [...marks].map((mark) => `${mark}-${type}`))];
}

/** What a decoder makes of tokens that have these labels for sure, each a word by itself. */
function decode(labels: readonly string[], given: readonly string[], strategy: Aggregation = 'SIMPLE') {
  const decoder = new EntityDecoder(labels, strategy, () => false);
  const rows = given.map((label) => Float32Array.from(labels, (each) => (each === label ? 1 : 0)));
  const found = [...rows.flatMap((row) => decoder.push(row)), ...decoder.finish()];
  return found.map(({ type, tokens }) => ({ type, start: tokens[0]?.index, end: (tokens.at(-1)?.index ?? 0) + 1 }));
}

describe.each(Object.entries(SCHEMES))('labels in %s', (_, labels) => {
  test('are decoded to the entities that the CoNLL scorer finds, even if they break the scheme', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...labels), { maxLength: 12 }), (given) => {
        const expected = entitiesOf(given.map((label) => parseTag(label) ?? OUTSIDE));
        expect(decode(labels, given)).toEqual(expected);
        expect(decode(labels, given, 'FIRST')).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  test('keep their marks under NONE', () => {
    const given = labels.slice(1);
    expect(decode(labels, given, 'NONE').map(({ type }) => type)).toEqual(given);
  });

  test('are of two types', () => {
    expect(LabelScheme.of(labels).types).toEqual(['PER', 'LOC']);
  });
});

test('plain labels are types, and neighbours of one type are one entity', () => {
  const labels = ['O', 'PER', 'LOC'];
  expect(decode(labels, ['PER', 'PER', 'LOC', 'O', 'LOC'])).toEqual([
    { type: 'PER', start: 0, end: 2 },
    { type: 'LOC', start: 2, end: 3 },
    { type: 'LOC', start: 4, end: 5 },
  ]);
});

test('labels without names are types, too, and none of them is outside', () => {
  const labels = ['LABEL_0', 'LABEL_1'];
  expect(decode(labels, ['LABEL_0', 'LABEL_1', 'LABEL_1'])).toEqual([
    { type: 'LABEL_0', start: 0, end: 1 },
    { type: 'LABEL_1', start: 1, end: 3 },
  ]);
});

test('a type may look like a mark if other labels have no marks', () => {
  expect(LabelScheme.of(['O', 'S-BAHN', 'E-MAIL', 'PER']).types).toEqual(['S-BAHN', 'E-MAIL', 'PER']);
  expect(LabelScheme.of(['O', 'S-BAHN', 'E-MAIL']).types).toEqual(['S-BAHN', 'E-MAIL']);
  expect(LabelScheme.of(['O', 'B-PER', 'I-PER', 'MISC']).types).toEqual(['PER', 'MISC']);
});

test('marks may stand before an underscore', () => {
  const labels = ['O', 'B_PER', 'I_PER'];
  expect(decode(labels, ['B_PER', 'I_PER', 'B_PER'])).toEqual([
    { type: 'PER', start: 0, end: 2 },
    { type: 'PER', start: 2, end: 3 },
  ]);
});
