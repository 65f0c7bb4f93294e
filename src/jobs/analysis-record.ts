import type { Aggregation } from '../documents/aggregation.ts';
import type { Progress } from '../documents/analysis.ts';
import type { OffsetEncoding } from '../documents/offsets.ts';
import type { ErrorCode } from '../errors.ts';

export type AnalysisState = 'QUEUED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED';

/** What an analysis reads, and how. It is kept with the analysis, so that any machine can read it. */
export interface AnalysisSource {
  readonly text: string;
  /** Id of a NER model. */
  readonly model: string;
  /** Id of the model that scores each chunk and the whole text; `null` where no sentiment is wanted. */
  readonly sentimentModel: string | null;
  readonly aggregation: Aggregation;
  readonly types: readonly string[] | null;
  readonly minConfidence: number;
  readonly offsetEncoding: OffsetEncoding;
}

/** The owner of analyses that are started where nobody is asked who they are: whoever asks sees them. */
export const EVERYBODY = '';

/** What is known of an analysis at a time. */
export interface Analysis {
  readonly id: string;
  /** Who started it; to anybody else it does not exist. */
  readonly owner: string;
  /** Which run of this id it is: 1, and one more each time it is started again after a failure. */
  readonly run: number;
  /** Hash of everything that the events depend on. */
  readonly content: string;
  /** The fingerprint in the cursors of its events. */
  readonly fingerprint: string;
  readonly state: AnalysisState;
  readonly progress: Progress;
  /** Entities of all events so far. */
  readonly entityCount: number;
  /** Times as ISO 8601 strings in UTC. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Why it ended, where it did not complete. */
  readonly code: ErrorCode | null;
  readonly message: string | null;
  /** Sequence number of the last event; -1 where there is none yet. */
  readonly lastSequence: number;
  /** Cursor of the last event; `null` where there is none yet. */
  readonly cursor: string | null;
}

/** One run of one analysis. */
export interface Job {
  readonly id: string;
  readonly run: number;
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
  return state !== 'QUEUED' && state !== 'RUNNING';
}
