import type { Aggregation } from '../documents/aggregation.ts';
import type { Progress } from '../documents/analysis.ts';
import type { OffsetEncoding } from '../documents/offsets.ts';
import type { ErrorCode } from '../errors.ts';

export const ANALYSIS_STATES = ['QUEUED', 'RUNNING', 'OPEN', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;
export type AnalysisState = (typeof ANALYSIS_STATES)[number];

/** The owner of analyses that are started where nobody is asked who they are: whoever asks sees them. */
export const EVERYBODY = '';

/** How an analysis reads its text. */
export interface AnalysisOptions {
  /** Id of a NER model. */
  readonly model: string;
  /** The revision of that model, on which the ids of entities depend. */
  readonly revision: string;
  /** Id of the model that scores each chunk and the whole text; `null` if no sentiment is wanted. */
  readonly sentimentModel: string | null;
  readonly aggregation: Aggregation;
  readonly types: readonly string[] | null;
  readonly minConfidence: number;
  readonly offsetEncoding: OffsetEncoding;
}

/** What an analysis reads, and how. It is kept with the analysis, so that any machine can read it. */
export interface AnalysisSource extends AnalysisOptions {
  readonly text: string;
}

/** What is known of an analysis at a time. */
export interface Analysis {
  readonly id: string;
  /** Who started it; to anybody else it does not exist. */
  readonly owner: string;
  /** Which run of this id it is: 1, and one more each time it is started again after a failure. */
  readonly run: number;
  /** Grows with every start, over all analyses of a store: lists are sorted by it. */
  readonly order: number;
  readonly options: AnalysisOptions;
  /** Hash of everything that the events depend on. */
  readonly content: string;
  /** The fingerprint in the cursors of its events. */
  readonly fingerprint: string;
  /** Once a text that grew is complete: the fingerprint of the same text read at once. */
  readonly finalFingerprint: string | null;
  readonly state: AnalysisState;
  /** Whether its text grew, or still grows. */
  readonly grows: boolean;
  /** Whether text can still be appended. */
  readonly open: boolean;
  /** UTF-16 code units of its text so far. */
  readonly length: number;
  /** Times that a text that grows was read as far as it went; each wait for more text has a job of its own. */
  readonly wake: number;
  /** Where a worker that knows nothing of the text begins to read; only of a text that grows. */
  readonly checkpoint: string | null;
  readonly progress: Progress;
  /** Entities of all events so far. */
  readonly entityCount: number;
  /** Times as ISO 8601 strings in UTC. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Why it ended, if it did not complete. */
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
  /** Of a text that grows: which wait for more text the job ends. */
  readonly wake?: number;
}

/** How an analysis ends that does not complete. */
export interface Ending {
  readonly state: 'FAILED' | 'CANCELLED';
  readonly code: ErrorCode;
  readonly message: string;
}

export const NO_PROGRESS: Progress = { chunksDone: 0, chunksTotal: 0, tokensDone: 0, tokensTotal: 0, fraction: 0 };

/** Whether no event will follow. */
export function isEnded({ state }: Pick<Analysis, 'state'>): boolean {
  return state === 'COMPLETED' || state === 'FAILED' || state === 'CANCELLED';
}
