import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { ModelTask } from './catalogue.ts';
import type { Device } from './device.ts';
import { type ModelConfig, readHead } from './model-config.ts';
import { DTYPES, type Dtype, type DtypeChoice, WEIGHTS_FILES, weightsChoices } from './weights-file.ts';

/** What a model's folder says of it, read before any weight is loaded. */
export interface ModelFolder {
  readonly path: string;
  /** Labels of the head, by the index of their logit; empty for a vocabulary alone. */
  readonly labels: readonly string[];
  /** Whether each label has a probability of its own, so that several may hold at once, or none. */
  readonly independentLabels: boolean;
  /** Longest input in tokens, special tokens included. */
  readonly maxTokens: number;
  /** Whether decoding closes the blanks before punctuation, as the tokenizer's makers want it. */
  readonly cleanUpSpaces: boolean;
  readonly tokenizerPath: string;
  readonly tokenizerBytes: number;
  /** What fills shorter sequences up, where the tokenizer's configuration names it. */
  readonly padToken: string | undefined;
  /** Ids that the weights know, where `config.json` says it. */
  readonly vocabularySize: number | undefined;
  /** What `config.json` says. */
  readonly config: ModelConfig;
}

/** A file of weights. */
export interface Weights {
  readonly path: string;
  readonly dtype: Dtype;
  readonly bytes: number;
}

export interface ModelFolderOptions {
  /** Default `auto`. */
  readonly dtype?: DtypeChoice | undefined;
  /** What the model is to run on, which `auto` looks at. Default `cpu`. */
  readonly device?: Device | undefined;
  /** The file of the weights, below the folder, where `dtype` is not to say it. */
  readonly file?: string | undefined;
  /** Names of the labels, instead of those in `config.json`. */
  readonly labels?: readonly string[] | undefined;
}

/** A model folder that cannot be used. The message names the file and what is wrong with it. */
export class ModelFolderError extends Error {
  override readonly name = 'ModelFolderError';
}

/** Longest input of a vocabulary alone that does not say how long one may be. */
const DEFAULT_MAX_TOKENS = 512;

/** Reads a model folder, all but its weights, and checks that it fits a task. Throws {@link ModelFolderError}. */
export async function readModelFolder(
  path: string,
  task: ModelTask,
  options: ModelFolderOptions = {},
): Promise<ModelFolder> {
  const tokenizerPath = await besideOrBelow(path, 'tokenizer.json');
  const tokenizerConfigPath = await besideOrBelow(path, 'tokenizer_config.json');
  const configPath = join(path, 'config.json');
  const vocabularyOnly = task === 'TOKENIZATION';
  const [config, tokenizerConfig, tokenizerBytes] = await Promise.all([
    readJsonObject(configPath, vocabularyOnly),
    readJsonObject(tokenizerConfigPath, true),
    tokenizerSize(tokenizerPath),
  ]);
  const head = vocabularyOnly || task === 'EMBEDDING' ? undefined : headOf(config, task, options, configPath);
  const maxTokens = Math.min(positionsOf(config), lengthAt(tokenizerConfig, 'model_max_length'));
  if (maxTokens === Number.POSITIVE_INFINITY && !vocabularyOnly) {
    throw new ModelFolderError(`${configPath}: max_position_embeddings is missing; it is the longest input in tokens.`);
  }
  if (maxTokens < 8) {
    throw new ModelFolderError(
      `${configPath}: max_position_embeddings must leave room for at least 8 tokens, but it is ${config['max_position_embeddings']}.`,
    );
  }
  return {
    path,
    labels: head?.labels ?? [],
    independentLabels: head?.independentLabels ?? false,
    maxTokens: maxTokens === Number.POSITIVE_INFINITY ? DEFAULT_MAX_TOKENS : maxTokens,
    cleanUpSpaces: tokenizerConfig['clean_up_tokenization_spaces'] !== false,
    tokenizerPath,
    tokenizerBytes,
    padToken: tokenAt(tokenizerConfig, 'pad_token'),
    vocabularySize: typeof config['vocab_size'] === 'number' ? config['vocab_size'] : undefined,
    config,
  };
}

function headOf(config: ModelConfig, task: ModelTask, { labels }: ModelFolderOptions, file: string) {
  try {
    return readHead(config, task, labels);
  } catch (cause) {
    throw new ModelFolderError(`${file}: ${messageOf(cause)}`, { cause });
  }
}

/** Model types that number positions from behind the padding token's id on, as fairseq does: two of them are never used. */
const OFFSET_POSITIONS = new Set([
  'roberta',
  'xlm-roberta',
  'xlm-roberta-xl',
  'camembert',
  'mpnet',
  'ibert',
  'data2vec-text',
]);

function positionsOf(config: ModelConfig): number {
  const positions = lengthAt(config, 'max_position_embeddings');
  if (!OFFSET_POSITIONS.has(String(config['model_type']))) return positions;
  const padId = config['pad_token_id'];
  return positions - (typeof padId === 'number' ? padId : 1) - 1;
}

/** A length in tokens; makers who know none write something like 10³⁰, or -1. */
function lengthAt(object: ModelConfig, key: string): number {
  const value = object[key];
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : Number.POSITIVE_INFINITY;
}

/** A token's text: it is written as a string or as an object with `content`. */
function tokenAt(object: ModelConfig, key: string): string | undefined {
  const value = object[key];
  const content = isObject(value) ? value['content'] : value;
  return typeof content === 'string' ? content : undefined;
}

/** The path of a file, in `onnx/` where it is there alone: some exporters put the tokenizer beside the weights. */
async function besideOrBelow(folder: string, file: string): Promise<string> {
  const [beside, below] = [join(folder, file), join(folder, 'onnx', file)];
  return (await sizeOf(beside)) === 0 && (await sizeOf(below)) > 0 ? below : beside;
}

/**
 * The file of the wanted dtype: in `onnx/`, or beside `config.json`, where some exporters leave it. Throws
 * {@link ModelFolderError}.
 */
export async function findWeights(
  folder: string,
  { dtype = 'auto', device = 'cpu', file }: ModelFolderOptions,
): Promise<Weights> {
  const choices = weightsChoices(dtype, device, file);
  for (const choice of choices) {
    for (const path of [join(folder, choice.file), join(folder, basename(choice.file))]) {
      const bytes = await sizeOf(path);
      if (bytes > 0) return { path, dtype: choice.dtype, bytes };
    }
  }
  const missing = choices.map((choice) => join(folder, choice.file)).join(' and ');
  const there = await dtypesIn(folder);
  throw new ModelFolderError(
    `${missing} ${choices.length > 1 ? 'are' : 'is'} missing: dtype is ${dtype}. The folder has ${there || 'no weights in the ONNX format'}.`,
  );
}

/** The weights that a folder has, in words. */
async function dtypesIn(folder: string): Promise<string> {
  const found = await Promise.all(
    DTYPES.map(async (dtype) => ((await sizeOf(join(folder, WEIGHTS_FILES[dtype]))) > 0 ? [dtype] : [])),
  );
  return found
    .flat()
    .map((dtype) => `${dtype} (${WEIGHTS_FILES[dtype]})`)
    .join(', ');
}

/** Bytes of a file; 0 where there is none. */
async function sizeOf(file: string): Promise<number> {
  try {
    const stats = await stat(file);
    return stats.isFile() ? stats.size : 0;
  } catch {
    return 0;
  }
}

async function tokenizerSize(file: string): Promise<number> {
  const bytes = await sizeOf(file);
  if (bytes > 0) return bytes;
  throw new ModelFolderError(
    `${file} is missing or empty. Models that have only a vocab.txt or a sentencepiece file can be converted: in Python, AutoTokenizer.from_pretrained(…).save_pretrained(…) writes it.`,
  );
}

async function readJsonObject(file: string, optional: boolean): Promise<ModelConfig> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    if (optional && cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return {};
    throw new ModelFolderError(`${file} cannot be read: ${messageOf(cause)}.`, { cause });
  }
  if (!isObject(parsed)) throw new ModelFolderError(`${file} must hold a JSON object.`);
  return parsed;
}

function isObject(value: unknown): value is ModelConfig {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
