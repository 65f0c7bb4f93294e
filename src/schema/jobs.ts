import { type GraphQLResolveInfo, Kind, type SelectionSetNode } from 'graphql';
import type { AnalysisEvent } from '../documents/analysis.ts';
import type { EventOrFailure, StartAnalysis } from '../jobs/analyses.ts';
import { ANALYSIS_STATES, type Analysis, type AnalysisState } from '../jobs/analysis.ts';
import type { TailAnalyzed } from '../jobs/events.ts';
import type { Page } from '../jobs/pages.ts';
import { AnalysisEventType, ProgressType } from './analysis.ts';
import { builder } from './builder.ts';
import { AggregationType, EntityGroupType, EntityType } from './entities.ts';
import { ErrorCodeType } from './errors.ts';
import { OffsetEncodingType } from './offsets.ts';
import { failable } from './semantic-non-null.ts';
import { SentimentResultType } from './sentiment.ts';

const STATES: Readonly<Record<AnalysisState, string>> = {
  QUEUED: 'Waiting for a worker.',
  RUNNING: 'Being read, or waiting for another worker after one has died.',
  OPEN: 'Read to the current end of the text, and waiting for more.',
  COMPLETED: 'All of the text was read.',
  FAILED: 'Ended early; `code` and `message` say why. Its events remain valid.',
  CANCELLED: 'Cancelled. Its events remain valid.',
};

const AnalysisStateType = builder.enumType('AnalysisState', {
  description: 'The state of an analysis.',
  values: Object.fromEntries(ANALYSIS_STATES.map((state) => [state, { description: STATES[state] }])) as Record<
    AnalysisState,
    { readonly description: string }
  >,
});

const EntityConnectionType = builder.connectionObject(
  { type: EntityType, name: 'EntityConnection', description: 'A page of entities in the order of the text.' },
  { name: 'EntityEdge', description: 'An entity with its cursor.' },
);

const EntityGroupConnectionType = builder.connectionObject(
  { type: EntityGroupType, name: 'EntityGroupConnection', description: 'A page of names, most mentions first.' },
  { name: 'EntityGroupEdge', description: 'A name with its cursor.' },
);

const pageArgs = builder.args((t) => ({
  first: t.int({ description: 'The most items of the page, 1 to 1000; 50 by default.' }),
  after: t.string({ description: 'The `pageInfo.endCursor` of the previous page; the first page by default.' }),
}));

const AnalysisType = builder.objectRef<Analysis>('Analysis').implement({
  description: 'The analysis of a text as a job, which runs whether or not anybody follows it.',
  fields: (t) => ({
    id: t.exposeID('id', {
      description: 'What `analysis`, `analysisEvents`, `appendText`, `finishText` and `cancelAnalysis` take.',
    }),
    state: t.expose('state', { type: AnalysisStateType, description: 'Its state.' }),
    open: t.exposeBoolean('open', { description: 'Whether more text can be appended with `appendText`.' }),
    text: t.string({
      nullable: true,
      description: 'Its text so far; null once its events are no longer kept.',
      resolve: (analysis, _args, { operation }) => operation.analyses.text(analysis),
    }),
    length: t.exposeInt('length', {
      description: 'Length of its text so far, in UTF-16 code units: the `at` of the next `appendText`.',
    }),
    models: t.idList({
      description: 'The models that read it: one for entities and, if `sentiment` was set, one for sentiment.',
      resolve: ({ options: { model, sentimentModel } }) => [
        model,
        ...(sentimentModel === null ? [] : [sentimentModel]),
      ],
    }),
    aggregation: t.field({
      type: AggregationType,
      description: 'How the labels of tokens become entities.',
      resolve: ({ options }) => options.aggregation,
    }),
    types: t.stringList({
      nullable: true,
      description: 'The types of its entities; null for all.',
      resolve: ({ options }) => (options.types ? [...options.types] : null),
    }),
    minConfidence: t.float({
      description: 'The least confidence of its entities.',
      resolve: ({ options }) => options.minConfidence,
    }),
    offsetEncoding: t.field({
      type: OffsetEncodingType,
      description: 'The unit of all its positions.',
      resolve: ({ options }) => options.offsetEncoding,
    }),
    progress: t.expose('progress', {
      type: ProgressType,
      description: 'How much has been read; all zero until its first event.',
    }),
    entityCount: t.exposeInt('entityCount', { description: 'Number of entities found so far.' }),
    entities: t.field({
      type: EntityConnectionType,
      ...failable,
      description:
        'The entities that are settled so far, without reading the text again. Pages stay valid while more are found: all pages together are the entities of all events.',
      args: {
        ...pageArgs,
        types: t.arg.stringList({ description: 'Only these types, as in `["PER", "ORG"]`; all by default.' }),
        minConfidence: t.arg.float({ description: 'Only entities with at least this confidence, 0 to 1.' }),
        from: t.arg.int({ description: 'Only entities that start at this position or later.' }),
        to: t.arg.int({ description: 'Only entities that end at this position or earlier.' }),
      },
      resolve: async (analysis, args, { operation }) =>
        connection(await operation.analyses.entities(analysis, args, operation)),
    }),
    entityGroups: t.field({
      type: EntityGroupConnectionType,
      ...failable,
      description: 'The same, grouped by name, most mentions first. Later pages group the same entities as the first.',
      args: pageArgs,
      resolve: async (analysis, args, { operation }) =>
        connection(await operation.analyses.entityGroups(analysis, args, operation)),
    }),
    sentiment: t.field({
      type: SentimentResultType,
      nullable: true,
      description: 'The sentiment of the whole text; null before it is complete, or unless `sentiment` was set.',
      resolve: (analysis, _args, { operation }) => operation.analyses.sentiment(analysis, operation),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was started.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When a worker first took it.' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
    code: t.expose('code', { type: ErrorCodeType, nullable: true, description: 'Why it ended early, if it did.' }),
    message: t.exposeString('message', { nullable: true, description: 'What happened and what to do about it.' }),
  }),
});

const AnalysisConnectionType = builder.connectionObject(
  { type: AnalysisType, name: 'AnalysisConnection', description: 'A page of analyses, newest first.' },
  { name: 'AnalysisEdge', description: 'An analysis with its cursor.' },
);

/** Converts a page for Pothos, which requires mutable lists. */
function connection<T>({ edges, ...page }: Page<T>) {
  return { ...page, edges: [...edges] };
}

const StartAnalysisInput = builder.inputRef<StartAnalysis>('StartAnalysisInput').implement({
  description: 'The text and options of an analysis.',
  fields: (t) => ({
    text: t.string({
      required: true,
      defaultValue: '',
      description: 'Any well-formed text; its beginning if it is open.',
    }),
    open: t.boolean({
      required: true,
      defaultValue: false,
      description:
        'Whether more text will be appended, with `appendText` until `finishText`. Its unsettled end is sent as `TailAnalyzed`.',
    }),
    models: t.idList({
      description: 'At most one NER and one SENTIMENT model, in any order; the first of `models` by default.',
    }),
    aggregation: t.field({
      type: AggregationType,
      required: true,
      defaultValue: 'FIRST',
      description: 'How the labels of tokens become entities.',
    }),
    types: t.stringList({ description: 'Only these types, as in `["PER", "ORG"]`; all by default.' }),
    minConfidence: t.float({
      required: true,
      defaultValue: 0,
      description: 'Only entities with at least this confidence, 0 to 1.',
    }),
    offsetEncoding: t.field({
      type: OffsetEncodingType,
      required: true,
      defaultValue: 'UTF16',
      description: 'The unit of all positions in the events.',
    }),
    sentiment: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Whether the events have the sentiment of each chunk and of the whole text.',
    }),
    idempotencyKey: t.string({
      description:
        'Starting again with the same key returns the same analysis. Without a key, starting again with the same content does, one that failed or was cancelled is started again, and every open text is a new analysis.',
    }),
  }),
});

const idArg = builder.args((t) => ({ id: t.id({ required: true, description: 'The `id` from `startAnalysis`.' }) }));

builder.mutationFields((t) => ({
  startAnalysis: t.field({
    type: AnalysisType,
    ...failable,
    description: 'Starts the analysis of a text and returns at once. Follow it with `analysisEvents`.',
    args: { input: t.arg({ type: StartAnalysisInput, required: true, description: 'The text and the options.' }) },
    resolve: (_root, { input }, { operation }) => operation.analyses.start(input, operation),
  }),
  appendText: t.field({
    type: AnalysisType,
    ...failable,
    description:
      'Appends to the text of an analysis that was started with `open: true`. Appending the same part again changes nothing, so resend it after a lost connection.',
    args: {
      ...idArg,
      at: t.arg.int({
        required: true,
        description: 'Length of the text before the part, in UTF-16 code units: the `length` of the analysis.',
      }),
      text: t.arg.string({
        required: true,
        description: 'The part. It may end inside a surrogate pair if the next part begins with the other half.',
      }),
    },
    resolve: (_root, { id, ...part }, { operation }) => operation.analyses.append(id, part, operation),
  }),
  finishText: t.field({
    type: AnalysisType,
    ...failable,
    description: 'Closes an open text: the rest is read, and the analysis completes. Calling it again changes nothing.',
    args: idArg,
    resolve: (_root, { id }, { operation }) => operation.analyses.finish(id, operation),
  }),
  cancelAnalysis: t.field({
    type: AnalysisType,
    ...failable,
    description: 'Cancels an analysis in any state. Does nothing if it has ended.',
    args: idArg,
    resolve: (_root, { id }, { operation }) => operation.analyses.cancel(id, operation.owner),
  }),
}));

builder.queryField('analysis', (t) =>
  t.field({
    type: AnalysisType,
    nullable: true,
    description:
      'An analysis; null if there is none with that id, it belongs to somebody else, or it is past its retention.',
    args: idArg,
    resolve: (_root, { id }, { operation }) => operation.analyses.find(id, operation.owner),
  }),
);

builder.queryField('analyses', (t) =>
  t.field({
    type: AnalysisConnectionType,
    description: 'The analyses that the caller has started, newest first.',
    args: {
      ...pageArgs,
      state: t.arg({ type: AnalysisStateType, description: 'Only analyses in this state.' }),
    },
    resolve: async (_root, args, { operation }) => connection(await operation.analyses.list(args, operation.owner)),
  }),
);

builder.subscriptionField('analysisEvents', (t) =>
  t.field({
    type: AnalysisEventType,
    description:
      'The events of an analysis: first the existing ones, then each new one, up to the last. Any number of subscribers get all of them. If a text is open, subscribers that select `TailAnalyzed` also get its unsettled end. An error ends the stream, not the analysis.',
    args: { ...idArg, after: t.arg.string({ description: 'The last cursor that was received: resumes after it.' }) },
    subscribe: (_root, { id, after }, { operation }, info) =>
      operation.analyses.events(id, after, selects(info, 'TailAnalyzed'), operation),
    resolve: orThrow,
  }),
);

/** Whether a field selects a type of its union: clients that do not know the type must not get it. */
function selects({ fieldNodes, fragments }: GraphQLResolveInfo, type: string): boolean {
  const seen = new Set<string>();
  const within = ({ selections }: SelectionSetNode): boolean =>
    selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return false;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        return selection.typeCondition?.name.value === type || within(selection.selectionSet);
      }
      const fragment = fragments[selection.name.value];
      if (!fragment || seen.has(selection.name.value)) return false;
      seen.add(selection.name.value);
      return fragment.typeCondition.name.value === type || within(fragment.selectionSet);
    });
  return fieldNodes.some(({ selectionSet }) => selectionSet !== undefined && within(selectionSet));
}

/**
 * Throws the failure of an event, which reaches the client as an error; thrown by the stream, it would close its
 * socket.
 */
function orThrow(event: EventOrFailure): AnalysisEvent | TailAnalyzed {
  if (event.kind === 'StreamFailed') throw event.error;
  return event;
}
