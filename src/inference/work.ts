import type { Model } from '../models/registry.ts';

/**
 * Which line work waits in. Short questions are INTERACTIVE, long documents BULK;
 * the two share the workers by weight, so that neither starves the other.
 */
export type Lane = 'INTERACTIVE' | 'BULK';

/** One sequence for a model. */
export interface Work {
  readonly model: Model;
  /** Ids of the text's pieces; with the special tokens, which are put around them, at most `model.maxTokens`. */
  readonly pieces: Int32Array;
  readonly lane: Lane;
  /** Whose work this is: within the bulk lane every group gets an equal share. */
  readonly group: object;
  /** Work whose signal is aborted is dropped before it runs. */
  readonly signal?: AbortSignal | undefined;
}

/** What came of one {@link Work}. */
export interface Scores {
  /** Softmax over the model's labels: one row for a sequence, or one row for each of its ids, specials included. */
  readonly probabilities: Float32Array;
  /** Time in the queue, in milliseconds. */
  readonly queueMs: number;
  /** Time in the engine of the batch that it ran in, in milliseconds. */
  readonly inferenceMs: number;
  /** Sequences in that batch; 0 where nothing was computed. */
  readonly batchSize: number;
  /** Known from earlier work of the same content. */
  readonly cached: boolean;
}

/** A {@link Work} that waits or runs, for whoever waits for it. */
export interface QueuedWork extends Omit<Work, 'signal'> {
  /** Tokens of the sequence, special tokens included. */
  readonly length: number;
  /** What identifies its content; `undefined` where equal work is not shared. */
  readonly key: string | undefined;
  readonly enqueuedAt: number;
  /** False once it was taken or dropped. */
  queued: boolean;
  /** Batches that it was in and that a dying worker took with it. */
  failures: number;
}
