import { describe, expect, test } from 'vitest';
import { type Aggregation, EntityDecoder, type TokenEntity } from '../../src/documents/aggregation.ts';
import { detokenize } from '../../src/documents/tokenization.ts';
import { STRATEGIES } from '../documents/reading.ts';
import {
  codePointsBefore,
  GOLDEN,
  type Golden,
  goldenEntities,
  NER_MODELS,
  SENTIMENT_MODELS,
  useModels,
} from './fixtures.ts';

const models = useModels();
const WHOLE = { addSpecialTokens: true, padding: 'NONE', truncation: false } as const;

/** A range of Python's in code points without the white space at its ends. */
function withoutBlanks(text: string, start: number, end: number): readonly [number, number] {
  const characters = Array.from(text).slice(start, end);
  const isBlank = (character: string | undefined) => character !== undefined && /\s/.test(character);
  let [from, to] = [0, characters.length];
  while (from < to && isBlank(characters[from])) from++;
  while (to > from && isBlank(characters[to - 1])) to--;
  return from === to ? [start, end] : [start + from, start + to];
}

describe.each([...NER_MODELS, ...SENTIMENT_MODELS])('%s', (name) => {
  const texts = GOLDEN[name].filter(({ ids }) => ids.length <= 64);
  const model = () => models.registry.resolve('TOKENIZATION', name);

  test.each(texts)('gives the tokens of Python for $text', async ({ text, ids, offsets, decoded }) => {
    const document = models.document(text);
    const { ids: found, starts, ends } = await document.tokens(name, WHOLE);
    expect([...found]).toEqual(ids);
    const last = [...ends()];
    const ranges = [...starts()].map(
      (start, index) => start !== null && [start, last[index]].map((at) => codePointsBefore(text, at ?? 0)),
    );
    const special = (index: number) => index === 0 || index === ids.length - 1;
    expect(ranges).toEqual(offsets.map(([start, end], index) => !special(index) && withoutBlanks(text, start, end)));
    expect(await detokenize(model(), ids, true)).toBe(decoded);
  });
});

/**
 * Whether Python's heuristic for words is right: spaces surround each punctuation mark, and no two tokens share a
 * character, which Python splits into two words if it is the first one of a word.
 */
function pythonKnowsWords({ spaced, offsets }: Golden): boolean {
  const tokens = offsets.slice(1, -1);
  return spaced && tokens.every(([start], index) => index === 0 || start >= (tokens[index - 1]?.[1] ?? 0));
}

/** Python knows only `B-` and `I-`. */
const SCHEMES_OF_PYTHON = ['roberta-bio', 'deberta-plain'] as const;

/**
 * What the strategy makes of the labels. These models have random weights and label marks as readily as names, so the
 * rules for edges, which Python does not know, are left out.
 */
async function decode(text: string, name: string, aggregation: Aggregation) {
  const document = models.document(text);
  const model = await document.use('NER', name);
  const { encoding, label } = await document.read(model, aggregation);
  const decoder = new EntityDecoder(model.labels, aggregation, (token) => encoding.continues(token));
  const decoded: TokenEntity[] = [];
  for await (const { probabilities } of label()) decoded.push(...decoder.push(probabilities));
  decoded.push(...decoder.finish());
  const { starts, ends } = encoding.offsets;
  return decoded.map(({ type, confidence, tokens }) => {
    const start = codePointsBefore(text, starts[tokens[0]?.index ?? -1] ?? 0);
    const end = codePointsBefore(text, ends[tokens.at(-1)?.index ?? -1] ?? 0);
    return { type, range: withoutBlanks(text, start, end), confidence };
  });
}

describe.each(NER_MODELS)('%s', (name) => {
  const knowsScheme = SCHEMES_OF_PYTHON.some((each) => each === name);
  describe.each(STRATEGIES.filter((strategy) => strategy === 'NONE' || knowsScheme))('%s', (aggregation) => {
    const guessesWords = aggregation !== 'NONE' && aggregation !== 'SIMPLE';
    const texts = GOLDEN[name].filter((golden) => !guessesWords || pythonKnowsWords(golden));

    test.each(texts)('gives the entities of Python for $text', async (golden) => {
      const { text } = golden;
      const found = await decode(text, name, aggregation);
      const expected = goldenEntities(golden, aggregation).map(([type, confidence, start, end]) => ({
        type,
        range: withoutBlanks(text, start, end),
        confidence: expect.closeTo(confidence, 4),
      }));
      expect(found).toEqual(expected);
    });
  });
});

describe.each(SENTIMENT_MODELS)('%s', (name) => {
  test.each(GOLDEN[name])('gives the probabilities of Python for $text', async ({ text, scores }) => {
    const { probabilities, label, confidence } = await models.document(text).sentiment(name, 'TRUNCATE');
    const sorted = [...probabilities].sort((a, b) => b.probability - a.probability);
    expect(sorted.map(({ label, probability }) => [label, probability])).toEqual(
      scores.map(([label, probability]) => [label, expect.closeTo(probability, 4)]),
    );
    expect([label, confidence]).toEqual([sorted[0]?.label, sorted[0]?.probability]);
  });
});
