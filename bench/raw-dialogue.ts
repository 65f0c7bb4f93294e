import type { ModelFiles } from '../src/inference/session.ts';
import type { Batch } from './packing.ts';

/** Batches that one model is to run. */
export interface RawWork {
  /** By which {@link RawDialogue.run} is told to run them. */
  readonly name: string;
  readonly files: ModelFiles;
  readonly padId: number;
  readonly batches: readonly Batch[];
}

/** What the process of the raw engine can be asked. */
export interface RawDialogue {
  readonly prepare: { readonly question: RawWork; readonly answer: undefined };
  /** Runs the batches round and round in all threads, for so many seconds. */
  readonly run: { readonly question: { readonly name: string; readonly seconds: number }; readonly answer: RawWindow };
}

/** What was run between two moments. */
export interface RawWindow {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly sequences: number;
  readonly tokens: number;
  readonly paddedTokens: number;
  /** Runs of the engine. */
  readonly batches: number;
}

/** A message to a thread of the raw engine, which answers `prepare` with nothing and `run` with its counts. */
export type ThreadRequest =
  | { readonly type: 'prepare'; readonly work: RawWork }
  | { readonly type: 'run'; readonly name: string; readonly untilMs: number; readonly from: number }
  | { readonly type: 'close' };

export type ThreadCounts = Pick<RawWindow, 'sequences' | 'tokens' | 'paddedTokens' | 'batches'>;
