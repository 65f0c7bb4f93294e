import type { Config } from '../config.ts';
import type { DocumentOptions } from '../documents/document.ts';
import { chooseDevice } from '../models/device.ts';

/** Batches' worth of windows of one document that are under way at a time, for each worker, so that none idles. */
const BATCHES_PER_WORKER = 3;

/** Texts that grow whose end is read at a time, for each worker, at the least: one is made ready while another is run. */
const TEXTS_PER_WORKER = 2;

/** How documents are read under a configuration. */
export function documentOptions(config: Config): DocumentOptions {
  return { ...config, windowsInFlight: BATCHES_PER_WORKER * windowsOfBatch(config) * config.workers };
}

/** Texts that grow whose end is read at a time under a configuration: no more than keep the workers busy. */
export function textsAtOnce(config: Config): number {
  return Math.max(TEXTS_PER_WORKER, windowsOfBatch(config)) * config.workers;
}

/** Full windows that a batch has room for. */
function windowsOfBatch({ device, batchTokens, gpuBatchTokens, chunkTokens }: Config): number {
  const tokens = chooseDevice(device) === 'cpu' ? batchTokens : gpuBatchTokens;
  return Math.max(1, Math.floor(tokens / chunkTokens));
}
