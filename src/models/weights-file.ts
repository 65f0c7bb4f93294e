import type { Device } from './device.ts';

/** Types of weights, each with its file in the layout of @huggingface/transformers. */
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

/** `auto` takes the first that is there: int8 on the CPU, where it is fastest, and half precision on anything else. */
export type DtypeChoice = 'auto' | Dtype;

const AUTO_CPU = ['q8', 'fp32'] as const;
const AUTO_OTHER = ['fp16', 'fp32', 'q8'] as const;

/** Weights that a model may have, and the file that would hold them. */
export interface WeightsChoice {
  readonly dtype: Dtype;
  /** Below the model's folder, with `/` between its parts. */
  readonly file: string;
}

/** The weights to look for, the first that is there to be taken. A file that is named is the only one. */
export function weightsChoices(dtype: DtypeChoice, device: Device, file?: string): readonly WeightsChoice[] {
  if (file !== undefined) return [{ dtype: dtypeOf(file) ?? (dtype === 'auto' ? 'fp32' : dtype), file }];
  const wanted = dtype !== 'auto' ? [dtype] : device === 'cpu' ? AUTO_CPU : AUTO_OTHER;
  return wanted.map((each) => ({ dtype: each, file: WEIGHTS_FILES[each] }));
}

/** Whether weights are for the CPU alone: the integer arithmetic of 8-bit files is the CPU's. */
export function isForCpu(dtype: Dtype): boolean {
  return dtype === 'q8' || dtype === 'int8' || dtype === 'uint8';
}

function dtypeOf(file: string): Dtype | undefined {
  return DTYPES.find((dtype) => WEIGHTS_FILES[dtype] === file);
}
