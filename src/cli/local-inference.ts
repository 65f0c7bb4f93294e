import type { Config } from '../config.ts';
import { messageOf } from '../errors.ts';
import { Inference } from '../inference/inference.ts';
import type { ModelRegistry } from '../models/registry.ts';
import { CommandFailure } from './failure.ts';
import { showLoads } from './load-bar.ts';

/**
 * Starts the inference layer in this process. Whoever has it closes it on every way out: a process that ends while an
 * inference thread runs is aborted.
 *
 * @param load whether models are run, or only their tokenizers are used
 */
export async function startInference(
  registry: ModelRegistry,
  config: Config,
  signal: AbortSignal,
  load = true,
): Promise<Inference> {
  const inference = new Inference(registry, config);
  if (process.stderr.isTTY) showLoads(process.stderr, inference.loader);
  try {
    if (load) await inference.start();
    signal.throwIfAborted();
    return inference;
  } catch (cause) {
    await inference.close();
    signal.throwIfAborted();
    const reason = messageOf(cause);
    throw new CommandFailure(`the models cannot be loaded: ${reason}`, { cause });
  }
}

/** Starts the inference layer, does something with it, and closes it on every way out. */
export async function withInference<T>(
  registry: ModelRegistry,
  config: Config,
  signal: AbortSignal,
  use: (inference: Inference) => Promise<T>,
): Promise<T> {
  const inference = await startInference(registry, config, signal);
  try {
    return await use(inference);
  } finally {
    await inference.close();
  }
}
