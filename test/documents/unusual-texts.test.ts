import { afterEach, describe, expect, test } from 'vitest';
import { SentimentDocument, TokenizeDocument, TypedDocumentString } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';
import { chunksOf, documentOn, entitiesOf, eventsOf } from './reading.ts';

const service = useService();

afterEach(() => expect(service.failures).toEqual([]));

interface Stretch {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}
interface Everything {
  readonly document: {
    readonly sentences: readonly (Stretch & { readonly sentiment: { readonly confidence: number } })[];
    readonly coverage: { readonly tokenCount: number };
  };
}

const Everything = new TypedDocumentString<Everything, { text: string }>(`
  query ($text: String!) {
    document(text: $text) {
      sentences { text start end sentiment { confidence } }
      coverage { tokenCount }
    }
  }`);

async function expectToBeRead(text: string, tokens: number): Promise<void> {
  const { document } = await service.data(Everything, { text });
  const events = await eventsOf(service, documentOn(service, text));
  const entities = chunksOf(events).flatMap((event) => event.entities);
  for (const stretch of [...document.sentences, ...entities]) {
    expect(text.slice(stretch.start, stretch.end)).toBe(stretch.text);
  }
  expect(document.coverage.tokenCount).toBe(tokens);
  expect(events.at(-1)).toMatchObject({ kind: 'AnalysisCompleted', progress: { fraction: 1, tokensDone: tokens } });
}

async function sentimentOf(text: string) {
  const { sentiment } = await service.data(SentimentDocument, { text, longText: 'WINDOWS' });
  return sentiment;
}

describe('a text that is read like any other', () => {
  test.each([
    ['5,000 words without a full stop', 'the talks in Berlin went on and the rain fell '.repeat(500), 5000],
    ['a word of 100,000 letters', 'x'.repeat(100_000), 1],
    ['words of 100 letters, the most that the tokenizer splits', `${'x'.repeat(100)} `.repeat(8), 800],
    ['emoji without a blank', '😀'.repeat(20_000), 1],
    ['emoji between blanks', '😀 '.repeat(700), 700],
    ['ideographs that the vocabulary lacks', '𠀀'.repeat(700), 700],
    ['stops', '.'.repeat(700), 700],
    ['brackets that are never closed', '"([{'.repeat(200), 800],
    ['special tokens in letters', '[CLS] [SEP] [PAD] [MASK] [UNK] '.repeat(120), 600],
    ['a letter under a thousand accents', `x${'\u0323\u0301'.repeat(500)}`, 1],
    ['paragraphs of zero-width spaces', 'Fine.\n\n\u200b\n\n\u00ad\n\n'.repeat(100), 200],
    ['paragraphs of replacement characters', 'Fine.\n\n\ufffd\n\n'.repeat(100), 200],
  ])('%s', async (_title, text, tokens) => {
    await expectToBeRead(text, tokens);
    const { probabilities, truncated, tokensUsed, tokenCount } = await sentimentOf(text);
    expect(probabilities.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    expect([truncated, tokensUsed]).toEqual([false, tokenCount]);
  });
});

describe('a text with nothing to read', () => {
  test.each([
    ['nothing', ''],
    ['control characters', '\0\u0007\u001b'.repeat(30_000)],
    ['white space', ' \t\r\n\u00a0\u2003\u3000\u2028\u0085\v'.repeat(10_000)],
    ['zero-width characters', '\u200b\u200d\u00ad\ufeff\u202e'.repeat(10_000)],
    ['replacement characters', '\ufffd'.repeat(5000)],
    ['characters for private use', '\ue000\u{100000}'.repeat(5000)],
  ])('%s', async (_title, text) => {
    await expectToBeRead(text, 0);
    expect(await service.data(Everything, { text })).toEqual({
      document: { sentences: [], coverage: { tokenCount: 0 } },
    });
    const { errors } = await service.ask(SentimentDocument, { text });
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'EMPTY_TEXT' });
  });

  test('does not fail the other documents of a list', async () => {
    const documents = new TypedDocumentString<{ documents: readonly object[] }, { texts: string[] }>(`
      query ($texts: [String!]!) {
        documents(texts: $texts) { ... on Document { sentiment { label } } ... on TextProblem { index code } }
      }`);
    const blank = ['', '\0', ' \u200b', '\ufeff\u0085', '\ufffd', '\u0301', '\ue000'];
    const answer = await service.data(documents, { texts: ['Wonderful!', ...blank, 'Awful.'] });
    expect(answer.documents).toEqual([
      { sentiment: { label: 'POSITIVE' } },
      ...blank.map((_, index) => ({ index: index + 1, code: 'EMPTY_TEXT' })),
      { sentiment: { label: 'NEGATIVE' } },
    ]);
  });
});

describe('a name in a script that the vocabulary lacks', () => {
  test.each([
    ['runes', 'President ᚠᛖᚺᚢ visited Berlin.', ['ᚠᛖᚺᚢ'], 'Berlin'],
    ['Hangul', 'The singer 권은비 was born in Seoul.', ['권은비'], 'Seoul'],
    ['Javanese, two words', 'Minister ꦲꦏ ꦲꦏ said in Jakarta', ['ꦲꦏ', 'ꦲꦏ'], 'Jakarta'],
  ])('has the range of its characters, as has the name after it: %s', async (_title, text, words, name) => {
    const { tokenize } = await service.data(TokenizeDocument, { text, model: 'bertql/conll-ner-minilm' });
    const unknown = tokenize.tokens.filter((token) => token.text === '[UNK]');
    expect(unknown.map(({ start, end }) => text.slice(start ?? -1, end ?? -1))).toEqual(words);
    const found = await entitiesOf(documentOn(service, text));
    expect(found.map((entity) => [entity.text, entity.start])).toContainEqual([name, text.indexOf(name)]);
    for (const entity of found) expect(text.slice(entity.start, entity.end)).toBe(entity.text);
  });
});
