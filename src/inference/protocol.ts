import type { ModelTask } from '../models/catalogue.ts';
import type { Device } from '../models/device.ts';
import type { Pooling } from '../models/pooling.ts';
import type { ModelRuntime } from '../models/registry.ts';
import type { Dtype } from '../models/weights-file.ts';

/** A message to a worker. Messages are handled one after the other, in order. */
export type WorkerRequest =
  | LoadRequest
  /** Releases a model; one that is not loaded is no failure. */
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
  /** Folder of the weights, below the model's; empty if they are beside `config.json`. */
  readonly subfolder: string;
  /** Name of the weights without the part that stands for the dtype, and without `.onnx`. */
  readonly name: string;
  /** The dtype that the name of the file stands for. */
  readonly dtype: Dtype;
  /** Path of the weights. */
  readonly weights: string;
  /** The wanted device. */
  readonly device: Device;
  /** Numbers of a row of its output: labels, or the dimensions of a vector. */
  readonly width: number;
  /** Whether each label has a probability of its own. */
  readonly independentLabels: boolean;
  /** For EMBEDDING: how hidden states become the vector of a whole sequence. */
  readonly pooling?: Pooling | undefined;
  /** For EMBEDDING: whether the vector of a whole sequence is scaled to length 1. Those of ranges always are. */
  readonly normalize?: boolean | undefined;
  /** What the model must be able to take, which is tried when it is loaded. */
  readonly bounds: InputBounds;
}

/** The inputs that a model may get. */
export interface InputBounds {
  /** Ids before and after a text's tokens. */
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
  readonly padId: number;
  /** The highest id of the tokenizer. */
  readonly highestId: number;
  /**
   * Longest input in tokens, special tokens included. Not given for models that come with the package, which are known
   * to take it: the arena of a thread keeps the memory of its longest run, some 30 MB a model.
   */
  readonly maxTokens?: number | undefined;
}

/** One batch: the sequences' ids one after the other, unpadded, special tokens included. */
export interface RunRequest {
  readonly type: 'run';
  readonly model: string;
  readonly ids: Int32Array<ArrayBuffer>;
  /** Length of each sequence; they add up to `ids.length`. */
  readonly lengths: Int32Array<ArrayBuffer>;
  /** The id that pads shorter sequences. */
  readonly padId: number;
  /**
   * For EMBEDDING: the ranges whose mean vectors are wanted, three numbers each: the index of the sequence, and start
   * and end (exclusive) among its tokens, special tokens included. In the order of the sequences; each has at least one.
   */
  readonly ranges?: Int32Array<ArrayBuffer>;
}

/** The worker's answer: exactly one reply for each request but `close`, in order. */
export type WorkerReply =
  | LoadReport
  | { readonly type: 'unloaded' }
  | RunReply
  /** The request failed; the worker continues with the next one. */
  | { readonly type: 'failed'; readonly message: string };

/** What is known once a model is loaded. */
export interface LoadReport extends ModelRuntime {
  readonly type: 'loaded';
}

export interface RunReply {
  readonly type: 'done';
  /**
   * Row by row. Probabilities of the labels: one row a sequence for sequence classification, one row a token (padding
   * left out) for token classification. For EMBEDDING one vector a range.
   */
  readonly values: Float32Array<ArrayBuffer>;
  /** Indexes of the sequences for which the model gave NaN or infinity; their values mean nothing. */
  readonly notFinite: readonly number[];
  /** Time in the engine, in milliseconds. */
  readonly inferenceMs: number;
}
