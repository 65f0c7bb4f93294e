import type { FollowAnalysisSubscription, ReadTextSubscription } from './graphql.ts';

/** An event of the analysis of a text. */
export type ReadingEvent = Exclude<
  ReadTextSubscription['analyze'] | FollowAnalysisSubscription['analysisEvents'],
  { __typename: 'TailAnalyzed' }
>;
/** A chunk was read: its entities are settled. */
export type ChunkEvent = Extract<ReadingEvent, { __typename: 'ChunkAnalyzed' }>;
/** The whole text was read. */
export type CompletedEvent = Extract<ReadingEvent, { __typename: 'AnalysisCompleted' }>;
/** The reading ended early. */
export type FailedEvent = Extract<ReadingEvent, { __typename: 'AnalysisFailed' }>;

/** An entity as the stream of an analysis gives it. */
export type FoundEntity = ChunkEvent['entities'][number];
/** How far a reading is. */
export type ReadingProgress = ChunkEvent['progress'];

/** What is known of a text while it is read. Every event makes a new one, so UI libraries can compare by identity. */
export interface Reading {
  /** What is settled, in the order of the text. */
  readonly entities: readonly FoundEntity[];
  /** How far it is; `undefined` before the first event. */
  readonly progress: ReadingProgress | undefined;
  /** The sentiment of the whole text, once it is read; `null` if the text has nothing to read. */
  readonly sentiment: CompletedEvent['sentiment'] | undefined;
  readonly state: 'reading' | 'completed' | 'failed';
  /** Why it failed. */
  readonly failure: FailedEvent | undefined;
}

/** A text of which nothing is known yet. */
export const NOTHING_READ: Reading = {
  entities: [],
  progress: undefined,
  sentiment: undefined,
  state: 'reading',
  failure: undefined,
};

/**
 * What is known after one more event. It is a reducer, as `useReducer` of React takes it.
 *
 * @example
 * const [reading, dispatch] = useReducer(reduceReading, NOTHING_READ);
 */
export function reduceReading(reading: Reading, event: ReadingEvent): Reading {
  switch (event.__typename) {
    case 'ChunkAnalyzed':
      return { ...reading, entities: [...reading.entities, ...event.entities], progress: event.progress };
    case 'AnalysisCompleted':
      return { ...reading, state: 'completed', progress: event.progress, sentiment: event.sentiment };
    case 'AnalysisFailed':
      return { ...reading, state: 'failed', failure: event };
  }
}
