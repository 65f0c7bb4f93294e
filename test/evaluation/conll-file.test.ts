import { describe, expect, it } from 'vitest';
import { parseConll } from '../../src/evaluation/conll-file.ts';
import { sourceOf } from '../../src/evaluation/source.ts';

function parse(text: string) {
  return parseConll(sourceOf('test.conll', text));
}

/** The words of each sentence of each document. */
function words(text: string): readonly (readonly (readonly string[])[])[] {
  return parse(text).map(({ sentences }) => sentences.map((sentence) => sentence.words));
}

describe('a CoNLL file', () => {
  it('has the word in the first column and the tag in the last', () => {
    const [document] = parse('Paris NNP I-NP B-LOC\nsleeps VBZ I-VP O\n');
    expect(document?.sentences).toEqual([
      {
        line: 1,
        words: ['Paris', 'sleeps'],
        tags: [
          { mark: 'B', type: 'LOC' },
          { mark: 'O', type: '' },
        ],
      },
    ]);
  });

  it('has documents after -DOCSTART- and sentences between empty lines', () => {
    const text = '-DOCSTART- -X- -X- O\n\na O\nb O\n\n\nc O\n-DOCSTART-\nd O\n';
    expect(words(text)).toEqual([[['a', 'b'], ['c']], [['d']]]);
    expect(parse(text).map(({ line }) => line)).toEqual([3, 9]);
    expect(parse(text).flatMap(({ sentences }) => sentences.map(({ line }) => line))).toEqual([3, 7, 9]);
  });

  it.each<{ what: string; text: string; expected: string[][][] }>([
    { what: 'words before any -DOCSTART-', text: 'a O\n\n-DOCSTART- O\n\nb O', expected: [[['a']], [['b']]] },
    { what: 'documents without words', text: '-DOCSTART- O\n\n-DOCSTART- O\n\nb O\n', expected: [[['b']]] },
    { what: 'the boundary of the CoNLL scorer', text: 'a O\n-X- O\nb O\n', expected: [[['a'], ['b']]] },
    {
      what: 'tabs, runs of blanks and blanks at the end',
      text: 'a\tO\nb   O \nc \t O\n',
      expected: [[['a', 'b', 'c']]],
    },
    { what: 'lines of blanks as empty ones', text: 'a O\n \t\nb O\n', expected: [[['a'], ['b']]] },
    { what: 'line ends of Windows', text: 'a O\r\n\r\nb O\r\n', expected: [[['a'], ['b']]] },
    { what: 'a byte order mark', text: '\uFEFFa O\n', expected: [[['a']]] },
    { what: 'words with other white space', text: '10\u00a0km O\n', expected: [[['10\u00a0km']]] },
    { what: 'words like "#" and "O"', text: '# O\nO O\n" O\n', expected: [[['#', 'O', '"']]] },
    {
      what: 'line ends of old Macs',
      text: 'Anna B-PER\rlives O\r\rBerlin B-LOC\r',
      expected: [[['Anna', 'lives'], ['Berlin']]],
    },
    {
      what: 'numbered words',
      text: '1 Anna B-PER\n2 lives O\n\n1 Berlin B-LOC\n',
      expected: [[['Anna', 'lives'], ['Berlin']]],
    },
    {
      what: 'words numbered from 0 through the file',
      text: '0 Anna B-PER\n1 lives O\n\n2 here O\n',
      expected: [[['Anna', 'lives'], ['here']]],
    },
    { what: 'words that are numbers', text: '1 CD O\n2 CD O\nmore JJ O\n', expected: [[['1', '2', 'more']]] },
    {
      what: 'comments before sentences',
      text: '# id 7\n# text = Anna\nAnna B-PER\n\n#newdoc x y\nb O\n',
      expected: [[['Anna'], ['b']]],
    },
    { what: 'marks before an underscore', text: 'Anna B_PER\nSmith I_PER\n', expected: [[['Anna', 'Smith']]] },
  ])('may have $what', ({ text, expected }) => {
    expect(words(text)).toEqual(expected);
  });

  it.each<{ what: string; text: string; message: string }>([
    {
      what: 'a word alone',
      text: 'Paris B-LOC\nsleeps\n',
      message:
        'test.conll, line 2: expected a word and its tag, as in "Paris B-LOC", but there is one column: "sleeps".',
    },
    {
      what: 'a tag alone',
      text: 'Paris B-LOC\n\n B-LOC\n',
      message: 'test.conll, line 3: the line begins with a space, so its first column has no word.',
    },
    {
      what: 'another number of columns',
      text: '\nParis NNP B-LOC\n\nNew York NNP B-LOC\n',
      message: 'test.conll, line 4: expected 3 columns, as in line 2, but there are 4.',
    },
    {
      what: 'a type without its mark',
      text: 'in O\nParis LOC\n',
      message: 'test.conll, line 2: the last column must be O or a tag such as B-PER or I-PER, but it is "LOC".',
    },
    {
      what: 'numbers that count nothing in the first column',
      text: '5 Anna B-PER\n7 lives O\n',
      message:
        'test.conll, line 1: the first column of all lines is a number, so it is not clear where the words are. Put them in the first column.',
    },
    {
      what: 'a comment within a sentence',
      text: 'a O\n# id 7\nb O\n',
      message:
        'test.conll, line 2: expected 2 columns, as in line 1, but there are 3. If it is a comment, leave it out: `grep -v "^#"`.',
    },
    {
      what: 'UTF-16 without a byte order mark',
      text: 'a\0 \0O\0\n\0',
      message:
        'test.conll, line 1: it has NUL characters, like UTF-16 without a byte order mark. Convert the file, for example with `iconv -f utf-16le -t utf8`.',
    },
    { what: 'no words', text: '-DOCSTART- O\n\n', message: 'test.conll: it has no words.' },
    { what: 'nothing', text: '', message: 'test.conll: it has no words.' },
  ])('with $what is refused', ({ text, message }) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ name: 'DataError', message }));
  });
});
