import type { FollowAnalysisSubscription, ReadTextSubscription } from './graphql.ts';

/** An event of the analysis of a text. */
export type ReadingEvent =
  | Exclude<ReadTextSubscription['analyze'], { __typename: 'TailAnalyzed' }>
  | FollowAnalysisSubscription['analysisEvents'];
/** A chunk was read: its entities are settled. */
export type ChunkEvent = Extract<ReadingEvent, { __typename: 'ChunkAnalyzed' }>;
/** The unsettled end of an open text, read as if it ended here. It replaces the previous tail. */
export type TailEvent = Extract<ReadingEvent, { __typename: 'TailAnalyzed' }>;
/** The whole text was read. */
export type CompletedEvent = Extract<ReadingEvent, { __typename: 'AnalysisCompleted' }>;
/** The analysis ended early. */
export type FailedEvent = Extract<ReadingEvent, { __typename: 'AnalysisFailed' }>;

/** An entity in the stream of an analysis. */
export type FoundEntity = ChunkEvent['entities'][number];
/** The progress of a reading. */
export type ReadingProgress = ChunkEvent['progress'];

/**
 * All that is known of a text while it is read. Every event makes a new object, so UI libraries can compare by
 * identity.
 */
export interface Reading {
  /** The settled entities, in the order of the text. */
  readonly entities: readonly FoundEntity[];
  /**
   * The unsettled end of an open text, which may still change; `undefined` if there is none. Together with the settled
   * entities it is what `entities` finds in the text so far.
   */
  readonly tail: TailEvent | undefined;
  /** The progress; `undefined` before the first event. */
  readonly progress: ReadingProgress | undefined;
  /** The sentiment of the whole text when it is read; `null` if the text has nothing to read. */
  readonly sentiment: CompletedEvent['sentiment'] | undefined;
  readonly state: 'reading' | 'completed' | 'failed';
  /** Why it failed. */
  readonly failure: FailedEvent | undefined;
}

/** The reading before the first event. */
export const NOTHING_READ: Reading = {
  entities: [],
  tail: undefined,
  progress: undefined,
  sentiment: undefined,
  state: 'reading',
  failure: undefined,
};

/**
 * The reading after one more event: a reducer, as for React's `useReducer`.
 *
 * @example
 * const [reading, dispatch] = useReducer(reduceReading, NOTHING_READ);
 */
export function reduceReading(reading: Reading, event: ReadingEvent): Reading {
  switch (event.__typename) {
    case 'ChunkAnalyzed':
      return {
        ...reading,
        entities: [...reading.entities, ...event.entities],
        tail: reading.tail && tailAfter(event, reading.tail),
        progress: event.progress,
      };
    case 'TailAnalyzed':
      return { ...reading, tail: event };
    case 'AnalysisCompleted':
      return {
        ...reading,
        state: 'completed',
        tail: undefined,
        progress: event.progress,
        sentiment: event.sentiment,
      };
    case 'AnalysisFailed':
      return { ...reading, state: 'failed', failure: event };
  }
}

/** The rest of a tail after a chunk of it was settled. */
function tailAfter({ chunk, entities }: ChunkEvent, tail: TailEvent): TailEvent {
  const settled = Math.max(chunk.start, ...entities.map(({ end }) => end));
  // An entity that touches the end of the chunk comes with the next one.
  const left = tail.entities.filter(({ start, end }) => start >= settled && end >= chunk.end);
  return { ...tail, start: Math.max(tail.start, chunk.end), entities: left };
}
