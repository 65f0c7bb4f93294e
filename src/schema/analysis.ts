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
  description: 'A stretch of whole sentences that is read at once, with context around it.',
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Position among the chunks, from 0.' }),
    start: t.exposeInt('start', { description: 'Where its first token starts in the text.' }),
    end: t.exposeInt('end', { description: 'Where its last token ends, exclusive.' }),
    tokenCount: t.exposeInt('tokenCount', { description: 'Its own tokens, without context and special tokens.' }),
  }),
});

export const ProgressType = builder.objectRef<Progress>('Progress').implement({
  description: 'How far the reading of a document is.',
  fields: (t) => ({
    chunksDone: t.exposeInt('chunksDone', { description: 'Chunks read.' }),
    chunksTotal: t.exposeInt('chunksTotal', { description: 'Chunks in all.' }),
    tokensDone: t.exposeInt('tokensDone', { description: 'Tokens read.' }),
    tokensTotal: t.exposeInt('tokensTotal', { description: 'Tokens in all.' }),
    fraction: t.exposeFloat('fraction', { description: 'Share of the tokens that are read, 0 to 1.' }),
  }),
});

const AnalysisStepType = builder
  .interfaceRef<{ readonly cursor: string; readonly sequence: number }>('AnalysisStep')
  .implement({
    description: 'An event that is kept, so that a stream can resume after it.',
    fields: (t) => ({
      cursor: t.exposeString('cursor', {
        description: 'Give it back as `after` to resume after this event; after a failure, to resume where it stopped.',
      }),
      sequence: t.exposeInt('sequence', { description: 'Number of the event: 0, 1, 2 … without a gap.' }),
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
        'The entities that are settled now: no later chunk can change them. One that touches the end of the chunk comes with the next.',
      resolve: ({ entities }) => [...entities],
    }),
    sentiment: t.field({
      type: SentimentResultType,
      nullable: true,
      description:
        'The sentiment of the chunk; null where it has nothing to read. Under `analyze` it is computed only when it is selected, by the default model; under `startAnalysis` it is null unless `sentiment` was asked for.',
      resolve: sentimentOf,
    }),
    progress: t.expose('progress', { type: ProgressType, description: 'How far the reading is.' }),
    timing: t.expose('timing', {
      type: TimingType,
      description: 'Where the time of the chunk went; `tokenizeMs` is that of the whole text.',
    }),
  }),
});

const AnalysisCompletedType = builder.objectRef<AnalysisCompleted>('AnalysisCompleted').implement({
  interfaces: [AnalysisStepType],
  description: 'The whole text was read. It is the last event.',
  fields: (t) => ({
    entityCount: t.exposeInt('entityCount', { description: 'Entities of all events together.' }),
    entityGroups: t.field({
      type: [EntityGroupType],
      description: 'The entities of all events by name, the most mentioned first.',
      resolve: ({ entityGroups }) => [...entityGroups],
    }),
    sentiment: t.field({
      type: SentimentResultType,
      nullable: true,
      description:
        'The sentiment of the whole text as under WINDOWS; null where it has nothing to read. As for a chunk, it is computed only when it is asked for.',
      resolve: sentimentOf,
    }),
    progress: t.expose('progress', { type: ProgressType, description: 'All of it.' }),
    abandoned: t.boolean({
      description:
        'Whether the text grew and was finished by the server, since nothing was appended for a time (`OPEN_TEXT_IDLE_MS`).',
      resolve: ({ abandoned = false }) => abandoned,
    }),
  }),
});

const AnalysisFailedType = builder.objectRef<AnalysisFailed>('AnalysisFailed').implement({
  interfaces: [AnalysisStepType],
  description: 'The reading stopped. It is the last event; what came before it stands.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeType, description: 'Why it stopped.' }),
    message: t.exposeString('message', { description: 'What happened and what to do.' }),
  }),
});

const TailAnalyzedType = builder.objectRef<TailAnalyzed>('TailAnalyzed').implement({
  description:
    'What is not settled yet of a text that grows, read as if the text ended here. It replaces the tail before it, and so does the next `ChunkAnalyzed`; settled entities and the last tail together are `entities` of the text so far. It is not kept, has no cursor, and comes only to subscribers that select it: one that is slow misses tails, but never a settled event.',
  fields: (t) => ({
    start: t.exposeInt('start', { description: 'Where the first token starts that is not settled.' }),
    end: t.exposeInt('end', { description: 'Where the text ends, exclusive.' }),
    entities: t.field({
      type: [EntityType],
      description: 'The entities that more text can still change.',
      resolve: ({ entities }) => [...entities],
    }),
    sentiment: t.expose('sentiment', {
      type: SentimentResultType,
      nullable: true,
      description: 'The sentiment of the tail; null if it has nothing to read, or if `sentiment` was not asked for.',
    }),
    length: t.exposeInt('length', {
      description: 'UTF-16 code units of the text that was read, as `at` of `appendText` counts them.',
    }),
  }),
});

export const AnalysisEventType = builder.unionType('AnalysisEvent', {
  description: 'What happens while a text is read.',
  types: [ChunkAnalyzedType, TailAnalyzedType, AnalysisCompletedType, AnalysisFailedType],
  resolveType: ({ kind }) => kind,
});

builder.subscriptionField('analyze', (t) =>
  t.field({
    type: AnalysisEventType,
    description:
      'Reads a text chunk by chunk and gives its entities as they are settled. Together they are exactly those of `entities`. It stops when the subscriber goes.',
    args: {
      text: t.arg.string({ required: true, description: 'Any well-formed text; long ones are what this is for.' }),
      ...entityArgs,
      ...offsetEncodingArgs,
      after: t.arg.string({
        description: 'The last cursor seen: goes on behind it. All other arguments must be the same.',
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
