import type { LabelProbability, SentimentResult } from '../documents/sentiment.ts';
import { builder } from './builder.ts';
import { TextProblem } from './context.ts';
import { TextProblemType } from './errors.ts';
import { ModelType } from './models.ts';
import { failable } from './semantic-non-null.ts';
import { TimingType } from './timing.ts';

export const LongTextType = builder.enumType('LongText', {
  description: 'What is done with a text that is longer than the model can read at once.',
  values: {
    TRUNCATE: { description: 'Only the beginning is read; `truncated` and `tokensUsed` tell how much.' },
    WINDOWS: {
      description:
        'All of it is read, in windows of whole sentences. The result is the geometric mean of the windows’ probabilities, weighted by their tokens and scaled to add up to 1 (with labels that do not exclude each other, of yes and no for each).',
    },
  },
});

const LabelProbabilityType = builder.objectRef<LabelProbability>('LabelProbability').implement({
  description: 'How likely a label is.',
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
    label: t.exposeString('label', { description: 'The more likely label, as in `POSITIVE`.' }),
    confidence: t.exposeFloat('confidence', { description: 'How likely it is, 0 to 1.' }),
    probabilities: t.field({
      type: [LabelProbabilityType],
      description:
        'All labels in the model’s own order. They add up to 1, unless the model gives each label a probability of its own.',
      resolve: ({ probabilities }) => [...probabilities],
    }),
    tokenCount: t.exposeInt('tokenCount', { description: 'Tokens of the text, special tokens included.' }),
    tokensUsed: t.exposeInt('tokensUsed', { description: 'Tokens that the model was given.' }),
    truncated: t.exposeBoolean('truncated', { description: 'Something was cut off.' }),
    readable: t.exposeBoolean('readable', {
      description:
        'False if the model knows nothing of the text: all of its tokens are `[UNK]`, as those of emoji are. Then `label` means nothing.',
    }),
    model: t.expose('model', { type: ModelType, description: 'The model that scored it.' }),
    timing: t.expose('timing', { type: TimingType, description: 'Where the time went.' }),
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
    description: 'What to do with a text that is longer than the model can read at once.',
  }),
}));

builder.queryFields((t) => ({
  sentiment: t.field({
    type: SentimentResultType,
    ...failable,
    description:
      'The sentiment of a text. White space is normalized first. Fails with EMPTY_TEXT where there is nothing to read.',
    args: {
      text: t.arg.string({ required: true, description: 'A sentence, a review, a paragraph.' }),
      ...sentimentArgs,
    },
    resolve: (_root, { text, model, longText }, { operation }) => operation.document(text).sentiment(model, longText),
  }),
  sentiments: t.field({
    type: [SentimentOutcomeType],
    ...failable,
    description:
      'The sentiment of each text of a list, in its order. One call with many texts is faster than many calls.',
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
