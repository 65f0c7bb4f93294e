import {
  type AnalysisCompleted,
  type AnalysisFailed,
  analyze,
  type ChunkAnalyzed,
  type ChunkRange,
  type Progress,
} from '../documents/analysis.ts';
import { sentimentOf } from '../documents/event-sentiment.ts';
import type { TailAnalyzed } from '../jobs/events.ts';
import { builder } from './builder.ts';
import { EntityGroupType, EntityType, entityArgs } from './entities.ts';
import { ErrorCodeType } from './errors.ts';
import { offsetEncodingArgs } from './offsets.ts';
import { SentimentResultType } from './sentiment.ts';
import { TimingType } from './timing.ts';

const ChunkType = builder.objectRef<ChunkRange>('Chunk').implement({
  description: 'A run of whole sentences that the model reads at once, with context around it.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Position among the chunks, from 0.' }),
    start: t.exposeInt('start', { description: 'Where its first token starts in the text.' }),
    end: t.exposeInt('end', { description: 'Where its last token ends, exclusive.' }),
    tokenCount: t.exposeInt('tokenCount', { description: 'Its own tokens, without context and special tokens.' }),
  }),
});

export const ProgressType = builder.objectRef<Progress>('Progress').implement({
  description: 'How much of a document has been read.',
  fields: (t) => ({
    chunksDone: t.exposeInt('chunksDone', { description: 'Chunks read.' }),
    chunksTotal: t.exposeInt('chunksTotal', { description: 'Number of chunks in total.' }),
    tokensDone: t.exposeInt('tokensDone', { description: 'Tokens read.' }),
    tokensTotal: t.exposeInt('tokensTotal', { description: 'Number of tokens in total.' }),
    fraction: t.exposeFloat('fraction', { description: 'Part of the tokens that have been read, 0 to 1.' }),
  }),
});

const AnalysisStepType = builder
  .interfaceRef<{ readonly cursor: string; readonly sequence: number }>('AnalysisStep')
  .implement({
    description: 'An event that is stored, so that a stream can resume after it.',
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description:
          'Send it as `after` to resume after this event or, if it is a failure, where the analysis stopped.',
      }),
      sequence: t.exposeInt('sequence', { description: 'Number of the event: 0, 1, 2, … without gaps.' }),
    }),
  });

const ChunkAnalyzedType = builder.objectRef<ChunkAnalyzed>('ChunkAnalyzed').implement({
  interfaces: [AnalysisStepType],
  description: 'A chunk was read. There is one such event for every chunk, in order.',
  fields: (t) => ({
    chunk: t.expose('chunk', { type: ChunkType, description: 'The chunk.' }),
    entities: t.field({
      type: [EntityType],
      description:
        'The entities that are settled now: no later chunk can change them. An entity that touches the end of the chunk comes with the next event.',
      resolve: ({ entities }) => entities,
    }),
    sentiment: t.field({
      type: SentimentResultType,
      nullable: true,
      description:
        'The sentiment of the chunk; null if it has nothing to read. Under `analyze` it is computed only if it is selected, by the default model; under `startAnalysis` it is null unless `sentiment` was set.',
      resolve: sentimentOf,
    }),
    progress: t.expose('progress', { type: ProgressType, description: 'How much has been read.' }),
    timing: t.expose('timing', {
      type: TimingType,
      description: 'How long the chunk took; `tokenizeMs` is for the whole text.',
    }),
  }),
});

const AnalysisCompletedType = builder.objectRef<AnalysisCompleted>('AnalysisCompleted').implement({
  interfaces: [AnalysisStepType],
  description: 'The whole text was read. It is the last event.',
  fields: (t) => ({
    entityCount: t.exposeInt('entityCount', { description: 'Number of entities of all events together.' }),
    entityGroups: t.field({
      type: [EntityGroupType],
      description: 'The entities of all events, grouped by name, most mentions first.',
      resolve: ({ entityGroups }) => entityGroups,
    }),
    sentiment: t.field({
      type: SentimentResultType,
      nullable: true,
      description:
        'The sentiment of the whole text as under WINDOWS; null if it has nothing to read. As for a chunk, it is computed only on request.',
      resolve: sentimentOf,
    }),
    progress: t.expose('progress', { type: ProgressType, description: 'The totals: everything has been read.' }),
    abandoned: t.boolean({
      description:
        'Whether the server closed an open text because nothing was appended for a time (`OPEN_TEXT_IDLE_MS`).',
      resolve: ({ abandoned = false }) => abandoned,
    }),
  }),
});

const AnalysisFailedType = builder.objectRef<AnalysisFailed>('AnalysisFailed').implement({
  interfaces: [AnalysisStepType],
  description: 'The analysis stopped early. It is the last event; the events before it remain valid.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeType, description: 'Why it stopped.' }),
    message: t.exposeString('message', { description: 'What happened and what to do about it.' }),
  }),
});

const TailAnalyzedType = builder.objectRef<TailAnalyzed>('TailAnalyzed').implement({
  description:
    'The unsettled end of an open text, read as if the text ended here. It replaces the previous tail, and the next `ChunkAnalyzed` replaces it; the settled entities and the last tail together are `entities` of the text so far. It is not stored, has no cursor, and is only sent to subscribers that select it. A slow subscriber misses tails, but never a settled event.',
  fields: (t) => ({
    start: t.exposeInt('start', { description: 'Where the first unsettled token starts.' }),
    end: t.exposeInt('end', { description: 'Where the text ends, exclusive.' }),
    entities: t.field({
      type: [EntityType],
      description: 'The entities that more text may still change.',
      resolve: ({ entities }) => entities,
    }),
    sentiment: t.expose('sentiment', {
      type: SentimentResultType,
      nullable: true,
      description: 'The sentiment of the tail; null if it has nothing to read, or unless `sentiment` was set.',
    }),
    length: t.exposeInt('length', {
      description: 'Length of the text that was read, in UTF-16 code units, as for `at` of `appendText`.',
    }),
  }),
});

export const AnalysisEventType = builder.unionType('AnalysisEvent', {
  description: 'An event of an analysis.',
  types: [ChunkAnalyzedType, TailAnalyzedType, AnalysisCompletedType, AnalysisFailedType],
  resolveType: ({ kind }) => kind,
});

builder.subscriptionField('analyze', (t) =>
  t.field({
    type: AnalysisEventType,
    description:
      'Reads a text chunk by chunk and sends its entities as they are settled. Together they are exactly those of `entities`. It stops when the subscriber disconnects.',
    args: {
      text: t.arg.string({ required: true, description: 'Any well-formed text; meant for long ones.' }),
      ...entityArgs,
      ...offsetEncodingArgs,
      after: t.arg.string({
        description: 'The last cursor that was received: resumes after it. All other arguments must be the same.',
      }),
    },
    subscribe: (_root, { text, offsetEncoding, after, ...options }, { operation }) =>
      analyze(
        operation.document(text, offsetEncoding),
        operation.registry.resolve('NER', options.model),
        options,
        after,
        operation.reportFailure,
      ),
    resolve: (event) => event,
  }),
);
