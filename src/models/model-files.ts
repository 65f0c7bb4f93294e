import { stat } from 'node:fs/promises';
import { isAbsolute, join, posix, sep } from 'node:path';
import { digestOf } from '../digest.ts';
import { messageOf } from '../thrown.ts';
import type { HubSource, ModelEntry } from './catalogue.ts';
import { chooseDevice, type DeviceChoice } from './device.ts';
import { ExternalData } from './external-data.ts';
import { FileMemo } from './file-memo.ts';
import type { FileProgress } from './hub/download.ts';
import { type FetchedFiles, Hub, type VerifiedFile, type WantedFile } from './hub/hub.ts';
import { HubError } from './hub/hub-error.ts';
import type { HubSettings } from './hub/hub-settings.ts';
import { readJson } from './json-file.ts';
import type { OpenModel } from './model.ts';
import { type ModelFolder, readModelFolder } from './model-folder.ts';
import { ModelFolderError } from './model-folder-error.ts';
import { poolingFile } from './pooling.ts';
import { Tokenizer } from './tokenizer.ts';
import { type DtypeChoice, findWeights, type RequestedWeights, type Weights, weightsChoices } from './weights-file.ts';

export interface ModelFilesOptions {
  /** If missing, models of the hub cannot be opened. */
  readonly hub?: HubSettings | undefined;
  /** For models whose entry names none. */
  readonly dtype?: DtypeChoice | undefined;
  readonly device?: DeviceChoice | undefined;
}

/** The files of a model of any task, except its weights. */
const DESCRIPTION: readonly WantedFile[] = [
  { names: ['config.json'] },
  { names: ['tokenizer.json', 'onnx/tokenizer.json'] },
  { names: ['tokenizer_config.json', 'onnx/tokenizer_config.json'], optional: true },
];

/** The files of sentence-transformers that describe how vectors are made. */
const VECTORS: readonly WantedFile[] = [
  'modules.json',
  '1_Pooling/config.json',
  'sentence_bert_config.json',
  'config_sentence_transformers.json',
].map((name) => ({ names: [name], optional: true }));

/** The part of a cached file's path that leads to its repository's files. */
const SNAPSHOT = /^[^/\\]+[/\\]snapshots[/\\][^/\\]+[/\\]/;

type Report = (progress: FileProgress) => void;

/** A model's files in the hub's cache. */
export interface CachedFiles extends FetchedFiles {
  /** Whether all files are cached and none has obviously wrong content. */
  readonly complete: boolean;
}

/** Opens the files of models, fetching them first if needed. Keeps only tokenizers, which models share. */
export class ModelFiles {
  readonly #modelsDirectory: string;
  readonly #options: ModelFilesOptions;
  readonly #hub: Hub | undefined;
  readonly #external = new ExternalData();
  /** Models of one folder share their tokenizer. */
  readonly #tokenizers = new FileMemo<Tokenizer>();

  constructor(modelsDirectory: string, options: ModelFilesOptions) {
    this.#modelsDirectory = modelsDirectory;
    this.#options = options;
    this.#hub = options.hub && new Hub(options.hub);
  }

  /**
   * Reads all files of a model except its weights, and fetches those that are not cached. Throws
   * {@link ModelFolderError} if they do not fit the task, {@link HubError} if they cannot be fetched, and the signal's
   * reason.
   */
  async open(entry: ModelEntry, report: Report = ignore, signal: AbortSignal = NEVER): Promise<OpenModel> {
    const { source } = entry;
    if (source.kind === 'hub') return this.#openCached(entry, source, report, signal);
    const path = this.#folderOf(source.path);
    // Compared before and after, so that a folder that is being written is not read half old, half new.
    const revision = await this.#stamp(entry, path);
    const folder = await readModelFolder(path, entry);
    const tokenizer = await this.#tokenizer(folder);
    const contents = await this.#filesIn(entry, path);
    if ((await this.#stamp(entry, path)) !== revision) throw new FilesChanged(entry.id);
    return { ...folder, tokenizer, revision, contents };
  }

  /** Reads a model of the hub; damaged files in the cache are fetched once more. */
  async #openCached(entry: ModelEntry, source: HubSource, report: Report, signal: AbortSignal): Promise<OpenModel> {
    try {
      return await this.#readCached(entry, source, report, signal);
    } catch (error) {
      const damaged = error instanceof ModelFolderError ? await this.discardDamaged(entry, signal) : [];
      if (damaged.length === 0) throw error;
      return this.#readCached(entry, source, report, signal);
    }
  }

  async #readCached(entry: ModelEntry, source: HubSource, report: Report, signal: AbortSignal): Promise<OpenModel> {
    const hub = this.#hubOf(entry);
    const { path, commit } = await hub.fetch(source, descriptionOf(entry), report, signal);
    if (entry.task === 'EMBEDDING') {
      const modules: unknown = await readJson(join(path, 'modules.json')).catch(() => undefined);
      await hub.fetch(source, [{ names: [poolingFile(modules)], optional: true }], report, signal);
    }
    const folder = await readModelFolder(path, entry);
    const tokenizer = await this.#tokenizer(folder);
    const { dtype, device, file } = this.requestedOf(entry);
    return { ...folder, tokenizer, revision: JSON.stringify([commit, dtype, device, file]), contents: [] };
  }

  /** Finds the weights of an open model, and fetches them if they are not cached. Throws as {@link open} does. */
  async weights(
    entry: ModelEntry,
    opened: OpenModel,
    report: Report = ignore,
    signal: AbortSignal = NEVER,
  ): Promise<Weights> {
    const { source } = entry;
    const requested = this.requestedOf(entry);
    if (source.kind === 'folder') return findWeights(opened.path, requested, this.#external);
    const fetched = await this.#hubOf(entry).fetch(source, this.#wantedWeights(entry), report, signal);
    if (fetched.path !== opened.path) throw new FilesChanged(entry.id);
    const [file] = fetched.files;
    const parts = file === undefined ? [] : await this.#partsOf(fetched.path, file);
    if (parts.length > 0) await this.#hubOf(entry).fetch(source, parts, report, signal);
    return findWeights(opened.path, { ...requested, file }, this.#external);
  }

  /**
   * Bytes of the weights, external data included, of a model in a folder; `null` for a model of the hub or without
   * weights.
   */
  async sizeOf(entry: ModelEntry): Promise<number | null> {
    const { source, task } = entry;
    if (source.kind === 'hub' || task === 'TOKENIZATION') return null;
    const weights = findWeights(this.#folderOf(source.path), this.requestedOf(entry), this.#external);
    return weights.then(({ bytes }) => bytes).catch(() => null);
  }

  /**
   * Whether the files are still those that were opened. A commit of the hub never changes, but its files may be
   * removed.
   */
  async isUnchanged(entry: ModelEntry, opened: OpenModel): Promise<boolean> {
    if (entry.source.kind === 'hub') return stat(join(opened.path, 'config.json')).then(Boolean, () => false);
    return (await this.#stamp(entry, opened.path).catch(() => undefined)) === opened.revision;
  }

  /** The cached files of a model of the hub, damaged ones included; `undefined` if there are none. */
  async cached(entry: ModelEntry): Promise<CachedFiles | undefined> {
    const { source, task } = entry;
    if (source.kind !== 'hub' || !this.#hub) return undefined;
    const weights = task === 'TOKENIZATION' ? [] : this.#wantedWeights(entry);
    const wanted = [...weights, ...descriptionOf(entry)];
    const whole = await this.#hub.find(source, wanted);
    const some = whole ?? (await this.#hub.cached(source, wanted));
    if (!some) return undefined;
    const file = some.files.find((name) => name?.endsWith('.onnx'));
    const parts = file === undefined ? [] : await this.#partsOf(some.path, file).catch(() => []);
    const all = whole && (await this.#hub.find(source, [...wanted, ...parts]));
    if (all) return { ...all, complete: true };
    const found = await this.#hub.cached(source, [...wanted, ...parts]);
    return found && { ...found, complete: false };
  }

  /** Removes a model's damaged files from the cache, so that they are fetched again. Returns their names. */
  async discardDamaged(entry: ModelEntry, signal: AbortSignal = NEVER): Promise<readonly string[]> {
    const { source } = entry;
    const cached = await this.cached(entry);
    if (!cached || !this.#hub || source.kind !== 'hub') return [];
    const verified = await this.#hub.verify(source, cached, signal);
    const files = verified.filter(({ verdict }) => verdict === 'different').map(({ file }) => file);
    if (files.length > 0) await this.#hub.remove(source, { ...cached, files });
    return files;
  }

  /** Checks the cached files of a model against their hashes. */
  verify(source: HubSource, files: FetchedFiles, signal: AbortSignal): Promise<readonly VerifiedFile[]> {
    return this.#hub?.verify(source, files, signal) ?? Promise.resolve([]);
  }

  /** Removes the cached files of a model. Returns the number of bytes freed. */
  remove(source: HubSource, files: FetchedFiles): Promise<number> {
    return this.#hub?.remove(source, files) ?? Promise.resolve(0);
  }

  /** Removes the folders of this machine, which clients need not know, from a message. */
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

  /** The weights to load a model from, by its entry or else by the server's settings. */
  requestedOf({ dtype, device, file }: ModelEntry): RequestedWeights {
    return {
      dtype: dtype ?? this.#options.dtype ?? 'auto',
      device: chooseDevice(device ?? this.#options.device ?? 'cpu'),
      file,
    };
  }

  #wantedWeights(entry: ModelEntry): readonly WantedFile[] {
    const requested = this.requestedOf(entry);
    const names = weightsChoices(requested).map((each) => each.file);
    // Some repositories keep their weights next to config.json.
    const beside = requested.file === undefined ? names.map((name) => posix.basename(name)) : [];
    return [{ names: [...names, ...beside] }];
  }

  /** The external data files of cached weights. */
  async #partsOf(path: string, file: string): Promise<readonly WantedFile[]> {
    const names = await this.#external.namesIn(join(path, file)).catch((cause: unknown) => {
      throw new ModelFolderError(`${file} cannot be used: ${messageOf(cause)}.`, {
        cause,
      });
    });
    return names.map((name) => ({ names: [posix.join(posix.dirname(file), name)] }));
  }

  async #tokenizer(folder: ModelFolder): Promise<Tokenizer> {
    const { tokenizerPath, padToken, vocabularySize } = folder;
    const tokenizer = await this.#tokenizers.get(tokenizerPath, () => Tokenizer.load(tokenizerPath, padToken));
    if (vocabularySize === undefined || tokenizer.size <= vocabularySize) return tokenizer;
    throw new ModelFolderError(
      `${tokenizerPath} has ids up to ${tokenizer.size - 1}, but the model knows ${vocabularySize} (vocab_size in config.json): they do not belong together.`,
    );
  }

  /** Changes whenever a file of the folder changes. */
  async #stamp(entry: ModelEntry, path: string): Promise<string> {
    const files = await this.#filesIn(entry, path);
    const stats = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
    const facts = stats.map((each, index) => [files[index], each?.size, each?.mtimeMs, each?.ino]);
    return digestOf(JSON.stringify(facts));
  }

  /** The files of a folder that determine a model's results. */
  async #filesIn(entry: ModelEntry, path: string): Promise<readonly string[]> {
    const candidates = descriptionOf(entry).flatMap(({ names }) => names.map((name) => join(path, name)));
    const there = await Promise.all(candidates.map((file) => stat(file).then(Boolean, () => false)));
    const files = candidates.filter((_, index) => there[index]);
    if (entry.task === 'TOKENIZATION') return files;
    const weights = await findWeights(path, this.requestedOf(entry), this.#external).catch(() => undefined);
    return weights ? [...files, weights.path, ...weights.parts] : files;
  }
}

/** The files of a model, except its weights. */
function descriptionOf({ task }: ModelEntry): readonly WantedFile[] {
  return task === 'EMBEDDING' ? [...DESCRIPTION, ...VECTORS] : DESCRIPTION;
}

/** Thrown if a model's files were written while they were read. */
class FilesChanged extends ModelFolderError {
  constructor(id: string) {
    super(`The files of "${id}" changed while they were read. Try again once they are all written.`);
  }
}

const NEVER = new AbortController().signal;

function ignore(): void {}
