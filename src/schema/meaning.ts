import type { Document as AnyDocument, Passage } from '../documents/document.ts';
import { Document } from '../documents/document.ts';
import type { Sentence } from '../documents/document-sentences.ts';
import { cosine, type Embedding } from '../documents/meaning.ts';
import { type Occurrence, similaritiesOf, wordPattern } from '../documents/word-senses.ts';
import { BertqlError } from '../errors.ts';
import { builder } from './builder.ts';
import { type Operation, TextProblem } from './context.ts';
import { SentenceType } from './document.ts';
import { EntityGroupType } from './entities.ts';
import { TextProblemType } from './errors.ts';
import { ModelType } from './models.ts';
import { offsetEncodingArgs } from './offsets.ts';
import { failable } from './semantic-non-null.ts';
import { SentimentResultType } from './sentiment.ts';
import { TimingType } from './timing.ts';

const modelArgs = builder.args((t) => ({
  model: t.id({ description: 'An EMBEDDING model; the first of `models` by default.' }),
}));

const EmbeddingUseType = builder.enumType('EmbeddingUse', {
  description: 'What a vector is for. Models such as e5 and bge have different prefixes for queries and passages.',
  values: {
    PASSAGE: {
      description: 'A text that queries are compared with, or any text for a model without prefixes.',
    },
    QUERY: { description: 'A question or search. For e5, also texts that are compared with each other.' },
  },
});

const useArgs = builder.args((t) => ({
  as: t.field({
    type: EmbeddingUseType,
    required: true,
    defaultValue: 'PASSAGE',
    description: 'What the vector is for, which selects the model’s prefix.',
  }),
}));

const EmbeddingType = builder.objectRef<Embedding>('Embedding').implement({
  description:
    'The vector of a text: texts of similar meaning have vectors of similar direction. A text that is longer than the model’s input is read in windows of whole sentences; its vector is their mean, weighted by tokens and scaled to length 1.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The same for the same text, model and use.' }),
    vector: t.floatList({
      description: 'Its numbers, rounded to seven decimals. The vectors of most models have length 1.',
      resolve: ({ vector }) => rounded(vector),
    }),
    dimensions: t.int({ description: 'Length of the vector.', resolve: ({ vector }) => vector.length }),
    tokenCount: t.exposeInt('tokenCount', { description: 'Number of tokens of the text, including special tokens.' }),
    tokensUsed: t.exposeInt('tokensUsed', { description: 'Number of tokens that the model read.' }),
    truncated: t.exposeBoolean('truncated', {
      description: 'Whether the text was truncated: always false, since long texts are read in windows.',
    }),
    model: t.expose('model', { type: ModelType, description: 'The model that made it.' }),
    timing: t.expose('timing', { type: TimingType, description: 'How long it took.' }),
    similarity: t.float({
      ...failable,
      description: 'The cosine of this vector and that of another text: -1 to 1, 1 for the same direction.',
      args: { to: t.arg.string({ required: true, description: 'The other text.' }), ...useArgs },
      resolve: async ({ vector, model }, { to, as }, { operation }) =>
        cosine(vector, (await operation.document(to).embedding(model.id, as)).vector),
    }),
  }),
});

const EmbeddingOutcomeType = builder.unionType('EmbeddingOutcome', {
  description: 'The vector of one text of a list.',
  types: [EmbeddingType, TextProblemType],
  resolveType: (outcome) => (outcome instanceof TextProblem ? TextProblemType : EmbeddingType),
});

interface LocatedOccurrence extends Occurrence {
  readonly textIndex: number;
  readonly document: AnyDocument;
}

const WordOccurrenceType = builder.objectRef<LocatedOccurrence>('WordOccurrence').implement({
  description: 'An occurrence of a word in a text.',
  fields: (t) => ({
    textIndex: t.exposeInt('textIndex', { description: 'Index of the text in the list.' }),
    text: t.string({
      description: 'The word as it is written there.',
      resolve: ({ document, span }) => document.text.slice(span.start, span.end),
    }),
    start: t.int({
      description: 'Where it starts in its text.',
      resolve: ({ document, span }) => document.position(span.start),
    }),
    end: t.int({
      description: 'Where it ends, exclusive.',
      resolve: ({ document, span }) => document.position(span.end),
    }),
    sentence: t.string({
      description: 'The sentence in which it begins.',
      resolve: async ({ document, span }) => (await document.sentenceAt(span.start))?.text ?? document.text,
    }),
    vector: t.floatList({
      description: 'The mean of the vectors of its tokens in this context, of length 1.',
      resolve: ({ vector }) => rounded(vector),
    }),
  }),
});

interface WordSenses {
  readonly word: string;
  readonly occurrences: readonly LocatedOccurrence[];
}

const WordSensesType = builder.objectRef<WordSenses>('WordSenses').implement({
  description: 'One word in many contexts: its vectors are similar if it means the same.',
  fields: (t) => ({
    word: t.exposeString('word', { description: 'The word or phrase, as it was sent.' }),
    occurrences: t.field({
      type: [WordOccurrenceType],
      description: 'Its occurrences as a whole word in any case, in the order of the texts.',
      resolve: ({ occurrences }) => occurrences,
    }),
    similarities: t.field({
      type: t.listRef(t.listRef('Float')),
      description:
        'The cosines of the vectors of all pairs of occurrences: a symmetric matrix in their order, with 1 on its diagonal.',
      resolve: async ({ occurrences }, _args, { operation }) => {
        // Checked before it is computed, since it grows with the square of the occurrences.
        operation.resultSize.check(BYTES_OF_NUMBER * occurrences.length ** 2);
        const vectors = occurrences.map(({ vector }) => vector);
        return (await similaritiesOf(vectors, operation.signal)).map((row) => [...row]);
      },
    }),
  }),
});

const PassageType = builder.objectRef<Passage>('Passage').implement({
  description: 'A passage of one to three whole sentences, as many as fit the model’s input.',
  fields: (t) => ({
    text: t.exposeString('text', { description: 'The passage as it is in the text.' }),
    start: t.exposeInt('start', { description: 'Where it starts in the text.' }),
    end: t.exposeInt('end', { description: 'Where it ends, exclusive.' }),
    score: t.exposeFloat('score', { description: 'The cosine of its vector and that of the query: -1 to 1.' }),
    sentences: t.field({
      type: [SentenceType],
      description: 'Its sentences.',
      resolve: ({ document, span }) => document.sentencesIn(span),
    }),
  }),
});

builder.queryFields((t) => ({
  embed: t.field({
    type: EmbeddingType,
    ...failable,
    description: 'The vector of a text. Fails with EMPTY_TEXT if there is nothing to read.',
    args: {
      text: t.arg.string({ required: true, description: 'A word, a sentence, or a text of any length.' }),
      ...modelArgs,
      ...useArgs,
    },
    resolve: (_root, { text, model, as }, { operation }) => operation.document(text).embedding(model, as),
  }),
  embeddings: t.field({
    type: [EmbeddingOutcomeType],
    ...failable,
    description: 'The vector of each text of a list, in order. One call with many texts is faster than many calls.',
    args: {
      texts: t.arg.stringList({
        required: true,
        description: 'The texts; one that cannot be read becomes a TextProblem.',
      }),
      ...modelArgs,
      ...useArgs,
    },
    resolve: (_root, { texts, model, as }, { operation }) => {
      operation.registry.resolve('EMBEDDING', model);
      return operation.forEachText(texts, (text) => operation.document(text).embedding(model, as));
    },
  }),
  similarity: t.float({
    ...failable,
    description: 'How similar two texts are in meaning: the cosine of their vectors, -1 to 1. It is not a probability.',
    args: {
      a: t.arg.string({ required: true, description: 'A text.' }),
      b: t.arg.string({ required: true, description: 'Another text.' }),
      ...modelArgs,
      ...useArgs,
    },
    resolve: async (_root, { a, b, model, as }, { operation }) => {
      // Before any work begins: if one text is invalid, nobody would await the other.
      const documents = [a, b].map((text) => operation.document(text));
      const [first, second] = await Promise.all(documents.map((document) => document.embedding(model, as)));
      return first && second ? cosine(first.vector, second.vector) : null;
    },
  }),
  wordSenses: t.field({
    type: WordSensesType,
    ...failable,
    description:
      'One word in many contexts: each occurrence as a whole word in any case, with its vector, and how similar these are. Fails with BAD_ARGUMENT if none of the texts has it.',
    args: {
      word: t.arg.string({ required: true, description: 'A word, or a phrase of several words.' }),
      texts: t.arg.stringList({ required: true, description: 'The texts to look for it in.' }),
      ...modelArgs,
      ...offsetEncodingArgs,
    },
    resolve: async (_root, { word, texts, model, offsetEncoding }, { operation }) => {
      const pattern = wordPattern(word);
      operation.registry.resolve('EMBEDDING', model);
      const found = await eachText(operation, texts, async (text) => {
        const document = operation.document(text, offsetEncoding);
        const occurrences = await document.occurrences(pattern, model);
        return occurrences.map((occurrence) => ({ ...occurrence, document }));
      });
      const occurrences = found.flatMap((each, textIndex) => each.map((occurrence) => ({ ...occurrence, textIndex })));
      if (occurrences.length > 0) return { word, occurrences };
      throw new BertqlError(
        'BAD_ARGUMENT',
        `word: ${JSON.stringify(word)} is in none of the ${texts.length} texts as a whole word.`,
      );
    },
  }),
}));

builder.objectFields(Document, (t) => ({
  embedding: t.field({
    type: EmbeddingType,
    ...failable,
    description: 'Its vector. Fails with EMPTY_TEXT if there is nothing to read.',
    args: { ...modelArgs, ...useArgs },
    resolve: (document, { model, as }) => document.embedding(model, as),
  }),
  search: t.field({
    type: [PassageType],
    ...failable,
    description:
      'The passages that are most similar to a query in meaning, best first. Their vectors are cached, so another search in the same text is fast.',
    args: {
      query: t.arg.string({ required: true, description: 'A question, or what to look for.' }),
      first: t.arg.int({
        required: true,
        defaultValue: 5,
        description: 'The most passages to return, from 1 to 1000.',
      }),
      ...modelArgs,
    },
    resolve: (document, { query, first, model }) => document.search(query, first, model),
  }),
}));

builder.objectField(SentenceType, 'embedding', (t) =>
  t.field({
    type: EmbeddingType,
    ...failable,
    description: 'Its own vector, read without the sentences around it.',
    args: { ...modelArgs, ...useArgs },
    resolve: ({ document, text }: Sentence<Document>, { model, as }) => document.embeddingOf(text, model, as),
  }),
);

builder.objectField(EntityGroupType, 'sentiment', (t) =>
  t.field({
    type: SentimentResultType,
    ...failable,
    description:
      'The sentiment of the sentences that mention it, each counted once. Their probabilities are pooled like those of the windows of a long text.',
    args: { model: t.arg.id({ description: 'A SENTIMENT model; the first of `models` by default.' }) },
    resolve: async ({ mentions }, { model }) => {
      const document = mentions[0]?.document;
      if (!document) return null;
      const sentences = await Promise.all(mentions.map(({ span }) => document.sentenceAt(span.start)));
      const distinct = new Set(sentences.filter((each) => each !== undefined));
      return document.sentimentOfSentences([...distinct], model);
    },
  }),
);

/** Bytes of a number in a result, including its comma. */
const BYTES_OF_NUMBER = 21;

/** Rounds to seven decimals: all that the model's single precision has, and half the bytes of all digits. */
function rounded(vector: Float32Array): number[] {
  const numbers: number[] = [];
  for (const value of vector) numbers.push(Math.round(value * 1e7) / 1e7);
  return numbers;
}

/** Maps texts that belong together: if one fails, all fail, and the error has its index. Throws TOO_MANY_TEXTS. */
async function eachText<T>(
  operation: Operation,
  texts: readonly string[],
  map: (text: string) => Promise<T>,
): Promise<T[]> {
  const outcomes = await operation.forEachText(texts, map);
  return outcomes.map((outcome) => {
    if (!(outcome instanceof TextProblem)) return outcome;
    throw new BertqlError(outcome.code, `texts[${outcome.index}]: ${outcome.message}`);
  });
}
