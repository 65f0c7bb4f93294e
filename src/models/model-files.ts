import { stat } from 'node:fs/promises';
import { isAbsolute, join, posix, sep } from 'node:path';
import { digestOf } from '../digest.ts';
import type { HubSource, ModelEntry } from './catalogue.ts';
import { chooseDevice, type DeviceChoice } from './device.ts';
import type { FileProgress } from './hub/download.ts';
import { type FetchedFiles, Hub, type VerifiedFile, type WantedFile } from './hub/hub.ts';
import { HubError } from './hub/hub-error.ts';
import type { HubSettings } from './hub/hub-settings.ts';
import type { OpenModel, WeightsWish } from './model.ts';
import type { ModelConfig } from './model-config.ts';
import { findWeights, type ModelFolder, ModelFolderError, readModelFolder, type Weights } from './model-folder.ts';
import { Vocabulary } from './vocabulary.ts';
import { type DtypeChoice, weightsChoices } from './weights-file.ts';

export interface ModelFilesOptions {
  /** Without it models of the hub cannot be opened. */
  readonly hub?: HubSettings | undefined;
  /** Of models whose entry does not say. */
  readonly dtype?: DtypeChoice | undefined;
  readonly device?: DeviceChoice | undefined;
}

/** What a model's files are, weights excepted. */
const DESCRIPTION: readonly WantedFile[] = [
  { names: ['config.json'] },
  { names: ['tokenizer.json', 'onnx/tokenizer.json'] },
  { names: ['tokenizer_config.json', 'onnx/tokenizer_config.json'], optional: true },
];

/** The way from the cache to a file of a repository. */
const SNAPSHOT = /^[^/\\]+[/\\]snapshots[/\\][^/\\]+[/\\]/;

type Report = (progress: FileProgress) => void;

/** Where the files of models are, and how they get there. It keeps nothing of them but vocabularies that are shared. */
export class ModelFiles {
  readonly #modelsDirectory: string;
  readonly #options: ModelFilesOptions;
  readonly #hub: Hub | undefined;
  /** By the path of the tokenizer, with what tells whether it was written anew: models of one folder share theirs. */
  readonly #vocabularies = new Map<string, { readonly stamp: string; readonly vocabulary: Promise<Vocabulary> }>();

  constructor(modelsDirectory: string, options: ModelFilesOptions) {
    this.#modelsDirectory = modelsDirectory;
    this.#options = options;
    this.#hub = options.hub && new Hub(options.hub);
  }

  /**
   * Reads all of a model but its weights, fetched first where they are not here. Throws {@link ModelFolderError} where
   * it does not fit its task, {@link HubError} where it cannot be fetched, and the signal's reason.
   */
  async open(entry: ModelEntry, report: Report = ignore, signal: AbortSignal = NEVER): Promise<OpenModel> {
    const { source, task, labels } = entry;
    if (source.kind === 'hub') {
      const fetched = await this.#hubOf(entry).fetch(source, DESCRIPTION, report, signal);
      const folder = await readModelFolder(fetched.path, task, { labels });
      const vocabulary = await this.#vocabulary(folder);
      const { dtype, device, file } = this.wishOf(entry);
      const revision = JSON.stringify([fetched.commit, dtype, device, file]);
      return { ...folder, vocabulary, revision, contents: [] };
    }
    const path = this.#folderOf(source.path);
    // Before and after: what is written in between is not read by halves.
    const revision = await this.#stamp(entry, path);
    const folder = await readModelFolder(path, task, { labels });
    const vocabulary = await this.#vocabulary(folder);
    if ((await this.#stamp(entry, path)) !== revision) throw new FilesChanged(entry.id);
    const weights = task === 'TOKENIZATION' ? [] : [(await findWeights(path, this.wishOf(entry))).path];
    const contents = [join(path, 'config.json'), folder.tokenizerPath, ...weights];
    return { ...folder, vocabulary, revision, contents };
  }

  /** Has the weights of an open model here. Throws as {@link open} does. */
  async weights(
    entry: ModelEntry,
    opened: OpenModel,
    report: Report = ignore,
    signal: AbortSignal = NEVER,
  ): Promise<Weights> {
    const { source } = entry;
    if (source.kind === 'folder') return findWeights(opened.path, this.wishOf(entry));
    const fetched = await this.#hubOf(entry).fetch(source, this.#wantedWeights(entry), report, signal);
    if (fetched.path !== opened.path) throw new FilesChanged(entry.id);
    const [file] = fetched.files;
    const parts = file === undefined ? [] : externalParts(opened.config, file);
    if (parts.length > 0) {
      const wanted = parts.map((name) => ({ names: [name] }));
      await this.#hubOf(entry).fetch(source, wanted, report, signal);
    }
    return findWeights(opened.path, { ...this.wishOf(entry), file });
  }

  /** Whether the files are still those that were opened. Those of a commit of the hub do not change, but may be removed. */
  async isUnchanged(entry: ModelEntry, opened: OpenModel): Promise<boolean> {
    if (entry.source.kind === 'hub') return stat(join(opened.path, 'config.json')).then(Boolean, () => false);
    return (await this.#stamp(entry, opened.path).catch(() => undefined)) === opened.revision;
  }

  /** The files of a model in the cache of the hub, where all of them are there. */
  async cached(entry: ModelEntry): Promise<FetchedFiles | undefined> {
    const { source } = entry;
    if (source.kind !== 'hub' || !this.#hub) return undefined;
    const files = [...DESCRIPTION, ...(entry.task === 'TOKENIZATION' ? [] : this.#wantedWeights(entry))];
    return this.#hub.find(source, files);
  }

  /** Compares the cached files of a model with their hashes. */
  verify(source: HubSource, files: FetchedFiles, signal: AbortSignal): Promise<readonly VerifiedFile[]> {
    return this.#hub?.verify(source, files, signal) ?? Promise.resolve([]);
  }

  /** Removes the cached files of a model; gives the bytes that this frees. */
  remove(source: HubSource, files: FetchedFiles): Promise<number> {
    return this.#hub?.remove(source, files) ?? Promise.resolve(0);
  }

  /** A message without the folders of this machine, which are no client's business. */
  withoutFolders({ source }: ModelEntry, message: string): string {
    if (source.kind === 'folder') return message.replaceAll(`${this.#folderOf(source.path)}${sep}`, '');
    const { cacheDirectory = '' } = this.#options.hub ?? {};
    return message
      .split(cacheDirectory + sep)
      .map((part, index) => (index === 0 ? part : part.replace(SNAPSHOT, '')))
      .join('');
  }

  #folderOf(path: string): string {
    return isAbsolute(path) ? path : join(this.#modelsDirectory, path);
  }

  #hubOf({ id }: ModelEntry): Hub {
    if (this.#hub) return this.#hub;
    throw new HubError(`Model "${id}" is on the hub, and no hub is configured.`);
  }

  /** Which weights are wanted of a model: what its entry says, else what all are to be. */
  wishOf({ dtype, device, file }: ModelEntry): WeightsWish {
    return {
      dtype: dtype ?? this.#options.dtype ?? 'auto',
      device: chooseDevice(device ?? this.#options.device ?? 'cpu'),
      file,
    };
  }

  #wantedWeights(entry: ModelEntry): readonly WantedFile[] {
    const { dtype, device, file } = this.wishOf(entry);
    const names = weightsChoices(dtype, device, file).map((each) => each.file);
    // Some repositories have their weights beside config.json.
    const beside = file === undefined ? names.map((name) => posix.basename(name)) : [];
    return [{ names: [...names, ...beside] }];
  }

  async #vocabulary(folder: ModelFolder): Promise<Vocabulary> {
    const { tokenizerPath, padToken, vocabularySize } = folder;
    const vocabulary = await this.#vocabularyOf(tokenizerPath, padToken);
    if (vocabularySize === undefined || vocabulary.size <= vocabularySize) return vocabulary;
    throw new ModelFolderError(
      `${tokenizerPath} has ids up to ${vocabulary.size - 1}, but the model knows ${vocabularySize} (vocab_size in config.json): they do not belong together.`,
    );
  }

  async #vocabularyOf(tokenizerPath: string, padToken: string | undefined): Promise<Vocabulary> {
    const { size, mtimeMs, ino } = await stat(tokenizerPath);
    const stamp = [size, mtimeMs, ino].join();
    const known = this.#vocabularies.get(tokenizerPath);
    if (known?.stamp === stamp) return known.vocabulary;
    const vocabulary = Vocabulary.load(tokenizerPath, padToken);
    this.#vocabularies.set(tokenizerPath, { stamp, vocabulary });
    vocabulary.catch(() => this.#vocabularies.delete(tokenizerPath));
    return vocabulary;
  }

  /** Another one where a file of the folder is another one. */
  async #stamp(entry: ModelEntry, path: string): Promise<string> {
    const files = ['config.json', 'tokenizer.json', 'onnx/tokenizer.json', 'tokenizer_config.json'].map((file) =>
      join(path, file),
    );
    const weights = await findWeights(path, this.wishOf(entry)).catch(() => undefined);
    if (entry.task !== 'TOKENIZATION' && weights) files.push(weights.path);
    const stats = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
    const facts = stats.map((each) => each && [each.size, each.mtimeMs, each.ino]);
    return digestOf(JSON.stringify(facts));
  }
}

/** A model's files were written while they were read. */
export class FilesChanged extends ModelFolderError {
  constructor(id: string) {
    super(`The files of "${id}" changed while they were read. Try again once they are all written.`);
  }
}

/** The files beside the weights that hold parts of them, as @huggingface/transformers counts them. */
function externalParts(config: ModelConfig, file: string): readonly string[] {
  const settings = config['transformers.js_config'];
  if (typeof settings !== 'object' || settings === null || !('use_external_data_format' in settings)) return [];
  const { use_external_data_format: format } = settings;
  const name = file.slice(file.lastIndexOf('/') + 1);
  const entry: unknown =
    typeof format === 'object' && format !== null
      ? (Reflect.get(format, name) ?? Reflect.get(format, name.replace(/(_\w+)?\.onnx$/, '')))
      : format;
  const count = Math.min(Number(entry) || 0, 100);
  return Array.from({ length: count }, (_, part) => `${file}_data${part === 0 ? '' : `_${part}`}`);
}

const NEVER = new AbortController().signal;

function ignore(): void {}
