import { describe, expect, it } from 'vitest';
import { parseSentimentFile } from '../../src/evaluation/sentiment-file.ts';
import { sourceOf } from '../../src/evaluation/source.ts';

const LABELS = ['NEGATIVE', 'POSITIVE'];

function parse(text: string, labels = LABELS) {
  return parseSentimentFile(sourceOf('test.tsv', text), labels);
}

describe('a sentiment file', () => {
  it('has a text and a label on each line, after a header', () => {
    expect(parse('text\tlabel\nGood.\tPOSITIVE\n\nBad.\tNEGATIVE\n')).toEqual([
      { text: 'Good.', line: 2, label: 1 },
      { text: 'Bad.', line: 4, label: 0 },
    ]);
  });

  it.each<{ what: string; text: string; labels?: string[]; expected: [string, number][] }>([
    {
      what: 'the layout of SST-2',
      text: 'sentence\tlabel\ngood \t1\nbad \t0\n',
      expected: [
        ['good ', 1],
        ['bad ', 0],
      ],
    },
    {
      what: 'labels in any case',
      text: 'text\tlabel\na\tpositive\nb\tNegative\n',
      expected: [
        ['a', 1],
        ['b', 0],
      ],
    },
    { what: 'blanks around a label', text: 'text\tlabel\na\t POSITIVE \n', expected: [['a', 1]] },
    { what: 'a header in capitals', text: 'Text\tLabel\na\t1\n', expected: [['a', 1]] },
    { what: 'more columns, in any order', text: 'id\tlabel\ttext\n7\t1\ta\n', expected: [['a', 1]] },
    { what: 'quotation marks as they are', text: 'text\tlabel\n"a" "\t1\n', expected: [['"a" "', 1]] },
    { what: 'line ends of Windows', text: 'text\tlabel\r\na\t1\r\n', expected: [['a', 1]] },
    { what: 'names before indices', text: 'text\tlabel\na\t1\n', labels: ['1', '0'], expected: [['a', 0]] },
    {
      what: 'the exact name before another case',
      text: 'text\tlabel\na\tb\n',
      labels: ['B', 'b'],
      expected: [['a', 1]],
    },
  ])('may have $what', ({ text, labels, expected }) => {
    expect(parse(text, labels).map((row) => [row.text, row.label])).toEqual(expected);
  });

  it.each<{ what: string; text: string; message: string }>([
    {
      what: 'no header',
      text: 'Good.\t1\nBad.\t0\n',
      message:
        'test.tsv, line 1: expected a header with the columns "text" (or "sentence") and "label", separated by a tab, but it is "Good.\\t1".',
    },
    {
      what: 'a header without labels',
      text: 'index\tsentence\n0\tGood.\n',
      message: 'test.tsv, line 1: expected a header',
    },
    {
      what: 'a missing tab',
      text: 'text\tlabel\nGood.\t1\nBad. 0\n',
      message: 'test.tsv, line 3: expected 2 columns separated by tabs, as in the header, but there is 1.',
    },
    {
      what: 'a tab in a text',
      text: 'text\tlabel\nso\tgood\t1\n',
      message: 'test.tsv, line 2: expected 2 columns separated by tabs, as in the header, but there are 3.',
    },
    {
      what: 'an unknown label',
      text: 'text\tlabel\nGood.\tgreat\n',
      message: 'test.tsv, line 2: the label must be one of NEGATIVE (or 0), POSITIVE (or 1), but it is "great".',
    },
    {
      what: 'an index beyond the labels',
      text: 'text\tlabel\nGood.\t2\n',
      message: 'test.tsv, line 2: the label must be one of NEGATIVE (or 0), POSITIVE (or 1), but it is "2".',
    },
    {
      what: 'two columns of one name',
      text: 'text\tlabel\ttext\na\t1\tb\n',
      message:
        'test.tsv, line 1: columns 1 and 3 are both called "text" or "sentence". Rename the one that is not meant.',
    },
    { what: 'an empty label', text: 'text\tlabel\nGood.\t\n', message: 'test.tsv, line 2: the label must be one of' },
    { what: 'an empty text', text: 'text\tlabel\n \t1\n', message: 'test.tsv, line 2: the text is empty.' },
    { what: 'no texts', text: 'text\tlabel\n', message: 'test.tsv: it has no texts after its header.' },
    { what: 'nothing', text: '', message: 'test.tsv, line 1: expected a header' },
  ])('with $what is refused', ({ text, message }) => {
    expect(() => parse(text)).toThrow(message);
  });
});
