import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { longestTurnOf, watchTurns } from '../../scripts/attack/longest-turn.js';
import { sentenceSteps, splitSentences } from '../../src/documents/sentences.ts';
import type { Span } from '../../src/documents/span.ts';
import { collectYielding } from '../../src/documents/yielding.ts';

/** The sentences' text, each with its line ends and runs of spaces as one space. */
function split(text: string): string[] {
  return Array.from(splitSentences(text), ({ start, end }) => text.slice(start, end).replace(/\s+/g, ' '));
}

/** A text is given as the list of its sentences, and must come back as that list. */
function expectSentences(sentences: readonly string[], separator = ' '): void {
  expect(split(sentences.join(separator))).toEqual(sentences);
}

afterEach(() => vi.restoreAllMocks());

describe('English sentences', () => {
  it.each<{ rule: string; sentences: string[] }>([
    { rule: 'full stop', sentences: ['Hello World.', 'My name is Jonas.'] },
    { rule: 'question mark', sentences: ['What is your name?', 'My name is Jonas.'] },
    { rule: 'exclamation mark', sentences: ['There it is!', 'I found it.'] },
    { rule: 'several marks', sentences: ['Hello!!', 'Hello??', 'Hello!?', 'Hello?!', 'Is that you?'] },
    { rule: 'no stop at all', sentences: ['no stop at all'] },
    { rule: 'middle initial', sentences: ['My name is Jonas E. Smith.'] },
    { rule: 'initials', sentences: ['J. R. R. Tolkien met George W. Bush.', 'H. G. Wells did not.'] },
    { rule: 'initial I', sentences: ['We make a good team, you and I.', 'Did you see Albert I. Jones yesterday?'] },
    { rule: 'pronoun I before a name', sentences: ['It was I.', 'Holmes agreed with I. M. Pei.'] },
    { rule: 'letter after a noun', sentences: ['Take vitamin C.', 'It helps.', 'We need a Plan B.', 'Mary left.'] },
    { rule: 'Roman numeral', sentences: ['He saw Henry V.', 'He liked World War I.', 'Germany lost.'] },
    { rule: 'title', sentences: ['Mr. Smith, Mrs. Jones and Dr. Who met Gen. Lee.', 'Lt. Col. Sanders was late.'] },
    { rule: 'title in capitals', sentences: ['MR. SMITH MET DR. WHO.', 'THEY TALKED.'] },
    { rule: 'saint and mountain', sentences: ["St. Michael's Church is on 5th st. near Mt. Fuji."] },
    { rule: 'street', sentences: ['He lives on Elm St.', 'She does not.'] },
    {
      rule: 'number',
      sentences: ['Please turn to p. 55, Fig. 3, or No. 5 of Vol. II.', 'Is it?', 'No.', 'It is not.'],
    },
    { rule: 'date', sentences: ['It fell on Jan. 12, 1888.', 'It rose in Feb.', 'The trend goes on.'] },
    { rule: 'degree sign', sentences: ['You can find it at N°. 1026.253.553.', 'That is where the treasure is.'] },
    {
      rule: 'Latin',
      sentences: ['Some, e.g. Smith et al. (2003), i.e. the best, cf. Jones, agree.', 'Roe v. Wade vs. Doe.'],
    },
    { rule: 'etc.', sentences: ['Cats, dogs, etc. are animals.', 'I like cats, dogs, etc.', 'Mary does not.'] },
    { rule: 'company before a verb', sentences: ['They closed the deal with Pitt, Briggs & Co. at noon.'] },
    { rule: 'company before an opener', sentences: ['Ask Jane and co.', 'They know Apple Inc.', 'It closed.'] },
    { rule: 'company before a name', sentences: ['Sony Corp. President Kenichiro Yoshida left.'] },
    { rule: 'junior', sentences: ["That is JFK Jr.'s book.", 'I met King Jr.', 'He met Smith Jr. Foundation staff.'] },
    { rule: 'acronym before a name', sentences: ['I work for the U.S. Government in Virginia.'] },
    { rule: 'acronym before a verb', sentences: ['I visited the U.S.A. last year.'] },
    {
      rule: 'acronym at an end',
      sentences: ['I live in the U.S.', 'How about you?', 'In the U.K.', 'The army moved.'],
    },
    { rule: 'acronym and initials', sentences: ['We met in the U.S. I. M. Pei museum.'] },
    {
      rule: 'time of day',
      sentences: ['At 5 a.m. Mr. Smith left.', 'He came at 2 p.m. Eastern.', 'It is 6 P.M.', 'She left.'],
    },
    { rule: 'decimal', sentences: ['She has $100.00 in her bag.', 'It is 3.5.', 'It is version 1.2.3 now.'] },
    { rule: 'number at a start', sentences: ['It happened in 1888.', '3 people came.'] },
    { rule: 'section number', sentences: ['3.1. The third section.', 'See Sec. 3.1.', 'It is short.'] },
    { rule: 'numbered items on a line', sentences: ['1. The first item.', '2. The second item.', '3.) The third.'] },
    { rule: 'bulleted items on a line', sentences: ['• 9. The first item', '• 10. The second item'] },
    { rule: 'heading with a number', sentences: ['ADVENTURE I. A SCANDAL IN BOHEMIA'] },
    { rule: 'e-mail address', sentences: ['Her email is Jane.Doe@example.com.', 'I sent her an email.'] },
    { rule: 'URL', sentences: ['It is https://www.example.50.com/a_b/c.html?x=1!y.', 'Please check it out.'] },
    { rule: 'product name', sentences: ['Use Node.js 20.', '.NET is good, too.', 'iPhone sales rose.', 'eBay fell.'] },
    { rule: 'name with a mark', sentences: ['She works at Yahoo! in the office.', 'Yahoo! Inc. rose.'] },
    {
      rule: 'bracketed sentence',
      sentences: ['He teaches (He did so for years.) at a school.', '(He left.)', 'She came.'],
    },
    { rule: 'footnote', sentences: ['This was noted.[12]', 'So was this.¹', 'Done.'] },
    { rule: 'Markdown emphasis', sentences: ['**This is bold.**', 'This is _not._', 'Done.'] },
    {
      rule: 'quotation before its verb',
      sentences: ['"Good-bye," he said.', '"This is great." she said.', "'Stop!' he cried."],
    },
    {
      rule: 'question before its speaker',
      sentences: ['"Seven?" I asked.', '"Stop!" Holmes cried.', '"Who?"', 'He said nothing.'],
    },
    {
      rule: 'quotation before a sentence',
      sentences: ['She said, "This is great."', 'She held it out.', '“Yes.”', '“No.”'],
    },
    { rule: 'German quotation', sentences: ['„Halt!“ rief er.', 'Sie sagte: „Ja.“', 'Er ging.'] },
    { rule: 'mark before a dash', sentences: ['Some can be -- if I may say so? -- a bit questionable.'] },
    {
      rule: 'ellipsis within',
      sentences: ['I wasn’t really ... well, what I mean...see . . . the thing is . . . I didn’t mean it.'],
    },
    {
      rule: 'ellipsis at an end',
      sentences: ['I never meant that....', 'She left the store…', 'He knew...', 'The end.'],
    },
    {
      rule: 'spaced ellipsis with a stop',
      sentences: ['Indicate the end of the sentence with a period . . . .', 'Next sentence.'],
    },
    {
      rule: 'omission',
      sentences: ['"Bohr [...] used the analogy of parallel stairways [...]" (Smith 55).', 'It was new.'],
    },
    {
      rule: 'letter for a number',
      sentences: ['Review Fig. A for details.', 'See Sec. I of it.', 'Eq. A holds.'],
    },
    { rule: 'letter with a number', sentences: ['As Fig. S1 and Tab. B2 show, it grew.', 'It fell.'] },
    {
      rule: 'unit after a number',
      sentences: ['Bake at 350 F.', 'Remove it.', 'Add 2 L.', 'Stir.', 'It drew 3.5 A.', 'Good.'],
    },
    { rule: 'unit after a degree sign', sentences: ['Heat it to 30 °C.', 'Water boils later.'] },
    { rule: 'year before an initial', sentences: ['In 1999 J. Smith left.'] },
    { rule: 'size and exit', sentences: ['It is size S.', 'Fits well.', 'Take exit B.', 'Turn left.'] },
  ])('$rule', ({ sentences }) => expectSentences(sentences));
});

describe('other scripts', () => {
  it.each<{ script: string; sentences: string[]; separator: string }>([
    { script: 'Chinese', sentences: ['你好。', '“你好吗？”', '我很好！', '３．１４是圆周率。'], separator: '' },
    { script: 'Japanese', sentences: ['「行こう。」', '「はい！？」', '彼は、笑った。'], separator: '' },
    { script: 'Hindi', sentences: ['राम घर गया।', 'वह सो गया॥', 'अच्छा।'], separator: ' ' },
    { script: 'Arabic', sentences: ['كيف حالك؟', 'أنا بخير.', 'شكرا!'], separator: ' ' },
    {
      script: 'Arabic with direction marks',
      sentences: ['كيف حالك؟\u200F', '\u200Fأنا بخير.\u200F', 'شكرا!'],
      separator: ' ',
    },
    { script: 'Russian', sentences: ['Он ушёл.', 'Она осталась!', '«Почему?» спросил он.'], separator: ' ' },
    { script: 'Georgian', sentences: ['გამარჯობა.', 'როგორ ხარ?', 'კარგად.'], separator: ' ' },
    { script: 'Spanish', sentences: ['¿Qué tal?', '¡Muy bien!', '¿Y tú?'], separator: ' ' },
  ])('$script', ({ sentences, separator }) => expectSentences(sentences, separator));
});

describe('lines', () => {
  it.each(['\n', '\r\n', '\r', '\u2028', ' \n  '])(
    'treats the line end %j of hard-wrapped prose as a space',
    (lineEnd) => {
      expectSentences(
        ['To Sherlock Holmes she is always THE woman.', 'I have seldom heard Mr. Watson say so.'],
        lineEnd,
      );
      expect(split('I met Dr.\nWatson of the U.S.\nArmy.\nHe\nwas well.'.replaceAll('\n', lineEnd))).toEqual([
        'I met Dr. Watson of the U.S. Army.',
        'He was well.',
      ]);
    },
  );

  it.each(['\n\n', '\r\n\r\n', '\r\r', '\n \t \n', '\u2029', '\n\n\n\n'])(
    'ends a sentence at the blank line %j',
    (gap) => {
      expectSentences(['A heading', 'and a paragraph by Mr.', 'Smith', 'with no stop'], gap);
    },
  );

  it.each([
    { name: 'hyphens', items: ['- apples', '- pears, which are\n  green. Some are not', '- figs'] },
    { name: 'asterisks', items: ['* apples', '* pears'] },
    { name: 'bullets', items: ['• apples', '• pears'] },
    { name: 'numbers', items: ['1. Apples', '2. Pears', '10. Figs'] },
    { name: 'numbers in brackets', items: ['1) apples', '2) pears'] },
    { name: 'letters', items: ['(a) apples', '(b) pears'] },
    { name: 'small letters', items: ['a. Apples', 'b. Pears'] },
    { name: 'Roman numerals', items: ['(i) apples', '(ii) pears', '(iii) figs'] },
  ])('ends a sentence at a list item: $name', ({ items }) => {
    const sentences = items.flatMap((item) => item.replace(/\s+/g, ' ').split(/(?<=green\.) /));
    for (const intro of ['Buy these:', 'Buy', 'Buy these.']) {
      expect(split([intro, ...items].join('\n'))).toEqual([intro, ...sentences]);
    }
  });

  it('does not mistake a number at the start of a wrapped line for a list item', () => {
    expect(split('He was born in\n1888. Then he left.')).toEqual(['He was born in 1888.', 'Then he left.']);
    expect(split('He was then only\n12. It was late.')).toEqual(['He was then only 12.', 'It was late.']);
    expect(split('See the third part of Vol.\n2. It is short.')).toEqual([
      'See the third part of Vol. 2.',
      'It is short.',
    ]);
  });

  it.each<{ rule: string; lines: string[] }>([
    { rule: 'names', lines: ['Hannah Weiss', 'Marta Kowalczyk', 'Dmitri Volkov'] },
    { rule: 'words in small letters', lines: ['milk', 'washing powder', 'stamps'] },
    { rule: 'fields', lines: ['Contact: John Smith', 'Berlin'] },
    { rule: 'an address', lines: ['John Smith', '12 Baker St.', 'London NW1 6XE', 'United Kingdom'] },
    { rule: 'a company with its form', lines: ['Acme Inc.', 'Berlin'] },
    { rule: 'a signature', lines: ['Best regards,', 'Anna Smith', 'Head of Research at Google', 'Mountain View'] },
    { rule: 'CSV', lines: ['name,city', 'Bob Jones,Paris', 'Anna Smith,Rome'] },
    { rule: 'rows with bars', lines: ['| Name | City |', '| --- | --- |', '| Bob | Paris |'] },
    { rule: 'a title with small words', lines: ['The Lord of the Rings', 'J. R. R. Tolkien'] },
    {
      rule: 'a headline in capitals',
      lines: ['MERKEL MEETS MACRON', 'The two met in Paris on Monday to talk of trade.'],
    },
    { rule: 'a dateline', lines: ['Merkel visits Paris', 'BERLIN (Reuters) - The chancellor went to Paris.'] },
    { rule: 'a dialogue', lines: ['Anna: how are you, Bob', 'Bob: fine.'] },
    { rule: 'a chat', lines: ['im meeting anna', 'bob is coming too'] },
    { rule: 'a ruled line', lines: ['A heading of prose', '=====', 'Some prose that follows it.'] },
  ])('end sentences unless they are wrapped prose: $rule', ({ lines }) => {
    expect(split(lines.join('\n'))).toEqual(lines);
  });

  it.each([
    'She lives in New\nYork.',
    'He lives in New\nYork City and works for the United Nations.',
    'She flew to New\nYork and then on to Los\nAngeles.',
    'The president of the United\nStates met Angela Merkel in New\nYork.',
    'Last week the chancellor met reporters in the city of New\nYork to talk about the state of the union.',
    'The prize went to Angela\nMerkel, who thanked the committee.',
    'This is the work of Doctor Hans Müller-\nLüdenscheidt.',
    'ALL OF THIS IS WRITTEN IN CAPITALS, WHICH IS HARD\nTO READ FOR MOST PEOPLE, SAID THE TEACHER.',
  ])('continue after the line end of wrapped prose: %j', (text) => {
    expect(split(text)).toHaveLength(1);
  });

  it('end after a line on which the next word would have fitted', () => {
    const wrapped =
      'It was a long and quiet afternoon in the old town, and the people\nwere happy to be back in Berlin';
    expect(split(`${wrapped}\nMary Jones wrote this line`)).toHaveLength(2);
  });

  it.each(['\f', '\u0085', '\u2029'])('end at %j, whatever surrounds it', (end) => {
    expect(split(`the first page goes${end}on here`)).toHaveLength(2);
    expect(split(`One.${end}Two.`)).toHaveLength(2);
  });

  it('finds nothing in white space', () => {
    for (const text of ['', ' ', '\n\n', ' \r\n\t\u2029\uFEFF']) expect(split(text)).toEqual([]);
  });
});

/** The characters and words that the rules look at, so that random texts reach every rule. */
const elements = fc.constantFrom(
  ...[
    '.',
    '!',
    '?',
    '…',
    '...',
    ' . . .',
    '。',
    '？',
    '।',
    '؟',
    '‼\uFE0F',
    '‼\u200D❤',
    ',',
    ':',
    '-',
    '--',
    '•',
    '"',
    '”',
    '“',
    "'",
  ],
  ...[
    '(',
    ')',
    '[',
    ']',
    '[1]',
    '*',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\n\n',
    '\r',
    '\t',
    '\u2028',
    '\u2029',
    '\u00A0',
    '\u200F',
    '\u200D',
  ],
  ...[
    'Mr',
    'U.S',
    'e.g',
    'No',
    'Inc',
    'I',
    'A',
    'B',
    'The',
    'he',
    'Smith',
    'said',
    '1',
    '12',
    '3.1',
    'IV',
    '1. ',
    '- ',
    '(a) ',
  ],
  ...['你好', '😀', '👨‍👩‍👧', '🇩🇪', 'e\u0301', '\u0301', 'हि', '각', '𝒳', '\u0600', '\uFEFF', '\u0085'],
);
const prose = fc.array(elements, { maxLength: 60 }).map((parts) => parts.join(''));
const texts = fc.oneof(
  { weight: 3, arbitrary: prose },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 60 }) },
);

describe('spans', () => {
  it('are in order, disjoint, trimmed and not empty, and only leave out white space', () => {
    fc.assert(
      fc.property(texts, (text) => {
        let previousEnd = 0;
        for (const { start, end } of splitSentences(text)) {
          expect(text.slice(previousEnd, start).trim()).toBe('');
          expect(end).toBeGreaterThan(start);
          expect(text.slice(start, end).trim()).toBe(text.slice(start, end));
          previousEnd = end;
        }
        expect(text.slice(previousEnd).trim()).toBe('');
      }),
      { numRuns: 2000 },
    );
  });

  it('cut no grapheme, unless to trim the white space in it', () => {
    const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
    fc.assert(
      fc.property(texts, (text) => {
        const segments = graphemes.segment(text);
        for (const { start, end } of splitSentences(text)) {
          for (const edge of [start, end]) {
            const grapheme = segments.containing(edge);
            if (grapheme === undefined || /\s/.test(grapheme.segment)) continue;
            expect(grapheme.index, JSON.stringify({ text, start, end })).toBe(edge);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('are the same for generators that run at the same time', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const interleaved = [splitSentences(one), splitSentences(other)] as const;
        const spans = { one: [...splitSentences(one)], other: [...splitSentences(other)] };
        for (let index = 0; index <= Math.max(spans.one.length, spans.other.length); index += 1) {
          expect(interleaved[0].next().value).toEqual(spans.one[index]);
          expect(interleaved[1].next().value).toEqual(spans.other[index]);
        }
      }),
    );
  });

  it('are found in spite of lone surrogates', () => {
    expect(split('\uD83D. \uDE00 Yes. \uD83D')).toHaveLength(3);
  });
});

describe('long texts', () => {
  const longestTurn = watchTurns();

  it.each([' ', '\n\n'])('are read no further than the sentence asked for (between sentences: %j)', (gap) => {
    const text = `It was late.${gap}`.repeat(80_000);
    const exec = RegExp.prototype.exec;
    let furthest = 0;
    // The text is looked at by regular expressions only, which leave in `lastIndex` how far they came.
    vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function (this: RegExp, subject: string) {
      const match = exec.call(this, subject);
      if (subject === text) furthest = Math.max(furthest, this.lastIndex);
      return match;
    });
    const sentences = splitSentences(text);
    expect(sentences.next().value).toEqual({ start: 0, end: 12 });
    expect(furthest).toBeGreaterThan(0);
    expect(furthest).toBeLessThan(100);
    sentences.next();
    expect(furthest).toBeLessThan(100);
  });

  // Each would take minutes in quadratic time, or overflow the stack of the regular expression engine.
  it.each<{ name: string; text: string; sentences: number }>([
    { name: 'letters', text: 'x'.repeat(1_000_000), sentences: 1 },
    { name: 'emoji', text: '😀'.repeat(100_000), sentences: 1 },
    { name: 'a sentence of 5,000 words', text: `${'word '.repeat(5_000)}. End.`, sentences: 2 },
    { name: 'one paragraph', text: 'It was late. '.repeat(80_000), sentences: 80_000 },
    { name: 'blank lines', text: `One.${'\n'.repeat(1_000_000)}Two.`, sentences: 2 },
    { name: 'blanks', text: `One.${' '.repeat(1_000_000)}Two.`, sentences: 2 },
    { name: 'blanks at line ends', text: `x${' '.repeat(1_000)}\n`.repeat(1_000), sentences: 1 },
    { name: 'stops', text: '.'.repeat(1_000_000), sentences: 1 },
    { name: 'spaced stops', text: '. '.repeat(500_000), sentences: 1 },
    { name: 'wide stops', text: '。'.repeat(8_000_000), sentences: 1 },
    { name: 'marks on a stop', text: `.${'\u0301'.repeat(8_000_000)}`, sentences: 1 },
    { name: 'quotation marks', text: `One.${'"'.repeat(1_000_000)}`, sentences: 1 },
    { name: 'initials', text: 'J. '.repeat(300_000), sentences: 1 },
    { name: 'bullets', text: '• '.repeat(300_000), sentences: 300_000 },
    { name: 'capitals before a small letter', text: `${'A'.repeat(1_000_000)}b\nFoo Bar`, sentences: 2 },
    { name: 'line ends within a sentence', text: 'a\u2028'.repeat(500_000), sentences: 1 },
  ])('take linear time: $name', ({ text, sentences }) => {
    let count = 0;
    for (const span of splitSentences(text)) count += span.end > span.start ? 1 : 0;
    expect(count).toBe(sentences);
  });

  it.each(['a\u2028', 'a\n', 'x\u2028\n', '• ', '1.\n', 'A.\n', '… ', '."', 'J. ', '. \u2028'])(
    'of nothing but %j yield to the event loop, even if all of it is one sentence',
    async (unit) => {
      const text = unit.repeat(300_000);
      let sentences: readonly Span[] = [];
      const turnMs = await longestTurnOf(longestTurn, 50, async () => {
        sentences = await collectYielding(sentenceSteps(text), undefined);
      });
      expect(turnMs).toBeLessThan(50);
      expect(sentences).toEqual([...splitSentences(text)]);
    },
  );

  it('are no longer read once the signal is aborted', async () => {
    const left = new AbortController();
    const sentences = collectYielding(sentenceSteps('a\u2028'.repeat(100_000)), left.signal);
    left.abort(new Error('gone'));
    await expect(sentences).rejects.toThrow();
  });
});
