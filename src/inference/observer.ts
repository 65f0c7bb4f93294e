import type { Model } from '../models/registry.ts';

/** Report of a batch that ran. */
export interface BatchReport {
  readonly model: Model;
  readonly sequences: number;
  readonly tokens: number;
  /** Tokens, padding included. */
  readonly paddedTokens: number;
  /** When it was handed to a worker, as `performance.now()`. */
  readonly startedAt: number;
  /** Time in the engine, in milliseconds. */
  readonly inferenceMs: number;
  /** The operation of each sequence, and when it was queued, as `performance.now()`. */
  readonly works: readonly { readonly group: object; readonly enqueuedAt: number }[];
}

/** Observes the inference layer, for metrics, traces and the log. Its methods must not throw. */
export interface InferenceObserver {
  batchDone(report: BatchReport): void;
  /** Called when models are ready and their devices are known. */
  modelsLoaded?(models: readonly Model[]): void;
}
