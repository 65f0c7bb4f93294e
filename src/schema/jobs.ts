import type { AnalysisEvent } from '../documents/analysis.ts';
import type { EventOrFailure, StartAnalysis } from '../jobs/analyses.ts';
import type { Analysis } from '../jobs/analysis-record.ts';
import { AnalysisEventType, ProgressType } from './analysis.ts';
import { builder } from './builder.ts';
import { AggregationType } from './entities.ts';
import { ErrorCodeType } from './errors.ts';
import { OffsetEncodingType } from './offsets.ts';
import { failable } from './semantic-non-null.ts';

const AnalysisStateType = builder.enumType('AnalysisState', {
  description: 'Where an analysis is in its life.',
  values: {
    QUEUED: { description: 'Waits for a worker.' },
    RUNNING: { description: 'Is being read, or waits to be taken over from a worker that died.' },
    COMPLETED: { description: 'All of the text was read.' },
    FAILED: { description: 'Ended early; `code` and `message` tell why. Its events stand.' },
    CANCELLED: { description: 'Was cancelled. Its events stand.' },
  },
});

const AnalysisType = builder.objectRef<Analysis>('Analysis').implement({
  description: 'The analysis of a text as a job. It goes on whether anybody watches or not.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'What `analysis`, `analysisEvents` and `cancelAnalysis` take.' }),
    state: t.expose('state', { type: AnalysisStateType, description: 'Where it is in its life.' }),
    progress: t.expose('progress', {
      type: ProgressType,
      description: 'How far it is; all zero until its first event.',
    }),
    entityCount: t.exposeInt('entityCount', { description: 'Entities found so far.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was started.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When a worker first took it.' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
    code: t.expose('code', { type: ErrorCodeType, nullable: true, description: 'Why it ended, unless it completed.' }),
    message: t.exposeString('message', { nullable: true, description: 'The same in words.' }),
  }),
});

const StartAnalysisInput = builder.inputRef<StartAnalysis>('StartAnalysisInput').implement({
  description: 'What to read, and how.',
  fields: (t) => ({
    text: t.string({ required: true, description: 'Any well-formed text.' }),
    models: t.idList({
      description: 'At most one NER and one SENTIMENT model, in any order; the first of `models` by default.',
    }),
    aggregation: t.field({
      type: AggregationType,
      required: true,
      defaultValue: 'FIRST',
      description: 'How the labels of pieces become entities.',
    }),
    types: t.stringList({ description: 'Only these types, as in `["PER", "ORG"]`; all where it is not given.' }),
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
      description: 'Whether the events carry the sentiment of each chunk and of the whole text.',
    }),
    idempotencyKey: t.string({
      description:
        'Starting twice with the same key gives the same analysis. Without one, the same content does, and one that failed or was cancelled starts anew. Who knows the key can derive the id: take a random one.',
    }),
  }),
});

const idArg = builder.args((t) => ({ id: t.id({ required: true, description: 'The id that `startAnalysis` gave.' }) }));

builder.mutationFields((t) => ({
  startAnalysis: t.field({
    type: AnalysisType,
    ...failable,
    description: 'Starts the analysis of a text and returns at once. Follow it with `analysisEvents`.',
    args: { input: t.arg({ type: StartAnalysisInput, required: true, description: 'What to read, and how.' }) },
    resolve: (_root, { input }, { operation }) => operation.analyses.start(input, operation),
  }),
  cancelAnalysis: t.field({
    type: AnalysisType,
    ...failable,
    description: 'Ends an analysis at any point of its life. One that has ended stays as it is.',
    args: idArg,
    resolve: (_root, { id }, { operation }) => operation.analyses.cancel(id, operation.owner),
  }),
}));

builder.queryField('analysis', (t) =>
  t.field({
    type: AnalysisType,
    nullable: true,
    description: 'What is known of an analysis; null where there is none of that id, or it is past its retention.',
    args: idArg,
    resolve: (_root, { id }, { operation }) => operation.analyses.find(id, operation.owner),
  }),
);

builder.subscriptionField('analysisEvents', (t) =>
  t.field({
    type: AnalysisEventType,
    description:
      'The events of an analysis: those that are there, then each as it comes, the last one last. Any number of subscribers see all of them. An error ends the stream, not the analysis.',
    args: { ...idArg, after: t.arg.string({ description: 'The last cursor seen: goes on behind it.' }) },
    subscribe: (_root, { id, after }, { operation }) => operation.analyses.events(id, after, operation),
    resolve: orThrow,
  }),
);

/** A failure that is thrown for one event reaches the client as an error; thrown by the stream it would cut its socket. */
function orThrow(event: EventOrFailure): AnalysisEvent {
  if (event.kind === 'StreamFailed') throw event.error;
  return event;
}
