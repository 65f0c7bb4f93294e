import type { LabelProbability, SentimentResult } from '../documents/sentiment.ts';
import { builder } from './builder.ts';
import { TextProblem } from './context.ts';
import { TextProblemType } from './errors.ts';
import { ModelType } from './models.ts';
import { failable } from './semantic-non-null.ts';
import { TimingType } from './timing.ts';

export const LongTextType = builder.enumType('LongText', {
  description: 'How to read a text that is longer than the model’s input.',
  values: {
    TRUNCATE: { description: 'Only the beginning is read; `truncated` and `tokensUsed` say how much.' },
    WINDOWS: {
      description:
        'All of it is read, in windows of whole sentences. The result is the geometric mean of the windows’ probabilities, weighted by tokens and scaled to add up to 1 (if labels do not exclude each other, each is pooled as a choice between yes and no).',
    },
  },
});

const LabelProbabilityType = builder.objectRef<LabelProbability>('LabelProbability').implement({
  description: 'A label with its probability.',
  fields: (t) => ({
    label: t.exposeString('label', { description: 'The label.' }),
    probability: t.exposeFloat('probability', { description: '0 to 1.' }),
  }),
});

export const SentimentResultType = builder.objectRef<SentimentResult>('SentimentResult').implement({
  description: 'The sentiment of a text.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description: 'The same for the same text, model, revision and `longText`: a key for caches.',
    }),
    text: t.exposeString('text', { description: 'The text as it was sent.' }),
    label: t.exposeString('label', { description: 'The most likely label, as in `POSITIVE`.' }),
    confidence: t.exposeFloat('confidence', { description: 'The probability of the label, 0 to 1.' }),
    probabilities: t.field({
      type: [LabelProbabilityType],
      description:
        'All labels, in the model’s own order. Their probabilities add up to 1, unless the labels are independent.',
      resolve: ({ probabilities }) => probabilities,
    }),
    tokenCount: t.exposeInt('tokenCount', { description: 'Number of tokens of the text, including special tokens.' }),
    tokensUsed: t.exposeInt('tokensUsed', { description: 'Number of tokens that the model read.' }),
    truncated: t.exposeBoolean('truncated', { description: 'Whether the text was truncated.' }),
    readable: t.exposeBoolean('readable', {
      description:
        'False if the model knows no token of the text: all are `[UNK]`, as for emoji alone. The `label` is then meaningless.',
    }),
    model: t.expose('model', { type: ModelType, description: 'The model that scored it.' }),
    timing: t.expose('timing', { type: TimingType, description: 'How long it took.' }),
  }),
});

const SentimentOutcomeType = builder.unionType('SentimentOutcome', {
  description: 'The result of one text of a list.',
  types: [SentimentResultType, TextProblemType],
  resolveType: (outcome) => (outcome instanceof TextProblem ? TextProblemType : SentimentResultType),
});

/** The arguments of a sentiment field. */
export const sentimentArgs = builder.args((t) => ({
  model: t.id({ description: 'A SENTIMENT model; the first of `models` by default.' }),
  longText: t.field({
    type: LongTextType,
    required: true,
    defaultValue: 'WINDOWS',
    description: 'How to read a text that is longer than the model’s input.',
  }),
}));

builder.queryFields((t) => ({
  sentiment: t.field({
    type: SentimentResultType,
    ...failable,
    description:
      'The sentiment of a text. White space is normalized first. Fails with EMPTY_TEXT if there is nothing to read.',
    args: {
      text: t.arg.string({ required: true, description: 'A sentence, a review, a paragraph.' }),
      ...sentimentArgs,
    },
    resolve: (_root, { text, model, longText }, { operation }) => operation.document(text).sentiment(model, longText),
  }),
  sentiments: t.field({
    type: [SentimentOutcomeType],
    ...failable,
    description: 'The sentiment of each text of a list, in order. One call with many texts is faster than many calls.',
    args: {
      texts: t.arg.stringList({
        required: true,
        description: 'The texts; one that cannot be scored becomes a TextProblem.',
      }),
      ...sentimentArgs,
    },
    resolve: (_root, { texts, model, longText }, { operation }) => {
      operation.registry.resolve('SENTIMENT', model);
      return operation.forEachText(texts, (text) => operation.document(text).sentiment(model, longText));
    },
  }),
}));
