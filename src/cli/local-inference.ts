import type { Config } from '../config.ts';
import { Inference } from '../inference/inference.ts';
import type { ModelRegistry } from '../models/registry.ts';
import { CommandFailure } from './failure.ts';

/**
 * Starts the inference layer in this process, does something with it, and closes it on every way out:
 * a process that ends while an inference thread runs is aborted.
 */
export async function withInference<T>(
  registry: ModelRegistry,
  config: Config,
  signal: AbortSignal,
  use: (inference: Inference) => Promise<T>,
): Promise<T> {
  const inference = new Inference(registry, config);
  try {
    await inference.start().catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new CommandFailure(`the models cannot be loaded: ${reason}`, { cause });
    });
    signal.throwIfAborted();
    return await use(inference);
  } finally {
    await inference.close();
  }
}
