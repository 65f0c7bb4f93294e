import type { Progress } from '../documents/analysis.ts';
import type { ErrorCode } from '../errors.ts';
import type { Analysis, AnalysisSource, AnalysisState, Job } from './analysis.ts';
import type { EntityEntry, IndexedEntity } from './entity-index.ts';

/** A new analysis to store. */
export interface NewAnalysis {
  readonly id: string;
  readonly owner: string;
  readonly content: string;
  readonly fingerprint: string;
  readonly source: AnalysisSource;
  /** Whether to start a new run if the analysis of that id failed, was cancelled or lost its events. */
  readonly restart: boolean;
  /** Whether text can be appended to it. */
  readonly open?: boolean;
}

/** An event to append: the event itself as JSON, and what the store needs to know about it. */
export interface LogEntry {
  readonly sequence: number;
  readonly cursor: string;
  /** The event as JSON, which the store returns byte for byte. */
  readonly event: string;
  /** The state of the analysis after it; an ended one makes it the last event. */
  readonly state: Exclude<AnalysisState, 'QUEUED' | 'OPEN'>;
  /** Its entities, in order. */
  readonly entities: readonly EntityEntry[];
  /** The progress after it; unchanged if missing. */
  readonly progress?: Progress;
  readonly code?: ErrorCode;
  readonly message?: string;
  /** The state from which a new worker resumes an open text. */
  readonly checkpoint?: string;
  /** For the last event of a text that grew: the fingerprint of the same text read at once. */
  readonly finalFingerprint?: string;
}

/**
 * The outcome of an append: `WRITTEN`; or `KNOWN` if there is an event with that sequence number already (the work is
 * deterministic, so it is the same event); or `ENDED` if this run takes no more events.
 */
export type Appended = 'WRITTEN' | 'KNOWN' | 'ENDED';

/** A stored event. */
export interface LogLine {
  readonly sequence: number;
  readonly event: string;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Sequence number of the last event; -1 if there is none. */
  readonly last: number;
  /** Whether no event will follow the last one. */
  readonly ended: boolean;
}

/** A change for subscribers: events were appended, the last event was, there is a new tail, or the store was lost. */
export type Change = 'APPENDED' | 'ENDED' | 'TAIL' | 'LOST';

/** A part to append to an open text. */
export interface AppendText {
  /** Length of the text before the part, in UTF-16 code units. */
  readonly at: number;
  readonly text: string;
  /** The most UTF-16 code units of the whole text. */
  readonly maxLength: number;
}

/** Why a part was refused; nothing of it was appended. */
export type AppendRefusal = 'NOT_FOUND' | 'CLOSED' | 'MISFIT' | 'TOO_LONG' | 'HALF';

/** The outcome of a change to a text: the analysis after it, and the reason if it was refused. */
export interface TextChange {
  readonly refusal: AppendRefusal | undefined;
  /** Missing only if the analysis does not exist. */
  readonly analysis: Analysis | undefined;
}

/** An analysis that a worker reads further, with the part of its text that the worker does not have yet. */
export interface TakenText {
  readonly analysis: Analysis;
  /** The text from the requested position on. It may end with half a surrogate pair. */
  readonly text: string;
  /** Missing if the events are no longer kept. */
  readonly source: AnalysisSource | undefined;
}

/** A stored tail of an open text. Only the last one is kept. */
export interface StoredTail {
  /** Sequence number of the last event before it. */
  readonly after: number;
  /** The tail itself as JSON. */
  readonly tail: string;
}

/** How much of analyses is kept, and for how long. */
export interface Retention {
  /** Milliseconds that events are kept after the end of their analysis. */
  readonly analysisTtlMs: number;
  /** The most ended analyses whose events are kept in memory. */
  readonly analysesKept: number;
  /** The most bytes of texts and events of all analyses in memory. */
  readonly analysesBytes: number;
  /** The most bytes of events of one analysis; its first events are dropped if it has more. */
  readonly analysisLogBytes: number;
  /** The most open texts of one owner. */
  readonly maxOpenTexts: number;
}

/** Counts over all analyses of a store. */
export interface StoreCounts {
  readonly openTexts: number;
}

/**
 * Stores analyses: for each an append-only log of events with gapless sequence numbers from 0, an index of its
 * entities, and the text if it is open.
 *
 * Events are dropped after a time; the short record of an analysis is kept ten times as long, so that a late reader
 * gets CURSOR_EXPIRED. A store outside of this process throws STORE_UNAVAILABLE if it cannot be reached.
 */
export interface AnalysisStore {
  /**
   * Stores a new analysis, or returns the one with that id. Throws BAD_ARGUMENT if that one has other content,
   * OVERLOADED if there is no room, and RATE_LIMITED if the owner has too many open texts.
   */
  create(analysis: NewAnalysis): Promise<Analysis>;
  find(id: string): Promise<Analysis | undefined>;
  /** The text (so far) and the options of an analysis, while its events are kept. */
  source(id: string): Promise<AnalysisSource | undefined>;
  /** The text of an open or once open analysis, from a position on. */
  text(id: string, from: number): Promise<string>;
  /** An owner's analyses, newest first: at most {@link MOST_LISTED}. */
  list(owner: string): Promise<readonly Analysis[]>;
  /** The entities of an analysis so far, in the order of the text. Throws ANALYSIS_NOT_FOUND. */
  index(id: string): Promise<readonly IndexedEntity[]>;
  /** Records that a run has begun. */
  begin(job: Job): Promise<void>;
  /** Appends an event. Throws if it would leave a gap. */
  append(job: Job, entry: LogEntry): Promise<Appended>;
  /**
   * Reads at most `limit` events from a sequence number on. Throws ANALYSIS_NOT_FOUND, and CURSOR_EXPIRED if
   * the first of them is no longer kept.
   */
  read(id: string, from: number, limit: number): Promise<LogPage>;
  /** Reads single events. Throws CURSOR_EXPIRED if one of them is no longer kept. */
  events(id: string, sequences: readonly number[]): Promise<readonly string[]>;
  /** Appends to an open text. Appending the same part again changes nothing. */
  appendText(id: string, part: AppendText): Promise<TextChange>;
  /** Closes an open text; does nothing if it is closed. HALF if it ends with half a surrogate pair. */
  finishText(id: string): Promise<TextChange>;
  /** Closes texts without an append since a time, in milliseconds since 1970. Returns their analyses. */
  finishIdle(since: number, message: string): Promise<readonly Analysis[]>;
  /**
   * Analyses that have waited for a worker since a time, in milliseconds since 1970, and were not returned here since
   * then: the process that created them may have died before queuing them.
   */
  waiting(since: number): Promise<readonly Analysis[]>;
  /** Begins to read an open text from a position on; `undefined` if this run takes no more events. */
  take(job: Job, from: number): Promise<TakenText | undefined>;
  /**
   * Publishes the tail of the text up to `read`, and ends a reading. The analysis is then OPEN if that is all of its
   * text, or QUEUED for the rest or the end; `undefined` if this run takes no more events.
   */
  rest(job: Job, read: number, tail: StoredTail): Promise<Analysis | undefined>;
  /** The last tail, if the analysis is open. */
  tail(id: string): Promise<StoredTail | undefined>;
  /** Why it cannot be used now, as in `is full`; `undefined` if it can. */
  readonly trouble: string | undefined;
  /** The ids of open texts that end with this process; none if the store outlives it. */
  endsWithProcess(): readonly string[];
  counts(): Promise<StoreCounts>;
  /** Reports changes from the moment it resolves until the returned function is called. */
  subscribe(id: string, onChange: (change: Change) => void): Promise<() => void>;
  close(): Promise<void>;
}

/** By how much longer, and how many more, records of analyses are kept than events. */
export const RECORDS_PER_LOG = 10;

/** The most analyses of one owner that are listed: the newest. */
export const MOST_LISTED = 5000;

/** Milliseconds without an event after which an unfinished analysis is dropped, since all its workers must be gone. */
export const UNFINISHED_TTL_MS = 24 * 60 * 60 * 1000;
