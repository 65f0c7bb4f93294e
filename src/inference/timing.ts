/** How long the parts of a computation took. */
export interface Timing {
  /** Tokenizing the text, including work on other texts meanwhile, in milliseconds. */
  readonly tokenizeMs: number;
  /** Waiting for a worker, in milliseconds; the longest wait of several windows. */
  readonly queueMs: number;
  /** Time in the engine of all batches that it was part of, in milliseconds. */
  readonly inferenceMs: number;
  /** Sequences in the batch that it ran in; the largest of several. */
  readonly batchSize: number;
  /** Whether it came from the result cache. */
  readonly cached: boolean;
}
