import type { Config } from '../../config.ts';
import { Inference } from '../../inference/inference.ts';
import type { ModelRegistry } from '../../models/registry.ts';
import { messageOf } from '../../thrown.ts';
import { showDownloads } from '../downloads.ts';
import { CommandFailure } from '../failure.ts';

/**
 * Makes the inference layer of this process, shows what it downloads, and closes it on every way out: a process that ends
 * while an inference thread runs is aborted.
 *
 * @param plain whether downloads are also shown if standard error is no terminal
 */
export async function withInference<T>(
  registry: ModelRegistry,
  config: Config,
  use: (inference: Inference) => Promise<T>,
  plain = false,
): Promise<T> {
  const inference = new Inference(registry, config);
  const hide = showDownloads(process.stderr, inference.loader.events, plain);
  try {
    return await use(inference);
  } finally {
    await inference.close();
    hide();
  }
}

/** Starts the threads with the models of the package. */
export async function startInference(inference: Inference, signal: AbortSignal): Promise<void> {
  try {
    await inference.start();
  } catch (cause) {
    signal.throwIfAborted();
    throw new CommandFailure(`the models cannot be loaded: ${messageOf(cause)}`, { cause });
  }
  signal.throwIfAborted();
}
