import { expect, test } from 'vitest';
import { TypedDocumentString } from '../../src/client/graphql.ts';
import { useService } from '../service.ts';

const service = useService();

interface Everything {
  readonly [alias: string]: unknown;
}

interface Variables {
  readonly text: string;
  readonly unit: string;
}

/** Every type that has an id, with every field but timing, under options that change fields. */
const Everything = new TypedDocumentString<Everything, Variables>(`
  query ($text: String!, $unit: OffsetEncoding!) {
    document(text: $text, offsetEncoding: $unit) {
      ...Identity
      text
      whole: sentiment { ...Sentiment }
      beginning: sentiment(longText: TRUNCATE) { ...Sentiment }
      first: entities { ...Entity }
      simple: entities(aggregation: SIMPLE) { ...Entity }
      labelled: entities(aggregation: NONE) { ...Entity }
      groups: entityGroups { ...Group }
      places: entityGroups(types: ["LOC"]) { ...Group }
      sure: entityGroups(minConfidence: 0.9) { ...Group }
      sentences { __typename id index text start end sentiment { ...Sentiment } entities { ...Entity } }
      tokens { ...Tokens }
      cased: tokens(model: "bertql/conll-ner-minilm") { ...Tokens }
    }
    sentiment(text: $text) { ...Sentiment }
    entities(text: $text, offsetEncoding: $unit) { ...Entity }
    bare: tokenize(text: $text, offsetEncoding: $unit, addSpecialTokens: false) { ...Tokens }
    padded: tokenize(text: $text, offsetEncoding: $unit, maxLength: 90, padding: MAX_LENGTH) { ...Tokens }
    cut: tokenize(text: $text, offsetEncoding: $unit, maxLength: 5, truncation: true) { ...Tokens }
  }
  fragment Identity on Document { __typename id }
  fragment Sentiment on SentimentResult {
    __typename id text label confidence probabilities { label probability } tokenCount tokensUsed truncated readable
  }
  fragment Entity on Entity {
    __typename id text type confidence start end chunkIndex tokens { text piece label confidence start end }
  }
  fragment Group on EntityGroup { __typename id text type count confidence mentions { id } }
  fragment Tokens on Tokenization { __typename id text ids starts ends attentionMask tokenCount truncated }
`);

const names = 'Zoë 😀 met Angela Merkel in Paris. The talks in PARIS went well, and Merkel left.';
const TEXTS = [names, `${names} `, `${names}\n\n${'It was awful in Berlin. '.repeat(120)}`, '', '😡'];
const UNITS = ['UTF16', 'CODE_POINT', 'UTF8_BYTE'] as const;

/** Adds the fields of each object with an id to the list of its id. */
function collect(value: unknown, found: Map<string, Set<string>>): void {
  if (typeof value !== 'object' || value === null) return;
  if ('id' in value && '__typename' in value) {
    const fields = JSON.stringify(value);
    found.set(String(value.id), (found.get(String(value.id)) ?? new Set()).add(fields));
  }
  for (const part of Object.values(value)) collect(part, found);
}

/** The fields of a document or a sentence that are the same under every selection. */
function own(object: string): string {
  const { __typename, id, text, start, end, index, ...rest } = JSON.parse(object) as Record<string, unknown>;
  return JSON.stringify(
    __typename === 'Document' || __typename === 'Sentence'
      ? { __typename, id, text, start, end, index }
      : { __typename, id, text, start, end, index, ...rest },
  );
}

test('the same id means the same fields, whatever the text, the unit and the options', async () => {
  const found = new Map<string, Set<string>>();
  for (const text of TEXTS) {
    for (const unit of UNITS) {
      // A blank text has no sentiment, which leaves the rest alone.
      const { data } = await service.ask(Everything, { text, unit });
      collect(data, found);
    }
  }
  const types = new Set<unknown>();
  for (const objects of found.values()) {
    const distinct = new Set([...objects].map(own));
    expect([...distinct]).toHaveLength(1);
    for (const object of objects) types.add((JSON.parse(object) as { __typename: string }).__typename);
  }
  expect([...types].sort()).toEqual([
    'Document',
    'Entity',
    'EntityGroup',
    'Sentence',
    'SentimentResult',
    'Tokenization',
  ]);
  expect(found.size).toBeGreaterThan(500);
});

test('other fields mean another id: units, strategies, models, and treatments of long texts', async () => {
  const idsOf = async (query: string) => {
    const { data } = await service.ask(new TypedDocumentString<unknown, object>(query), {});
    return [...JSON.stringify(data).matchAll(/"id":"([^"]+)"/g)].map(([, id]) => id);
  };
  const text = JSON.stringify(names);
  const ids = await idsOf(`{
    ${UNITS.map((unit) => `${unit}: document(text: ${text}, offsetEncoding: ${unit}) { id entities { id } sentences { id } tokens { id } }`).join('\n')}
    whole: sentiment(text: ${text}) { id }
    beginning: sentiment(text: ${text}, longText: TRUNCATE) { id }
    simple: entities(text: ${text}, aggregation: SIMPLE) { id }
    cased: tokenize(text: ${text}, model: "bertql/conll-ner-minilm") { id }
    bare: tokenize(text: ${text}, addSpecialTokens: false) { id }
  }`);
  expect(ids.length).toBeGreaterThan(30);
  expect(new Set(ids).size).toBe(ids.length);
});
