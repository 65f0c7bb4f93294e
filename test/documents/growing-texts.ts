import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { NAMES } from './unicode.ts';

/** How many times as many cases property tests try; set for the nightly run. */
export const TIMES = Number(process.env['BERTQL_PROPERTY_TIMES'] ?? 1);

export const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');

const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...NAMES, 'Ursula von der Leyen', 'Donaudampfschifffahrtsgesellschaft') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'the',
      'talks',
      'with',
      'went',
      'on',
      '北京市',
      '😀',
      'e\u0301',
      'unaffably',
      'x-y',
      '3.5',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'Mr.',
      'U.S.',
      'Inc.',
      'e.g.',
      'Fig.',
      'St.',
      'p.',
      'J.',
      '"Stop!"',
      '(Yes.)',
      '...',
      '350 F.',
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'anna@x.com',
      'www.bertql.org',
      '@anna_s',
      '1.',
      '•',
      '-',
      'a|b',
      '“',
      '\u200d',
      '[SEP]',
    ),
  },
);
const gap = fc.oneof(
  { weight: 6, arbitrary: fc.constant(' ') },
  { weight: 3, arbitrary: fc.constantFrom('. ', '! ', '? ', '." ', ', ', '; ') },
  { weight: 2, arbitrary: fc.constantFrom('\n', '\r\n', '\n\n', '\t', '  ', '\u0085', '\f', '\u2028', '') },
);
const wild = fc
  .array(fc.tuple(word, gap), { minLength: 1, maxLength: 110, size: 'max' })
  .map((words) => words.flat().join(''));
const prose = fc
  .record({ start: fc.nat({ max: story.length - 1 }), length: fc.integer({ min: 1, max: 1600 }) })
  .map(({ start, length }) => story.slice(start, start + length).toWellFormed());
/** Prose and names in narrow lines, so that what a line end means depends on the lines before it. */
const wrapped = fc
  .tuple(fc.oneof(prose, wild), fc.integer({ min: 12, max: 60 }))
  .map(([text, width]) => wrap(text.trim().split(/\s+/), width));
const anything = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.toWellFormed());
/** Texts full of what is hard to cut: names, abbreviations, line ends, surrogate pairs; and prose, and noise. */
export const anyText = fc.oneof(
  { weight: 5, arbitrary: wild },
  { weight: 3, arbitrary: prose },
  { weight: 3, arbitrary: wrapped },
  { weight: 1, arbitrary: anything },
);

function wrap(words: readonly string[], width: number): string {
  let text = '';
  let line = 0;
  for (const word of words) {
    const fits = line + 1 + word.length <= width;
    text += line === 0 ? word : `${fits ? ' ' : '\n'}${word}`;
    line = fits ? line + 1 + word.length : word.length;
  }
  return text;
}
