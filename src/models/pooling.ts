import { isJsonObject, type JsonObject } from './json-file.ts';

/**
 * How the hidden states of a text's tokens become one vector: their mean, the first one, or their element-wise maximum.
 */
export type Pooling = 'MEAN' | 'CLS' | 'MAX';

/** How an EMBEDDING model makes vectors. */
export interface VectorHead {
  readonly pooling: Pooling;
  /** Whether a vector is scaled to length 1. */
  readonly normalize: boolean;
  /** Length of a vector. */
  readonly dimensions: number;
  /** Prefix of a query; may be empty. */
  readonly queryPrefix: string;
  /** Prefix of a text that queries are compared with; may be empty. */
  readonly passagePrefix: string;
  /** Longest input that the model was trained for, in tokens; infinite if its files do not say. */
  readonly maxTokens: number;
}

/** The parsed files in which sentence-transformers describes a model; `undefined` for missing ones. */
export interface SentenceTransformerFiles {
  /** `modules.json` */
  readonly modules: unknown;
  /** `config.json` in the folder of the pooling module */
  readonly pooling: unknown;
  /** `sentence_bert_config.json` */
  readonly transformer: unknown;
  /** `config_sentence_transformers.json` */
  readonly prompts: unknown;
}

/** The folder of the pooling module if `modules.json` does not name another. */
const POOLING_FOLDER = '1_Pooling';

/** Modules of sentence-transformers that this server runs. */
const MODULES = ['Transformer', 'Pooling', 'Normalize'];

/** Pooling modes by their name in new files and by their flag in old ones. */
const MODES = new Map<string, Pooling>([
  ['mean', 'MEAN'],
  ['cls', 'CLS'],
  ['max', 'MAX'],
  ['pooling_mode_mean_tokens', 'MEAN'],
  ['pooling_mode_cls_token', 'CLS'],
  ['pooling_mode_max_tokens', 'MAX'],
]);

/**
 * The file that describes the pooling, relative to the model's folder. Throws if `modules.json` points outside of it.
 */
export function poolingFile(modules: unknown): string {
  const folder = modulesOf(modules).find(({ kind }) => kind === 'Pooling')?.path ?? POOLING_FOLDER;
  if (/^[\w-]+$/.test(folder)) return `${folder}/config.json`;
  throw new Error(`the path of its pooling module must be the name of a folder, but it is ${JSON.stringify(folder)}.`);
}

/**
 * Reads how a model makes vectors from its sentence-transformers files; the default is the mean over all tokens, scaled
 * to length 1. Throws an error whose message is the reason if this server does not support it.
 *
 * @param config the model's `config.json`
 * @param prefixes those of the registration, which override the model's own
 */
export function readVectorHead(
  config: JsonObject,
  files: SentenceTransformerFiles,
  prefixes: { readonly queryPrefix?: string | undefined; readonly passagePrefix?: string | undefined } = {},
): VectorHead {
  const modules = modulesOf(files.modules);
  const unknown = modules.find(({ kind }) => !MODULES.includes(kind));
  if (unknown) {
    throw new Error(
      `modules.json has a module ${JSON.stringify(unknown.type)}, but this server runs ${MODULES.join(', ')} only.`,
    );
  }
  const pooling = isJsonObject(files.pooling) ? files.pooling : {};
  const dimensions = [
    pooling['word_embedding_dimension'],
    pooling['embedding_dimension'],
    config['hidden_size'],
    config['dim'],
  ];
  const size = dimensions.find((each) => typeof each === 'number' && Number.isSafeInteger(each) && each > 0);
  if (typeof size !== 'number') throw new Error('hidden_size is missing; it is the length of a vector.');
  const prompts = isJsonObject(files.prompts) && isJsonObject(files.prompts['prompts']) ? files.prompts['prompts'] : {};
  const queryPrefix = prefixes.queryPrefix ?? textOf(prompts['query']) ?? '';
  const passagePrefix = prefixes.passagePrefix ?? textOf(prompts['document']) ?? textOf(prompts['passage']) ?? '';
  if (pooling['include_prompt'] === false && queryPrefix + passagePrefix !== '') {
    throw new Error('its pooling leaves the prompt out (include_prompt is false), which this server does not do.');
  }
  const length = isJsonObject(files.transformer) ? files.transformer['max_seq_length'] : undefined;
  return {
    pooling: modeOf(pooling),
    normalize: modules.length === 0 || modules.some(({ kind }) => kind === 'Normalize'),
    dimensions: size,
    queryPrefix,
    passagePrefix,
    maxTokens:
      typeof length === 'number' && Number.isSafeInteger(length) && length > 0 ? length : Number.POSITIVE_INFINITY,
  };
}

function modeOf(pooling: JsonObject): Pooling {
  const named = pooling['pooling_mode'];
  const modes =
    typeof named === 'string'
      ? [named]
      : Array.isArray(named)
        ? named.map(String)
        : Object.keys(pooling).filter((key) => key.startsWith('pooling_mode_') && pooling[key] === true);
  const [mode = 'mean', another] = modes;
  const known = MODES.get(mode);
  if (known && another === undefined) return known;
  throw new Error(`its pooling is ${modes.join(' with ')}, but this server can do one of mean, cls and max.`);
}

/** The modules, with the last part of their type as their kind, as in `sentence_transformers.models.Pooling`. */
function modulesOf(
  modules: unknown,
): readonly { readonly kind: string; readonly type: string; readonly path: string }[] {
  if (modules === undefined) return [];
  if (!Array.isArray(modules)) throw new Error('modules.json must be a list.');
  return modules.map((each: unknown) => {
    const { type, path } = isJsonObject(each) ? each : {};
    if (typeof type !== 'string') throw new Error('modules.json must give each module a type.');
    return { kind: type.slice(type.lastIndexOf('.') + 1), type, path: typeof path === 'string' ? path : '' };
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
