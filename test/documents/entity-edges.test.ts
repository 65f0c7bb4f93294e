import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nameWithin } from '../../src/documents/name-edges.ts';
import { splitSentences } from '../../src/documents/sentences.ts';
import { useService } from '../service.ts';
import { chunksOf, documentOn, entitiesOf, eventsOf, STRATEGIES } from './reading.ts';
import { NAMES, SLICERS, trickyText } from './unicode.ts';

const service = useService({ WORKERS: '1' });
const BY_READER = STRATEGIES.filter((strategy) => strategy !== 'NONE');

/** The names that are left of a text in which a model takes everything for one. */
async function namesIn(text: string, aggregation = BY_READER[1]): Promise<string[]> {
  const found = await entitiesOf(documentOn(service, text, { allNames: true }), aggregation ? { aggregation } : {});
  return found.map((entity) => entity.text);
}

describe('a name ends', () => {
  test.each([
    ['at a blank line', 'John Smith\n\nMary Jones', ['John Smith', 'Mary Jones']],
    ['at a blank line of Windows', 'John Smith\r\n\r\nMary Jones', ['John Smith', 'Mary Jones']],
    ['at a line with nothing visible', 'John Smith\n \u200b\nMary Jones', ['John Smith', 'Mary Jones']],
    ['at the end of a page', 'Berlin\fParis', ['Berlin', 'Paris']],
    ['at the line end of EBCDIC', 'Berlin\u0085Paris', ['Berlin', 'Paris']],
    ['at a paragraph separator', 'Berlin\u2029Paris', ['Berlin', 'Paris']],
    ['at each line of a list', 'John Smith\nMary Jones\nBerlin', ['John Smith', 'Mary Jones', 'Berlin']],
    ['at the end of a field', 'John Smith\nBerlin', ['John Smith', 'Berlin']],
    ['at the lines of an address', 'Acme Inc.\n500 Market Street\nUtah', ['Acme Inc.', '500 Market Street', 'Utah']],
    ['at a tab', 'John Smith\tBerlin', ['John Smith', 'Berlin']],
    ['at a bar', 'John Smith | Berlin', ['John Smith', 'Berlin']],
    ['at a wide gap', 'John Smith    Berlin', ['John Smith', 'Berlin']],
    ['at a semicolon', 'John Smith;Berlin', ['John Smith', 'Berlin']],
    ['at the comma of CSV', 'John Smith,Berlin', ['John Smith', 'Berlin']],
    ['before an e-mail address', 'Anna anna@example.com Berlin', ['Anna', 'Berlin']],
    ['before a URL', 'Anna https://example.com/Paris?x=1 Berlin', ['Anna', 'Berlin']],
  ])('%s', async (_place, text, names) => {
    for (const aggregation of BY_READER) expect(await namesIn(text, aggregation)).toEqual(names);
  });
});

describe('a name continues', () => {
  test.each([
    ['over the line end of wrapped prose', 'she lives in New\nYork, she says.'],
    ['over a character reference', 'AT&amp;T'],
    ['over the comma of a number', 'Area 1,000'],
    ['over a comma and a blank', 'Washington, D.C.'],
    ['over its own handle', '@anna_maria_smith'],
  ])('%s', async (_place, text) => {
    expect(await namesIn(text)).toHaveLength(1);
  });
});

describe('the entity of a label on', () => {
  test.each([
    ['(Reuters)', 'Reuters'],
    ['"War and Peace"', 'War and Peace'],
    ['Elon Musk 🚀', 'Elon Musk'],
    ['🎉Kreuzberg🎉', 'Kreuzberg'],
    ['Team 1️⃣', 'Team'],
    ['. Müller', 'Müller'],
    ['Berlin.', 'Berlin'],
    ['Berlin!', 'Berlin'],
    ['Inc.', 'Inc.'],
    ['Sony Corp.', 'Sony Corp.'],
    ['SONY CORP.', 'SONY CORP.'],
    ['U.S.', 'U.S.'],
    ['Ph.D.', 'Ph.D.'],
    ['J.', 'J.'],
    ['Yahoo!', 'Yahoo!'],
    ['Guess?', 'Guess?'],
    ['C++', 'C++'],
    ['Disney+', 'Disney+'],
    ['Congo (Kinshasa)', 'Congo (Kinshasa)'],
    ['Kinshasa)', 'Kinshasa'],
    ['Dwayne "The Rock"', 'Dwayne "The Rock"'],
    ['.NET', '.NET'],
    ['.Berlin', 'Berlin'],
    ["'s-Gravenhage", "'s-Gravenhage"],
    ["'Berlin'", 'Berlin'],
    ['@anna', 'anna'],
    ['Zoe\u0308', 'Zoe\u0308'],
    ['Apple™', 'Apple'],
    ['Musk\ufe0f', 'Musk'],
    ['हिन्दी', 'हिन्दी'],
    ['ᚠᛖᚺᚢ', 'ᚠᛖᚺᚢ'],
    ['😀', undefined],
    ['1️⃣', undefined],
    ['...', undefined],
    [' \n', undefined],
    ['', undefined],
  ])('%j is trimmed to %j', (text, name) => {
    const span = nameWithin(`x ${text} x`, { start: 2, end: 2 + text.length });
    expect(span && `x ${text} x`.slice(span.start, span.end)).toBe(name);
  });
});

const brokenText = fc
  .array(
    fc.tuple(
      trickyText,
      fc.constantFrom(...NAMES, 'U.S.', 'Yahoo!', '(Reuters)', 'a@b.example', '@anna_s'),
      fc.constantFrom('\n', '\r\n', '\n\n', '\n \t\n', '\u2028', '\f', '\u0085', '|', '\t', ',', '; ', ' 🎉 ', ' '),
    ),
    { maxLength: 10 },
  )
  .map((parts) => parts.flat().join(''));

const CROSSED = /[\f\u0085\u2029|]|\S[^\S\n\r\v\u2028]*\t|(?:\r\n|[\n\v\u2028]|\r(?!\n))[^\S\n\r]*[\n\r\v\u2028]/;

describe('whatever the text and the labels', () => {
  test('no entity has a stray edge or crosses a break, and all slices are exact', async () => {
    let found = 0;
    await fc.assert(
      fc.asyncProperty(
        brokenText,
        fc.constantFrom(...BY_READER),
        fc.option(fc.nat(), { nil: undefined }),
        fc.constantFrom('UTF16' as const, 'CODE_POINT' as const, 'UTF8_BYTE' as const),
        async (text, aggregation, seed, offsetEncoding) => {
          const labels = seed === undefined ? { allNames: true } : { seed };
          const document = documentOn(service, text, { ...labels, offsetEncoding });
          const entities = await entitiesOf(document, { aggregation });
          const ends = Array.from(splitSentences(text), ({ end }) => end);
          let last = 0;
          for (const { span, start, end, text: name, tokens } of entities) {
            expect(SLICERS[offsetEncoding](text, start, end)).toBe(name);
            expect(name).toMatch(/^(?:[\p{L}\p{N}]|\.NET|['’])/u);
            expect(name).toMatch(/[\p{L}\p{N}][\p{M}\u200c\u200d]*[.!?+#)"”\]»]?$/u);
            expect(name).not.toMatch(CROSSED);
            const crossed = ends.filter(
              (at) => at > span.start && at < span.end && /^\s*[\n\r\v\u2028]/.test(text.slice(at)),
            );
            expect(crossed).toEqual([]);
            expect(span.start).toBeGreaterThanOrEqual(last);
            for (const token of tokens) expect(token.start >= start && token.end <= end).toBe(true);
            last = span.end;
          }
          found += entities.length;
        },
      ),
      { numRuns: 150 },
    );
    expect(found).toBeGreaterThan(300);
  });

  test('a stream has the same entities as the query', async () => {
    await fc.assert(
      fc.asyncProperty(brokenText, fc.constantFrom(...BY_READER), async (text, aggregation) => {
        const reading = { allNames: true, chunkTokens: 12, overlapTokens: 2 };
        const events = await eventsOf(service, documentOn(service, text, reading), { aggregation });
        const streamed = chunksOf(events).flatMap(({ entities }) => entities.map(({ id }) => id));
        const asked = await entitiesOf(documentOn(service, text, reading), { aggregation });
        expect(streamed).toEqual(asked.map(({ id }) => id));
      }),
      { numRuns: 40 },
    );
  });
});

describe('a text that is nothing but', () => {
  // Each would take minutes in quadratic time.
  test.each([
    ['breaks', '\n'.repeat(1_000_000), 0],
    ['blank lines of zero-width spaces', '\n\u200b'.repeat(200_000), 0],
    ['emoji', '🎉 '.repeat(50_000), 0],
    ['emoji without a blank', '🎉'.repeat(200_000), 0],
    ['marks', ')'.repeat(50_000), 0],
    ['at signs', 'a@'.repeat(50_000), 1],
    ['one name in each cell of a CSV', 'Anna Smith,Berlin,Acme Inc.\n'.repeat(10_000), 30_000],
    ['one name in each line', 'Anna Smith\n'.repeat(20_000), 20_000],
  ])('%s is read in linear time', async (_what, text, names) => {
    expect(await namesIn(text)).toHaveLength(names);
  });
});
