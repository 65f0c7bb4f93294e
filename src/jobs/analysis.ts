import type { Aggregation } from '../documents/aggregation.ts';
import type { Progress } from '../documents/analysis.ts';
import type { OffsetEncoding } from '../documents/offsets.ts';
import type { ErrorCode } from '../errors.ts';

export const ANALYSIS_STATES = ['QUEUED', 'RUNNING', 'OPEN', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;
export type AnalysisState = (typeof ANALYSIS_STATES)[number];

/** The owner of all analyses on a server without authentication: everybody sees them. */
export const EVERYBODY = '';

/** How an analysis reads its text. */
export interface AnalysisOptions {
  /** Id of a NER model. */
  readonly model: string;
  /** Revision of that model, on which the ids of entities depend. */
  readonly revision: string;
  /** Id of the model that scores each chunk and the whole text; `null` if no sentiment is wanted. */
  readonly sentimentModel: string | null;
  readonly aggregation: Aggregation;
  readonly types: readonly string[] | null;
  readonly minConfidence: number;
  readonly offsetEncoding: OffsetEncoding;
}

/** The text and options of an analysis. They are stored with it, so that any machine can read it. */
export interface AnalysisSource extends AnalysisOptions {
  readonly text: string;
}

/** A snapshot of an analysis. */
export interface Analysis {
  readonly id: string;
  /** The client that started it; to anybody else it does not exist. */
  readonly owner: string;
  /** The run of this id: 1 at first, and counted up each time it is started again. */
  readonly run: number;
  /** Increases with every start in the store; lists are sorted by it. */
  readonly order: number;
  readonly options: AnalysisOptions;
  /** Hash of everything that the events depend on. */
  readonly content: string;
  /** The fingerprint in the cursors of its events. */
  readonly fingerprint: string;
  /** The fingerprint of the same text read at once; known when a text that grew is complete. */
  readonly finalFingerprint: string | null;
  readonly state: AnalysisState;
  /** Whether its text is or was open. */
  readonly grows: boolean;
  /** Whether text can still be appended. */
  readonly open: boolean;
  /** UTF-16 code units of its text so far. */
  readonly length: number;
  /** How many times an open text was read to its current end; each wait for more text gets a new job. */
  readonly wake: number;
  /** The state from which a new worker resumes an open text. */
  readonly checkpoint: string | null;
  readonly progress: Progress;
  /** Number of entities of all events so far. */
  readonly entityCount: number;
  /** These times are ISO 8601 strings in UTC. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Why it ended if it did not complete. */
  readonly code: ErrorCode | null;
  readonly message: string | null;
  /** Sequence number of the last event; -1 if there is none yet. */
  readonly lastSequence: number;
  /** Cursor of the last event; `null` if there is none yet. */
  readonly cursor: string | null;
}

/** One run of one analysis. */
export interface Job {
  readonly id: string;
  readonly run: number;
  /** For an open text: the {@link Analysis.wake} that the job ends. */
  readonly wake?: number;
}

/** The end of an analysis that does not complete. */
export interface Ending {
  readonly state: 'FAILED' | 'CANCELLED';
  readonly code: ErrorCode;
  readonly message: string;
}

export const NO_PROGRESS: Progress = { chunksDone: 0, chunksTotal: 0, tokensDone: 0, tokensTotal: 0, fraction: 0 };

/** Whether an analysis has ended, so that no event will follow. */
export function isEnded({ state }: Pick<Analysis, 'state'>): boolean {
  return state === 'COMPLETED' || state === 'FAILED' || state === 'CANCELLED';
}
