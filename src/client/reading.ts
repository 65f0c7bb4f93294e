import type { FollowAnalysisSubscription, ReadTextSubscription } from './graphql.ts';

/** An event of the analysis of a text. */
export type ReadingEvent =
  | Exclude<ReadTextSubscription['analyze'], { __typename: 'TailAnalyzed' }>
  | FollowAnalysisSubscription['analysisEvents'];
/** A chunk was read: its entities are settled. */
export type ChunkEvent = Extract<ReadingEvent, { __typename: 'ChunkAnalyzed' }>;
/** What is not settled yet of a text that grows, read as if it ended here. It replaces the tail before it. */
export type TailEvent = Extract<ReadingEvent, { __typename: 'TailAnalyzed' }>;
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
  /**
   * What is not settled yet of a text that grows, and may still change; `undefined` if there is nothing. With the
   * settled entities before it, it is what `entities` finds in the text so far.
   */
  readonly tail: TailEvent | undefined;
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
  tail: undefined,
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

/** What is left of a tail after a chunk of it was settled: what the chunk has, or has found to be nothing, goes. */
function tailAfter({ chunk, entities }: ChunkEvent, tail: TailEvent): TailEvent {
  const settled = Math.max(chunk.start, ...entities.map(({ end }) => end));
  // One that touches the end of the chunk comes with the next.
  const left = tail.entities.filter(({ start, end }) => start >= settled && end >= chunk.end);
  return { ...tail, start: Math.max(tail.start, chunk.end), entities: left };
}
