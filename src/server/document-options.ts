import type { Config } from '../config.ts';
import type { DocumentOptions } from '../documents/document.ts';
import { chooseDevice } from '../models/device.ts';

/** Batches' worth of windows of one document that are under way at a time, for each worker, so that none idles. */
const BATCHES_PER_WORKER = 3;

/** How documents are read under a configuration. */
export function documentOptions(config: Config): DocumentOptions {
  const batchTokens = chooseDevice(config.device) === 'cpu' ? config.batchTokens : config.gpuBatchTokens;
  const windows = Math.max(1, Math.floor(batchTokens / config.chunkTokens));
  return { ...config, windowsInFlight: BATCHES_PER_WORKER * windows * config.workers };
}
