import type { Model } from '../models/registry.ts';

/** A batch that ran. */
export interface BatchReport {
  readonly model: Model;
  readonly sequences: number;
  readonly tokens: number;
  /** Tokens with the padding between them. */
  readonly paddedTokens: number;
  /** `performance.now()` when a worker was given it. */
  readonly startedAt: number;
  /** Time in the engine, in milliseconds. */
  readonly inferenceMs: number;
  /** For each sequence, whose it was and since when it had waited (`performance.now()`). */
  readonly works: readonly { readonly group: object; readonly enqueuedAt: number }[];
}

/** Watches the inference layer, for metrics, traces and the log. It must not throw. */
export interface InferenceObserver {
  batchDone(report: BatchReport): void;
  /** Models can be used from now on; what they run on is known. */
  modelsLoaded?(models: readonly Model[]): void;
}
