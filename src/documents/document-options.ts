import type { Config } from '../config.ts';
import type { DocumentOptions } from './document.ts';

/** Windows of one document that are under way at a time, for each worker: two batches' worth, so that none idles. */
const WINDOWS_PER_WORKER = 4;

/** How documents are read under a configuration. */
export function documentOptions(config: Config): DocumentOptions {
  return { ...config, windowsInFlight: WINDOWS_PER_WORKER * config.workers };
}
