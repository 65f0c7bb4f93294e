import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** The file that dtype `q8` stands for in the layout of @huggingface/transformers. */
const WEIGHTS = 'onnx/model_quantized.onnx';

/** What a model's folder says of it, read before any weight is loaded. */
export interface ModelFolder {
  readonly path: string;
  /** Labels of the head, by the index of their logit. */
  readonly labels: readonly string[];
  /** Longest input in tokens, special tokens included. */
  readonly maxTokens: number;
  /** Whether decoding closes the blanks before punctuation, as the tokenizer's makers want it. */
  readonly cleanUpSpaces: boolean;
  readonly tokenizerPath: string;
  readonly tokenizerBytes: number;
  readonly weightsBytes: number;
}

/** A model folder that cannot be used. The message names the file and what is wrong with it. */
export class ModelFolderError extends Error {
  override readonly name = 'ModelFolderError';
}

/** Reads and checks a model folder. Throws {@link ModelFolderError}. */
export async function readModelFolder(path: string): Promise<ModelFolder> {
  const tokenizerPath = join(path, 'tokenizer.json');
  const [config, tokenizerConfig, tokenizerBytes, weightsBytes] = await Promise.all([
    readJsonObject(join(path, 'config.json')),
    readJsonObject(join(path, 'tokenizer_config.json')),
    sizeOf(tokenizerPath),
    sizeOf(join(path, WEIGHTS)),
  ]);
  const positions = numberAt(config, 'max_position_embeddings') ?? Number.POSITIVE_INFINITY;
  const modelMaxLength = numberAt(tokenizerConfig, 'model_max_length') ?? Number.POSITIVE_INFINITY;
  const maxTokens = Math.min(positions, modelMaxLength);
  if (!Number.isSafeInteger(maxTokens) || maxTokens < 8) {
    throw new ModelFolderError(
      `${join(path, 'config.json')}: max_position_embeddings must be a whole number of at least 8, but it is ${JSON.stringify(config['max_position_embeddings'])}.`,
    );
  }
  return {
    path,
    labels: labelsOf(config, join(path, 'config.json')),
    maxTokens,
    cleanUpSpaces: tokenizerConfig['clean_up_tokenization_spaces'] !== false,
    tokenizerPath,
    tokenizerBytes,
    weightsBytes,
  };
}

function labelsOf(config: Readonly<Record<string, unknown>>, file: string): readonly string[] {
  const id2label = config['id2label'];
  if (!isObject(id2label)) throw new ModelFolderError(`${file}: id2label is missing; it names the model's labels.`);
  return Object.keys(id2label).map((_, index) => {
    const label = id2label[String(index)];
    if (typeof label === 'string' && label !== '') return label;
    throw new ModelFolderError(`${file}: id2label must name label ${index}, but it has ${JSON.stringify(label)}.`);
  });
}

async function readJsonObject(file: string): Promise<Readonly<Record<string, unknown>>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new ModelFolderError(`${file} cannot be read: ${messageOf(cause)}.`, { cause });
  }
  if (!isObject(parsed)) throw new ModelFolderError(`${file} must hold a JSON object.`);
  return parsed;
}

async function sizeOf(file: string): Promise<number> {
  try {
    const stats = await stat(file);
    if (stats.isFile() && stats.size > 0) return stats.size;
  } catch (cause) {
    throw new ModelFolderError(`${file} cannot be read: ${messageOf(cause)}.`, { cause });
  }
  throw new ModelFolderError(`${file} must be a file with content.`);
}

function numberAt(object: Readonly<Record<string, unknown>>, key: string): number | undefined {
  const value = object[key];
  return typeof value === 'number' ? value : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
