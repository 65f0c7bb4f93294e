import type { Progress } from '../documents/analysis.ts';
import type { ErrorCode } from '../errors.ts';
import type { Analysis, AnalysisSource, AnalysisState, Job } from './analysis-record.ts';

/** An analysis that is to be kept. */
export interface NewAnalysis {
  readonly id: string;
  readonly owner: string;
  readonly content: string;
  readonly fingerprint: string;
  readonly source: AnalysisSource;
  /** Whether one of the same id that failed, was cancelled or lost its events is replaced by a new run. */
  readonly restart: boolean;
}

/** An event as it is written: what the log needs to know of it, and the event itself as JSON. */
export interface LogEntry {
  readonly sequence: number;
  readonly cursor: string;
  /** The event, which the log keeps and gives out byte for byte. */
  readonly event: string;
  /** The state behind this event; any but RUNNING makes it the last one. */
  readonly state: Exclude<AnalysisState, 'QUEUED'>;
  /** Entities that the event adds. */
  readonly entities: number;
  /** How far the reading is behind it; without it the progress stays as it was. */
  readonly progress?: Progress;
  readonly code?: ErrorCode;
  readonly message?: string;
}

/**
 * What came of an append: `WRITTEN`, or `KNOWN` where an event of that sequence number is there already
 * (the work is deterministic, so it says the same), or `ENDED` where this run takes no more events.
 */
export type Appended = 'WRITTEN' | 'KNOWN' | 'ENDED';

/** An event as it is read. */
export interface LogLine {
  readonly sequence: number;
  readonly event: string;
}

export interface LogPage {
  readonly lines: readonly LogLine[];
  /** Sequence number of the last event that there is; -1 where there is none. */
  readonly last: number;
  /** No event will follow the last one. */
  readonly ended: boolean;
}

/** What a watcher is told: events came, the last event came, or the store was lost and nothing more can be told. */
export type Change = 'APPENDED' | 'ENDED' | 'LOST';

/** What is kept of analyses, and how long. */
export interface Retention {
  /** Milliseconds that events are kept after the end of their analysis. */
  readonly analysisTtlMs: number;
  /** Ended analyses whose events are kept. */
  readonly analysesKept: number;
  /** Bytes of texts and events of all analyses together. */
  readonly analysesBytes: number;
  /** Bytes of events of one analysis; its first events go where it has more. */
  readonly analysisLogBytes: number;
}

/**
 * Analyses and their events: an append-only log for each, with gapless sequence numbers from 0.
 *
 * Events go after a time, or where there are too many; the short record of an analysis stays ten times as long, so
 * that a reader who comes late is told CURSOR_EXPIRED. An implementation whose store is elsewhere throws
 * STORE_UNAVAILABLE where it cannot be reached.
 */
export interface AnalysisLog {
  /**
   * Keeps a new analysis, or gives the one of that id. Throws BAD_ARGUMENT where that one is of other content,
   * and OVERLOADED where there is no room.
   */
  create(analysis: NewAnalysis): Promise<Analysis>;
  find(id: string): Promise<Analysis | undefined>;
  /** What the analysis reads, while its events are kept. */
  source(id: string): Promise<AnalysisSource | undefined>;
  /** Notes that a run has begun. */
  begin(job: Job): Promise<void>;
  /** Appends an event. Throws where it would leave a gap. */
  append(job: Job, entry: LogEntry): Promise<Appended>;
  /**
   * Reads at most `limit` events from a sequence number on. Throws ANALYSIS_NOT_FOUND, and CURSOR_EXPIRED where
   * the first of them is no longer kept.
   */
  read(id: string, from: number, limit: number): Promise<LogPage>;
  /** Tells of changes from the moment it resolves until the function that it gives is called. */
  watch(id: string, onChange: (change: Change) => void): Promise<() => void>;
  close(): Promise<void>;
}

/** How much longer than its events the record of an analysis is kept, and how many more of them. */
export const RECORDS_PER_LOG = 10;

/** Milliseconds without an event after which an unfinished analysis is forgotten: all its workers are gone. */
export const UNFINISHED_TTL_MS = 24 * 60 * 60 * 1000;
