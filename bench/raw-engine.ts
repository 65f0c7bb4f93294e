import { Child } from './child.ts';
import type { Task } from './operations.ts';
import { pack } from './packing.ts';
import { program } from './program.ts';
import type { RawDialogue, RawWindow } from './raw-dialogue.ts';

/**
 * What the server is measured against: the engine alone, in as many threads, on the same texts, in a process of its
 * own.
 */
export class RawEngine {
  readonly #child = new Child<RawDialogue>('raw-process');

  /** Tokenizes texts, sorts and packs them, and lays them out for a model's sessions. */
  async prepare(name: string, task: Task, texts: readonly string[]): Promise<void> {
    return this.prepareWindows(name, task, await tokensOf(task, texts));
  }

  /** The same for texts that were cut into windows already: tokens without special tokens. */
  async prepareWindows(name: string, task: Task, windows: readonly Int32Array[]): Promise<void> {
    const { batchTokens } = (await program('config')).loadConfig();
    const { path: folder, weights, tokenizer, maxTokens } = await defaultModel(task);
    if (!weights) throw new Error(`The default model of ${task} has no weights.`);
    const { prefix, suffix, padId } = tokenizer;
    const room = maxTokens - prefix.length - suffix.length;
    const sequences = windows.map((ids) => Int32Array.of(...prefix, ...ids.subarray(0, room), ...suffix));
    const { libraryNames } = await program('inference/inference-worker');
    const files = { task, ...libraryNames(folder, weights) };
    await this.#child.ask('prepare', { name, files, padId, batches: pack(sequences, batchTokens) });
  }

  run(name: string, seconds: number): Promise<RawWindow> {
    return this.#child.ask('run', { name, seconds });
  }

  close(): Promise<void> {
    return this.#child.close();
  }
}

/** The tokens of each text for a task's default model, without special tokens. */
export async function tokensOf(task: Task, texts: readonly string[]): Promise<readonly Int32Array[]> {
  const encodings = await (await defaultModel(task)).tokenizer.encode([...texts]);
  return encodings.map((encoding) => Int32Array.from(encoding.getIds()));
}

export async function defaultModel(task: Task) {
  const { modelsDirectory } = (await program('config')).loadConfig();
  const { ModelRegistry } = await program('models/registry');
  const registry = await ModelRegistry.open(modelsDirectory);
  const model = registry.resolve(task);
  model.files ??= await registry.files.open(model.entry);
  model.weights ??= await registry.files.weights(model.entry, model.files);
  return model;
}
