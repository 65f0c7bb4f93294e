import { availableParallelism } from 'node:os';
import { chooseDevice, DEVICES, type DeviceChoice } from '../models/device.ts';
import { DTYPES, type DtypeChoice } from '../models/weights-file.ts';
import type { Environment } from './environment.ts';

/** Threads where a GPU computes: one prepares a batch while another's runs, and the bundled models still have their CPU. */
const GPU_WORKERS = 4;

/** What models run on, and how much of it at a time. */
export interface DeviceConfig {
  /** What models run on: `auto`, `cpu`, `cuda`, `coreml`, `dml` or `webgpu`. `DEVICE`, default `auto`: CUDA where its libraries and a driver are installed, else the CPU. Where it cannot be had, models run on the CPU. */
  readonly device: DeviceChoice;
  /** Type of the weights: `auto`, `fp32`, `fp16`, `q8`, `int8`, `uint8`, `q4`, `q4f16` or `bnb4`. `DTYPE`, default `auto`: `q8` on the CPU, `fp16` elsewhere, and `fp32` where the model has no such file. The bundled models are `q8`. */
  readonly dtype: DtypeChoice;
  /** Inference threads. `WORKERS`, default one for each core: a worker with one thread of its own beats shared threads. Where a GPU computes, at most 4: each holds the models in the GPU's memory. */
  readonly workers: number;
  /** Padded tokens in one batch on the CPU. `BATCH_TOKENS`, default 256: larger batches only add padding on a CPU. */
  readonly batchTokens: number;
  /** Padded tokens in one batch on any other device. `GPU_BATCH_TOKENS`, default 16,384, as in text-embeddings-inference. */
  readonly gpuBatchTokens: number;
}

export function loadDevices(environment: Environment): DeviceConfig {
  const device = environment.choice('DEVICE', 'auto', ['auto', ...DEVICES]);
  const cores = availableParallelism();
  const workers = chooseDevice(device) === 'cpu' ? cores : Math.min(cores, GPU_WORKERS);
  return {
    device,
    dtype: environment.choice('DTYPE', 'auto', ['auto', ...DTYPES]),
    workers: environment.integer('WORKERS', workers, 1, 256),
    batchTokens: environment.integer('BATCH_TOKENS', 256, 1, 1_000_000),
    gpuBatchTokens: environment.integer('GPU_BATCH_TOKENS', 16_384, 1, 1_000_000),
  };
}
