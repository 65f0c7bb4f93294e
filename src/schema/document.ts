import { type Coverage, Document } from '../documents/document.ts';
import type { Sentence } from '../documents/document-sentences.ts';
import { isBlank } from '../documents/text.ts';
import { BertqlError } from '../errors.ts';
import { builder } from './builder.ts';
import { TextProblem } from './context.ts';
import { EntityGroupType, EntityType, entityArgs } from './entities.ts';
import { TextProblemType } from './errors.ts';
import { offsetEncodingArgs } from './offsets.ts';
import { failable } from './semantic-non-null.ts';
import { SentimentResultType, sentimentArgs } from './sentiment.ts';
import { TokenizationType } from './tokenization.ts';

export const SentenceType = builder.objectRef<Sentence<Document>>('Sentence').implement({
  description: 'A sentence of a document.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The same for the same text, unit of positions and range: a key for caches.' }),
    index: t.exposeInt('index', { description: 'Position among the sentences, from 0.' }),
    text: t.exposeString('text', { description: 'The sentence as it is in the text, including line ends.' }),
    start: t.exposeInt('start', { description: 'Where it starts in the text.' }),
    end: t.exposeInt('end', { description: 'Where it ends, exclusive.' }),
    sentiment: t.field({
      type: SentimentResultType,
      ...failable,
      description: 'Its own sentiment, read without the sentences around it.',
      args: { model: t.arg.id({ description: 'A SENTIMENT model; the first of `models` by default.' }) },
      resolve: ({ document, text }, { model }) => document.sentimentOf(text, model, 'WINDOWS'),
    }),
    entities: t.field({
      type: [EntityType],
      ...failable,
      description: 'The entities that begin in it, by the default model and strategy.',
      resolve: (sentence) => sentence.document.entitiesIn(sentence),
    }),
  }),
});

builder.objectField(EntityType, 'sentence', (t) =>
  t.field({
    type: SentenceType,
    nullable: true,
    description: 'The sentence in which it begins.',
    resolve: async ({ document, span }) => (await document.sentenceAt(span.start)) ?? null,
  }),
);

const CoverageType = builder.objectRef<Coverage>('Coverage').implement({
  description: 'How a document is read. No part of it is left out.',
  fields: (t) => ({
    tokenCount: t.exposeInt('tokenCount', { description: 'Number of tokens of the text, without special tokens.' }),
    chunkCount: t.exposeInt('chunkCount', { description: 'Number of chunks.' }),
    chunkTokens: t.exposeInt('chunkTokens', {
      description: 'The most tokens of a chunk, including its context and special tokens.',
    }),
    overlapTokens: t.exposeInt('overlapTokens', { description: 'The most tokens of context on each side of a chunk.' }),
  }),
});

const DocumentType = builder.objectType(Document, {
  name: 'Document',
  description: 'A text of any length. It is tokenized once per tokenizer, whichever fields are selected.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The same for the same text and unit of positions: a key for caches.' }),
    text: t.exposeString('text', { description: 'The text as it was sent.' }),
    tokens: t.field({
      type: TokenizationType,
      ...failable,
      description: 'Its tokens, including special tokens, without padding or truncation.',
      args: { model: t.arg.id({ description: 'The model whose tokenizer to use; `bert-base-uncased` by default.' }) },
      resolve: (document, { model }) =>
        document.tokens(model, { addSpecialTokens: true, padding: 'NONE', truncation: false }),
    }),
    sentiment: t.field({
      type: SentimentResultType,
      ...failable,
      description: 'Its sentiment. Fails with EMPTY_TEXT if there is nothing to read.',
      args: { ...sentimentArgs },
      resolve: (document, { model, longText }) => document.sentiment(model, longText),
    }),
    entities: t.field({
      type: [EntityType],
      ...failable,
      description: 'Its named entities, in the order of the text.',
      args: { ...entityArgs },
      resolve: (document, options) => document.entities(options),
    }),
    entityGroups: t.field({
      type: [EntityGroupType],
      ...failable,
      description: 'Its named entities, grouped by name, most mentions first.',
      args: { ...entityArgs },
      resolve: (document, options) => document.entityGroups(options),
    }),
    sentences: t.field({
      type: [SentenceType],
      description: 'Its sentences. Together they cover every visible character.',
      resolve: (document) => document.sentences(),
    }),
    coverage: t.field({
      type: CoverageType,
      ...failable,
      description: 'How it is read to find entities.',
      args: { model: t.arg.id({ description: 'A NER model; the first of `models` by default.' }) },
      resolve: (document, { model }) => document.coverage(model),
    }),
  }),
});

const DocumentOutcomeType = builder.unionType('DocumentOutcome', {
  description: 'One document of a list.',
  types: [DocumentType, TextProblemType],
  resolveType: (outcome) => (outcome instanceof TextProblem ? TextProblemType : DocumentType),
});

builder.queryFields((t) => ({
  document: t.field({
    type: DocumentType,
    ...failable,
    description: 'A text, with all that can be computed of it.',
    args: { text: t.arg.string({ required: true, description: 'Any well-formed text.' }), ...offsetEncodingArgs },
    resolve: (_root, { text, offsetEncoding }, { operation }) => operation.document(text, offsetEncoding),
  }),
  documents: t.field({
    type: [DocumentOutcomeType],
    ...failable,
    description: 'Several texts, each with all that can be computed of it.',
    args: {
      texts: t.arg.stringList({
        required: true,
        description: 'The texts; one that is blank or malformed becomes a TextProblem.',
      }),
      ...offsetEncodingArgs,
    },
    resolve: (_root, { texts, offsetEncoding }, { operation }) =>
      operation.forEachText(texts, (text) => {
        // A blank text has no sentiment, and a field that fails would take its siblings with it.
        if (!isBlank(text)) return operation.document(text, offsetEncoding);
        throw new BertqlError('EMPTY_TEXT', 'The text is empty or blank: expected at least one visible character.');
      }),
  }),
}));
