import type { ModelTask } from '../models/catalogue.ts';

/** What a worker is told. Messages are handled one after the other, in order. */
export type WorkerRequest =
  | LoadRequest
  /** Lets go of a model; one that is not loaded is no failure. */
  | { readonly type: 'unload'; readonly model: string }
  | RunRequest
  | { readonly type: 'close' };

export interface LoadRequest {
  readonly type: 'load';
  readonly model: string;
  readonly task: ModelTask;
  /** Folder of the model. */
  readonly path: string;
  /** The file of the weights, below the folder or beside it. */
  readonly weights: string;
  readonly dtype: string;
  readonly device: string;
}

/** One batch: the sequences' ids one behind the other, unpadded, special tokens included. */
export interface RunRequest {
  readonly type: 'run';
  readonly model: string;
  readonly ids: Int32Array<ArrayBuffer>;
  /** Length of each sequence; they add up to `ids.length`. */
  readonly lengths: Int32Array<ArrayBuffer>;
  /** The id that fills shorter sequences up. */
  readonly padId: number;
}

/** What a worker answers: exactly one reply for each request but `close`, in order. */
export type WorkerReply =
  | { readonly type: 'loaded' }
  | { readonly type: 'unloaded' }
  | RunReply
  /** The request failed; the worker goes on. */
  | { readonly type: 'failed'; readonly message: string };

export interface RunReply {
  readonly type: 'done';
  /**
   * Softmax over the labels, row by row: one row a sequence for sequence classification,
   * one row a token (padding left out) for token classification.
   */
  readonly probabilities: Float32Array<ArrayBuffer>;
  /** Time in the engine, in milliseconds. */
  readonly inferenceMs: number;
}
