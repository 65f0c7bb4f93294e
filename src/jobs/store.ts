import type { Progress } from '../documents/analysis.ts';
import type { ErrorCode } from '../errors.ts';
import type { Analysis, AnalysisSource, AnalysisState, Job } from './analysis.ts';
import type { EntityEntry, IndexedEntity } from './entity-index.ts';

/** An analysis to be kept. */
export interface NewAnalysis {
  readonly id: string;
  readonly owner: string;
  readonly content: string;
  readonly fingerprint: string;
  readonly source: AnalysisSource;
  /** Whether one of the same id that failed, was cancelled or lost its events is replaced by a new run. */
  readonly restart: boolean;
  /** Whether text can be appended to it. */
  readonly open?: boolean;
}

/** An event as it is written: what the store needs to know of it, and the event itself as JSON. */
export interface LogEntry {
  readonly sequence: number;
  readonly cursor: string;
  /** The event, which the store keeps and gives out byte for byte. */
  readonly event: string;
  /** The state after this event; an ended one makes it the last event. */
  readonly state: Exclude<AnalysisState, 'QUEUED' | 'OPEN'>;
  /** The entities that the event adds, in the order of the event. */
  readonly entities: readonly EntityEntry[];
  /** How far the reading is after it; without it the progress stays as it was. */
  readonly progress?: Progress;
  readonly code?: ErrorCode;
  readonly message?: string;
  /** Where another worker begins to read a text that grows. */
  readonly checkpoint?: string;
  /** With the last event of a text that grew: the fingerprint of the same text read at once. */
  readonly finalFingerprint?: string;
}

/**
 * What an append did: `WRITTEN`; or `KNOWN` if an event of that sequence number is there already
 * (the work is deterministic, so it says the same); or `ENDED` if this run takes no more events.
 */
export type Appended = 'WRITTEN' | 'KNOWN' | 'ENDED';

/** An event as it is read. */
export interface LogLine {
  readonly sequence: number;
  readonly event: string;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Sequence number of the last event; -1 if there is none. */
  readonly last: number;
  /** No event will follow the last one. */
  readonly ended: boolean;
}

/** What a subscriber is told: events came, the last event came, there is another tail, or the store was lost. */
export type Change = 'APPENDED' | 'ENDED' | 'TAIL' | 'LOST';

/** What to do with the part of a text that does not fit what is there. */
export interface AppendText {
  /** Length of the text, in UTF-16 code units, that the part follows. */
  readonly at: number;
  readonly text: string;
  /** UTF-16 code units that the whole text may have. */
  readonly maxLength: number;
}

/** Why a part of a text was not appended; nothing of it is kept. */
export type AppendRefusal = 'NOT_FOUND' | 'CLOSED' | 'MISFIT' | 'TOO_LONG' | 'HALF';

/** What became of a call that changes a text: the analysis after it, and why it was refused if it was. */
export interface TextChange {
  readonly refusal: AppendRefusal | undefined;
  /** Missing only if there is no such analysis. */
  readonly analysis: Analysis | undefined;
}

/** The analysis that a worker is to read on, with the part of its text that the worker does not have yet. */
export interface TakenText {
  readonly analysis: Analysis;
  /** The text from the position that was asked for. It may end with half a surrogate pair. */
  readonly text: string;
  /** Missing if the events are no longer kept. */
  readonly source: AnalysisSource | undefined;
}

/** What is not settled yet of a text that grows, as it is kept: only the last one is. */
export interface StoredTail {
  /** Sequence number of the last event before it. */
  readonly after: number;
  /** The tail itself as JSON. */
  readonly tail: string;
}

/** What is kept of analyses, and how long. */
export interface Retention {
  /** Milliseconds that events are kept after the end of their analysis. */
  readonly analysisTtlMs: number;
  /** Ended analyses whose events are kept in memory. */
  readonly analysesKept: number;
  /** Bytes of texts and events of all analyses together in memory. */
  readonly analysesBytes: number;
  /** Bytes of events of one analysis; its first events go if it has more. */
  readonly analysisLogBytes: number;
  /** Texts of one owner that may be open at a time. */
  readonly maxOpenTexts: number;
}

/** Counts over all analyses of a store. */
export interface StoreCounts {
  readonly openTexts: number;
}

/**
 * Analyses and their events: an append-only log for each, with gapless sequence numbers from 0, an index of its
 * entities, and the text of one that grows.
 *
 * Events go after a time; the short record of an analysis stays ten times as long, so that a reader who comes late is
 * told CURSOR_EXPIRED. An implementation whose store is elsewhere throws STORE_UNAVAILABLE if it cannot be reached.
 */
export interface AnalysisStore {
  /**
   * Keeps a new analysis, or gives the one of that id. Throws BAD_ARGUMENT if that one is of other content,
   * OVERLOADED if there is no room, and RATE_LIMITED if its owner has too many open texts.
   */
  create(analysis: NewAnalysis): Promise<Analysis>;
  find(id: string): Promise<Analysis | undefined>;
  /** What the analysis reads, while its events are kept; of a text that grows, all of it so far. */
  source(id: string): Promise<AnalysisSource | undefined>;
  /** The text of one that grows, from a position on. */
  text(id: string, from: number): Promise<string>;
  /** The analyses of an owner, the newest first: at most {@link MOST_LISTED}. */
  list(owner: string): Promise<readonly Analysis[]>;
  /** The entities of an analysis so far, in the order of the text. Throws ANALYSIS_NOT_FOUND. */
  index(id: string): Promise<readonly IndexedEntity[]>;
  /** Notes that a run has begun. */
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
  /** Appends to a text that grows. A part that is there already changes nothing. */
  appendText(id: string, part: AppendText): Promise<TextChange>;
  /** Ends a text that grows; one that has ended stays as it is. HALF if it ends with half a surrogate pair. */
  finishText(id: string): Promise<TextChange>;
  /** Ends texts that nobody has appended to since a time, in milliseconds since 1970; gives their analyses. */
  finishIdle(since: number, message: string): Promise<readonly Analysis[]>;
  /** Begins to read a text that grows, from a position on; `undefined` if this run takes no more events. */
  take(job: Job, from: number): Promise<TakenText | undefined>;
  /**
   * Gives out what is not settled of the text up to `read`, and ends a reading. The analysis is OPEN if that is all of its
   * text, or QUEUED for the rest or the end; `undefined` if this run takes no more events.
   */
  rest(job: Job, read: number, tail: StoredTail): Promise<Analysis | undefined>;
  /** The last tail that was given out, if the analysis is open. */
  tail(id: string): Promise<StoredTail | undefined>;
  /** Why it cannot be used now, as in `is full`; nothing if it can. */
  readonly trouble: string | undefined;
  /** The open texts that end with this process, since the store does. */
  endsWithProcess(): readonly string[];
  counts(): Promise<StoreCounts>;
  /** Tells of changes from the moment it resolves until the function that it gives is called. */
  subscribe(id: string, onChange: (change: Change) => void): Promise<() => void>;
  close(): Promise<void>;
}

/** How much longer than its events the record of an analysis is kept, and how many more of them. */
export const RECORDS_PER_LOG = 10;

/** Analyses of one owner that are listed; of more, the newest. */
export const MOST_LISTED = 5000;

/** Milliseconds without an event after which an unfinished analysis is forgotten: all its workers are gone. */
export const UNFINISHED_TTL_MS = 24 * 60 * 60 * 1000;
