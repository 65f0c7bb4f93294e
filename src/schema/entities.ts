import type { Document } from '../documents/document.ts';
import type { Entity, EntityToken } from '../documents/entities.ts';
import type { EntityGroup } from '../documents/entity-groups.ts';
import { groupId } from '../documents/result-id.ts';
import { collectYielding } from '../documents/yielding.ts';
import { builder } from './builder.ts';
import { offsetEncodingArgs } from './offsets.ts';
import { failable } from './semantic-non-null.ts';

export const AggregationType = builder.enumType('Aggregation', {
  description:
    'How the labels of tokens become entities, as in the token-classification pipeline of the Python package transformers.',
  values: {
    NONE: { description: 'Each labelled token is an entity of its own; its type is the raw label, as in `B-PER`.' },
    SIMPLE: { description: 'Neighbouring tokens of one type make an entity. A word may be split.' },
    FIRST: { description: 'A word has the label of its first token; neighbouring words of one type make an entity.' },
    AVERAGE: { description: 'A word has the most probable label of its tokens on average.' },
    MAX: { description: 'A word has the label of its most certain token.' },
  },
});

/** The arguments of a field that gives entities. */
export const entityArgs = builder.args((t) => ({
  model: t.id({ description: 'A NER model; the first of `models` by default.' }),
  aggregation: t.field({
    type: AggregationType,
    required: true,
    defaultValue: 'FIRST',
    description: 'How the labels of tokens become entities.',
  }),
  types: t.stringList({
    description: 'Only these types, as in `["PER", "ORG"]`; all by default. It never changes a range.',
  }),
  minConfidence: t.float({
    required: true,
    defaultValue: 0,
    description: 'Only entities with at least this confidence, 0 to 1. It never changes a span.',
  }),
}));

const EntityTokenType = builder.objectRef<EntityToken>('EntityToken').implement({
  description: 'A token of an entity with the label that the model gave it, which explains the entity.',
  fields: (t) => ({
    text: t.exposeString('text', { description: 'The stretch of the text.' }),
    piece: t.exposeString('piece', { description: 'The token itself, as in `##ing`.' }),
    label: t.exposeString('label', { description: 'The token’s own label, as in `B-PER`.' }),
    confidence: t.exposeFloat('confidence', { description: 'How likely that label is, 0 to 1.' }),
    start: t.exposeInt('start', { description: 'Where it starts in the text.' }),
    end: t.exposeInt('end', { description: 'Where it ends, exclusive.' }),
  }),
});

export const EntityType = builder.objectRef<Entity<Document>>('Entity').implement({
  description: 'A named entity: a stretch of the text that names a person, an organization, a place or the like.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description:
        'The same in every run, query and stream for the same text, unit of positions, model, revision, strategy, range and type: a key for caches. In an open text it depends on the analysis instead of the text, so that it never changes.',
    }),
    text: t.exposeString('text', { description: 'The stretch of the text, exactly as it stands there.' }),
    type: t.exposeString('type', { description: 'Its type, as in `PER`; under NONE the raw label, as in `B-PER`.' }),
    confidence: t.exposeFloat('confidence', { description: 'How sure the model is, 0 to 1: the mean over its words.' }),
    start: t.exposeInt('start', { description: 'Where it starts in the text.' }),
    end: t.exposeInt('end', { description: 'Where it ends, exclusive.' }),
    tokens: t.field({
      type: [EntityTokenType],
      description: 'Its tokens with their own labels.',
      resolve: ({ tokens }) => tokens,
    }),
    chunkIndex: t.exposeInt('chunkIndex', { description: 'Index of the chunk of the document in which it begins.' }),
  }),
});

export const EntityGroupType = builder.objectRef<EntityGroup<Entity<Document>>>('EntityGroup').implement({
  description: 'All mentions of one name: same type, and same text except for case and white space.',
  fields: (t) => ({
    id: t.id({
      description: 'The same for the same mentions: a key for caches.',
      resolve: async ({ mentions }, _args, { operation }) =>
        groupId(await collectYielding(idsOf(mentions), operation.signal)),
    }),
    text: t.exposeString('text', { description: 'The most frequent spelling of the name.' }),
    type: t.exposeString('type', { description: 'Its type.' }),
    count: t.exposeInt('count', { description: 'Number of mentions.' }),
    confidence: t.exposeFloat('confidence', { description: 'Mean over the mentions, 0 to 1.' }),
    mentions: t.field({
      type: [EntityType],
      description: 'The mentions, in the order of the text.',
      resolve: ({ mentions }) => mentions,
    }),
  }),
});

/** The ids one by one, since each is a hash and a name may have a hundred thousand mentions. */
function* idsOf(mentions: readonly Entity<Document>[]): Generator<string, void, void> {
  for (const { id } of mentions) yield id;
}

builder.queryField('entities', (t) =>
  t.field({
    type: [EntityType],
    ...failable,
    description:
      'The named entities of a text of any length, in the order of the text. If there are none, as in an empty text, the list is empty.',
    args: {
      text: t.arg.string({ required: true, description: 'Any well-formed text.' }),
      ...entityArgs,
      ...offsetEncodingArgs,
    },
    resolve: async (_root, { text, offsetEncoding, ...options }, { operation }) => [
      ...(await operation.document(text, offsetEncoding).entities(options)),
    ],
  }),
);
