import { basename, dirname, join } from 'node:path';
import { messageOf } from '../thrown.ts';
import type { Device } from './device.ts';
import type { ExternalData } from './external-data.ts';
import { checkContent } from './file-content.ts';
import { sizeOf } from './file-size.ts';
import { ModelFolderError } from './model-folder-error.ts';

/** Types of weights with their file name in the layout of @huggingface/transformers. */
export const WEIGHTS_FILES = {
  fp32: 'onnx/model.onnx',
  fp16: 'onnx/model_fp16.onnx',
  q8: 'onnx/model_quantized.onnx',
  int8: 'onnx/model_int8.onnx',
  uint8: 'onnx/model_uint8.onnx',
  q4: 'onnx/model_q4.onnx',
  q4f16: 'onnx/model_q4f16.onnx',
  bnb4: 'onnx/model_bnb4.onnx',
} as const;

export type Dtype = keyof typeof WEIGHTS_FILES;
export const DTYPES = Object.keys(WEIGHTS_FILES) as readonly Dtype[];

/** `auto` prefers int8 on the CPU, which is fastest there, and half precision on any other device. */
export type DtypeChoice = 'auto' | Dtype;

const AUTO_CPU = ['q8', 'fp32'] as const;
const AUTO_OTHER = ['fp16', 'fp32', 'q8'] as const;

/** A type of weights to look for, and its file. */
export interface WeightsChoice {
  readonly dtype: Dtype;
  /** Relative to the model's folder, with `/` as the separator. */
  readonly file: string;
}

/** The weights to load a model from, and the device to run them on. */
export interface RequestedWeights {
  readonly device: Device;
  readonly dtype: DtypeChoice;
  /** The file, relative to the model's folder, if `dtype` should not select it. */
  readonly file: string | undefined;
}

/** A file of weights. */
export interface Weights {
  readonly path: string;
  /** Its external data files, which hold large tensors. */
  readonly parts: readonly string[];
  readonly dtype: Dtype;
  /** Size of all these files together. */
  readonly bytes: number;
}

/** The weights to look for, the preferred ones first. A file that is named is the only one. */
export function weightsChoices({ dtype, device, file }: RequestedWeights): readonly WeightsChoice[] {
  if (file !== undefined) return [{ dtype: dtypeOf(file) ?? (dtype === 'auto' ? 'fp32' : dtype), file }];
  const wanted = dtype !== 'auto' ? [dtype] : device === 'cpu' ? AUTO_CPU : AUTO_OTHER;
  return wanted.map((each) => ({ dtype: each, file: WEIGHTS_FILES[each] }));
}

/** Whether weights only run on the CPU: 8-bit files use the CPU's integer arithmetic. */
export function isForCpu(dtype: Dtype): boolean {
  return dtype === 'q8' || dtype === 'int8' || dtype === 'uint8';
}

/**
 * Finds the requested weights in a model's folder: in `onnx/`, or next to `config.json`, as some exporters write them.
 * Throws {@link ModelFolderError}.
 */
export async function findWeights(
  folder: string,
  requested: RequestedWeights,
  external: ExternalData,
): Promise<Weights> {
  const choices = weightsChoices(requested);
  for (const choice of choices) {
    for (const path of [join(folder, choice.file), join(folder, basename(choice.file))]) {
      const bytes = await sizeOf(path);
      if (bytes > 0) return withParts({ path, dtype: choice.dtype, bytes, parts: [] }, external);
    }
  }
  const missing = choices.map((choice) => join(folder, choice.file)).join(' and ');
  const there = await dtypesIn(folder);
  throw new ModelFolderError(
    `${missing} ${choices.length > 1 ? 'are' : 'is'} missing: dtype is ${requested.dtype}. The folder has ${there || 'no weights in the ONNX format'}.`,
  );
}

async function withParts(weights: Weights, external: ExternalData): Promise<Weights> {
  const { path } = weights;
  const names = await checked(path, () => external.namesIn(path));
  const parts = names.map((name) => join(dirname(path), name));
  const sizes = await Promise.all(parts.map(sizeOf));
  const missing = parts[sizes.indexOf(0)];
  if (missing !== undefined) {
    throw new ModelFolderError(`${missing} is missing or empty: ${basename(path)} keeps its large tensors in it.`);
  }
  for (const part of parts) await checked(part, () => undefined);
  return { ...weights, parts, bytes: sizes.reduce((sum, size) => sum + size, weights.bytes) };
}

/** Reads a weights file after checking its content. Throws {@link ModelFolderError}. */
async function checked<T>(path: string, read: () => T | Promise<T>): Promise<T> {
  try {
    await checkContent(path);
    return await read();
  } catch (cause) {
    throw new ModelFolderError(`${path} cannot be used: ${messageOf(cause)}.`, { cause });
  }
}

/** The types of weights that a folder has, for a message. */
async function dtypesIn(folder: string): Promise<string> {
  const found = await Promise.all(
    DTYPES.map(async (dtype) => ((await sizeOf(join(folder, WEIGHTS_FILES[dtype]))) > 0 ? [dtype] : [])),
  );
  return found
    .flat()
    .map((dtype) => `${dtype} (${WEIGHTS_FILES[dtype]})`)
    .join(', ');
}

function dtypeOf(file: string): Dtype | undefined {
  return DTYPES.find((dtype) => WEIGHTS_FILES[dtype] === file);
}
