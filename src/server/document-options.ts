import type { Config } from '../config.ts';
import type { DocumentOptions } from '../documents/document.ts';
import { chooseDevice } from '../models/device.ts';

/** Batches of windows of one document in flight per worker, so that no worker idles. */
const BATCHES_PER_WORKER = 3;

/** The least open texts whose end is read at a time, per worker: one is prepared while another runs. */
const TEXTS_PER_WORKER = 2;

/** How documents are read with a configuration. */
export function documentOptions(config: Config): DocumentOptions {
  return { ...config, windowsInFlight: BATCHES_PER_WORKER * windowsOfBatch(config) * config.workers };
}

/** How many open texts are read at a time with a configuration: just enough to keep the workers busy. */
export function textsAtOnce(config: Config): number {
  return Math.max(TEXTS_PER_WORKER, windowsOfBatch(config)) * config.workers;
}

/** Full windows that fit a batch. */
function windowsOfBatch({ device, batchTokens, gpuBatchTokens, chunkTokens }: Config): number {
  const tokens = chooseDevice(device) === 'cpu' ? batchTokens : gpuBatchTokens;
  return Math.max(1, Math.floor(tokens / chunkTokens));
}
