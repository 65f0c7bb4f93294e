import type { ModelTask } from '../models/catalogue.ts';
import type { Device } from '../models/device.ts';
import type { Dtype } from '../models/weights-file.ts';

/** What a worker is told. Messages are handled one after the other, in order. */
export type WorkerRequest =
  | LoadRequest
  /** Lets go of a model; one that is not loaded is no failure. */
  | { readonly type: 'unload'; readonly model: string }
  | RunRequest
  | { readonly type: 'close' };

/** A model to load. */
export interface LoadRequest {
  readonly type: 'load';
  readonly model: string;
  readonly task: ModelTask;
  /** The model's folder, an absolute path. */
  readonly folder: string;
  /** Path of the weights, below the folder. */
  readonly weights: string;
  readonly dtype: Dtype;
  /** What it is to run on. */
  readonly device: Device;
  /** Number of its labels. */
  readonly labels: number;
  /** Whether each label has a probability of its own. */
  readonly independentLabels: boolean;
  /** A shortest input, to run it once. */
  readonly probe: Int32Array<ArrayBuffer>;
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
  /**
   * For EMBEDDING: the ranges whose mean vectors are wanted, three numbers each: the index of the sequence, and start
   * and end (exclusive) among its tokens, special tokens included. In the order of the sequences; each has at least one.
   */
  readonly ranges?: Int32Array<ArrayBuffer>;
}

/** What a worker answers: exactly one reply for each request but `close`, in order. */
export type WorkerReply =
  | LoadReport
  | { readonly type: 'unloaded' }
  | RunReply
  /** The request failed; the worker goes on. */
  | { readonly type: 'failed'; readonly message: string };

/** What shows once a model is loaded. */
export interface LoadReport {
  readonly type: 'loaded';
  /** What it really runs on. */
  readonly device: Device;
  /** Why it does not run on what was wanted. */
  readonly fallback?: string | undefined;
  /** Whether a text's scores do not depend on its batch-mates. */
  readonly batchInvariant: boolean;
}

export interface RunReply {
  readonly type: 'done';
  /**
   * Row by row. Probabilities of the labels: one row a sequence for sequence classification, one row a token (padding
   * left out) for token classification. For EMBEDDING one unit vector a range.
   */
  readonly values: Float32Array<ArrayBuffer>;
  /** Time in the engine, in milliseconds. */
  readonly inferenceMs: number;
}
