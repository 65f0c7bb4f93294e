/** Where the time of a result went. */
export interface Timing {
  /** Tokenizing the text, with whatever was tokenized beside it, in milliseconds. */
  readonly tokenizeMs: number;
  /** Waiting for a worker, in milliseconds; of several windows the longest wait. */
  readonly queueMs: number;
  /** Time in the engine of the batches it was part of, in milliseconds. */
  readonly inferenceMs: number;
  /** Sequences in the batch that it ran in; of several the most. */
  readonly batchSize: number;
  /** Whether it came from the result cache. */
  readonly cached: boolean;
}
