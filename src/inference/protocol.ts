import type { ModelTask } from '../models/catalogue.ts';
import type { Device } from '../models/device.ts';
import type { Pooling } from '../models/pooling.ts';
import type { ModelRuntime } from '../models/registry.ts';
import type { Dtype } from '../models/weights-file.ts';

/** A message to a worker. Messages are handled in order, one at a time. */
export type WorkerRequest =
  | LoadRequest
  /** Releases a model; does nothing if it is not loaded. */
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
  /** Folder of the weights, relative to the model's; empty if they are next to `config.json`. */
  readonly subfolder: string;
  /** File name of the weights without the suffix of the dtype and without `.onnx`. */
  readonly name: string;
  /** The dtype that the file name says. */
  readonly dtype: Dtype;
  /** Path of the weights. */
  readonly weights: string;
  /** The requested device. */
  readonly device: Device;
  /** Length of a row of its output: the number of labels, or of a vector's dimensions. */
  readonly width: number;
  /** Whether each label has a probability of its own. */
  readonly independentLabels: boolean;
  /** For EMBEDDING: how hidden states become the vector of a whole sequence. */
  readonly pooling?: Pooling | undefined;
  /** For EMBEDDING: whether the vector of a whole sequence is scaled to length 1. Those of ranges always are. */
  readonly normalize?: boolean | undefined;
  /** The inputs that the model must accept, tried when it is loaded. */
  readonly bounds: InputBounds;
}

/** The most extreme inputs of a model. */
export interface InputBounds {
  /** Ids before and after a text's tokens. */
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
  readonly padId: number;
  /** The highest id of the tokenizer. */
  readonly highestId: number;
  /**
   * Longest input in tokens, special tokens included. Missing for bundled models, which are known to accept it: a
   * thread's arena keeps the memory of its longest run, some 30 MB per model.
   */
  readonly maxTokens?: number | undefined;
}

/** One batch: the sequences' ids in a row, unpadded, special tokens included. */
export interface RunRequest {
  readonly type: 'run';
  readonly model: string;
  readonly ids: Int32Array<ArrayBuffer>;
  /** Length of each sequence; they add up to `ids.length`. */
  readonly lengths: Int32Array<ArrayBuffer>;
  /** The id that pads shorter sequences. */
  readonly padId: number;
  /**
   * For EMBEDDING: the ranges to compute mean vectors of, three numbers each: the sequence's index, and the start and
   * end (exclusive) among its tokens, special tokens included. In the order of the sequences; each has at least one.
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

/** The reply to a load request. */
export interface LoadReport extends ModelRuntime {
  readonly type: 'loaded';
}

export interface RunReply {
  readonly type: 'done';
  /**
   * Row by row. Probabilities of the labels: one row per sequence for sequence classification, one row per token
   * (without padding) for token classification. For EMBEDDING, one vector per range.
   */
  readonly values: Float32Array<ArrayBuffer>;
  /** Indexes of the sequences for which the model gave NaN or infinity; their values are meaningless. */
  readonly notFinite: readonly number[];
  /** Time in the engine, in milliseconds. */
  readonly inferenceMs: number;
}
