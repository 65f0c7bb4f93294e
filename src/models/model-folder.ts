import { join } from 'node:path';
import { messageOf } from '../thrown.ts';
import type { ModelEntry } from './catalogue.ts';
import { checkContent } from './file-content.ts';
import { sizeOf } from './file-size.ts';
import { isJsonObject, type JsonObject, readJson } from './json-file.ts';
import { readHead } from './model-config.ts';
import { ModelFolderError } from './model-folder-error.ts';
import { poolingFile, readVectorHead, type VectorHead } from './pooling.ts';

/** The description of a model from its folder, read and checked before any weights are loaded. */
export interface ModelFolder {
  readonly path: string;
  /** The head's labels, in the order of its outputs; empty for TOKENIZATION and EMBEDDING. */
  readonly labels: readonly string[];
  /** Whether each label has a probability of its own (sigmoid), so that several may apply at once, or none. */
  readonly independentLabels: boolean;
  /** How vectors are made, for EMBEDDING. */
  readonly vectors: VectorHead | undefined;
  /** Longest input in tokens, special tokens included. */
  readonly maxTokens: number;
  /** Whether decoding removes the spaces before punctuation, as the tokenizer's configuration asks. */
  readonly cleanUpSpaces: boolean;
  readonly tokenizerPath: string;
  readonly tokenizerBytes: number;
  /** The padding token, if the tokenizer's configuration names one. */
  readonly padToken: string | undefined;
  /** Rows of the embedding table, if `config.json` has them. */
  readonly vocabularySize: number | undefined;
}

/** Longest input of a tokenizer without a model whose configuration has no limit, in tokens. */
const DEFAULT_MAX_TOKENS = 512;

/**
 * Reads a model folder except its weights, and checks that it fits the entry's task. Throws {@link ModelFolderError}.
 */
export async function readModelFolder(path: string, entry: ModelEntry): Promise<ModelFolder> {
  const tokenizerPath = await besideOrBelow(path, 'tokenizer.json');
  const tokenizerConfigPath = await besideOrBelow(path, 'tokenizer_config.json');
  const configPath = join(path, 'config.json');
  const tokenizerOnly = entry.task === 'TOKENIZATION';
  const [config, tokenizerConfig, tokenizerBytes] = await Promise.all([
    readObject(configPath, tokenizerOnly),
    readObject(tokenizerConfigPath, true),
    tokenizerSize(tokenizerPath),
  ]);
  const hasHead = entry.task === 'SENTIMENT' || entry.task === 'NER';
  const head = hasHead ? explained(configPath, () => readHead(config, entry.task, entry.labels)) : undefined;
  const vectors = entry.task === 'EMBEDDING' ? await vectorHeadOf(path, config, entry) : undefined;
  const maxTokens = Math.min(
    positionsOf(config),
    lengthAt(tokenizerConfig, 'model_max_length'),
    vectors?.maxTokens ?? Number.POSITIVE_INFINITY,
  );
  if (maxTokens === Number.POSITIVE_INFINITY && !tokenizerOnly) {
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
    vectors,
    maxTokens: maxTokens === Number.POSITIVE_INFINITY ? DEFAULT_MAX_TOKENS : maxTokens,
    cleanUpSpaces: tokenizerConfig['clean_up_tokenization_spaces'] !== false,
    tokenizerPath,
    tokenizerBytes,
    padToken: tokenAt(tokenizerConfig, 'pad_token'),
    vocabularySize: typeof config['vocab_size'] === 'number' ? config['vocab_size'] : undefined,
  };
}

/** How vectors are made, from the files of sentence-transformers, each of which may be missing. */
async function vectorHeadOf(path: string, config: JsonObject, entry: ModelEntry): Promise<VectorHead> {
  const modulesPath = join(path, 'modules.json');
  const modules = await readIfThere(modulesPath);
  const poolingPath = join(
    path,
    explained(modulesPath, () => poolingFile(modules)),
  );
  const files = {
    modules,
    pooling: await readIfThere(poolingPath),
    transformer: await readIfThere(join(path, 'sentence_bert_config.json')),
    prompts: await readIfThere(join(path, 'config_sentence_transformers.json')),
  };
  return explained(path, () => readVectorHead(config, files, entry));
}

/** Adds the file's name to the message of an error. */
function explained<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new ModelFolderError(`${file}: ${messageOf(cause)}`, { cause });
  }
}

/** Model types whose positions start after the padding token's id, as in fairseq, so the first ones are never used. */
const OFFSET_POSITIONS = new Set([
  'roberta',
  'xlm-roberta',
  'xlm-roberta-xl',
  'camembert',
  'mpnet',
  'ibert',
  'data2vec-text',
]);

function positionsOf(config: JsonObject): number {
  const positions = lengthAt(config, 'max_position_embeddings');
  if (!OFFSET_POSITIONS.has(String(config['model_type']))) return positions;
  const padId = config['pad_token_id'];
  return positions - (typeof padId === 'number' ? padId : 1) - 1;
}

/** A length in tokens; configurations without a limit have something like 10³⁰, or -1. */
function lengthAt(object: JsonObject, key: string): number {
  const value = object[key];
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : Number.POSITIVE_INFINITY;
}

/** A token's text, which is a string or an object with `content`. */
function tokenAt(object: JsonObject, key: string): string | undefined {
  const value = object[key];
  const content = isJsonObject(value) ? value['content'] : value;
  return typeof content === 'string' ? content : undefined;
}

/** The path of a file in the folder or, as some exporters put the tokenizer next to the weights, in `onnx/`. */
async function besideOrBelow(folder: string, file: string): Promise<string> {
  const [beside, below] = [join(folder, file), join(folder, 'onnx', file)];
  return (await sizeOf(beside)) === 0 && (await sizeOf(below)) > 0 ? below : beside;
}

async function tokenizerSize(file: string): Promise<number> {
  const bytes = await sizeOf(file);
  if (bytes > 0) return bytes;
  throw new ModelFolderError(
    `${file} is missing or empty. Models that have only a vocab.txt or a sentencepiece file can be converted: in Python, AutoTokenizer.from_pretrained(…).save_pretrained(…) writes it.`,
  );
}

async function readObject(file: string, optional: boolean): Promise<JsonObject> {
  const parsed = await readIfThere(file);
  if (parsed === undefined && optional) return {};
  if (parsed === undefined) throw new ModelFolderError(`${file} is missing.`);
  if (!isJsonObject(parsed)) throw new ModelFolderError(`${file} must hold a JSON object.`);
  return parsed;
}

/** The content of a JSON file; `undefined` if there is no such file. */
async function readIfThere(file: string): Promise<unknown> {
  try {
    await checkContent(file);
    return await readJson(file);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new ModelFolderError(`${file} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}
