import type { Model } from '../models/registry.ts';

/**
 * The queue that work waits in. Short questions are INTERACTIVE, long documents BULK;
 * the two share the workers by weight, so neither starves the other.
 */
export type Lane = 'INTERACTIVE' | 'BULK';

/** A half-open range `[start, end)` of a sequence's tokens, special tokens not counted. */
export interface TokenRange {
  readonly start: number;
  readonly end: number;
}

/** One sequence for a model. */
export interface Sequence {
  readonly model: Model;
  /** Token ids without special tokens; with them, at most `model.maxTokens`. */
  readonly ids: Int32Array;
  /**
   * For EMBEDDING models: the ranges to compute mean vectors of, each of at least one token. If missing, the result is
   * the pooled vector of the whole sequence, special tokens included.
   */
  readonly ranges?: readonly TokenRange[] | undefined;
}

/** A sequence that is handed to the scheduler. */
export interface Work extends Sequence {
  readonly lane: Lane;
  /** The operation that it belongs to. Within the bulk lane, each operation gets an equal share. */
  readonly group: object;
  /** Work whose signal is aborted is dropped before it runs. */
  readonly signal?: AbortSignal | undefined;
}

/** The result of one sequence. */
export interface ModelOutput {
  /**
   * Row by row. Probabilities of the model's labels: one row for sequence classification, one row per token (special
   * tokens included) for token classification. For embeddings, one unit vector per range.
   */
  readonly values: Float32Array;
  /** Time in the queue, in milliseconds. */
  readonly queueMs: number;
  /** Time in the engine of the batch that it ran in, in milliseconds. */
  readonly inferenceMs: number;
  /** Sequences in that batch; 0 if nothing was computed. */
  readonly batchSize: number;
  /** Whether it came from the cache of results. */
  readonly cached: boolean;
}

/** {@link Work} that is queued or running. */
export interface QueuedWork extends Work {
  /** Tokens of the sequence, special tokens included. */
  readonly length: number;
  /** Identifies its content; `undefined` if results are not cached. */
  readonly key: string | undefined;
  readonly enqueuedAt: number;
  /** Whether it is in the queue: false once it was taken or dropped. */
  queued: boolean;
  /** Number of batches that it was part of whose worker died. */
  failures: number;
  readonly resolve: (output: ModelOutput) => void;
  readonly reject: (error: Error) => void;
}
