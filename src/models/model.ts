import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ModelEntry, ModelTask } from './catalogue.ts';
import type { Device } from './device.ts';
import type { ModelFolder } from './model-folder.ts';
import type { Pooling } from './pooling.ts';
import type { Tokenizer } from './tokenizer.ts';
import { type Dtype, type DtypeChoice, isForCpu, type RequestedWeights, type Weights } from './weights-file.ts';

export type ModelState = 'AVAILABLE' | 'LOADING' | 'READY' | 'FAILED';

/** A model whose files were read and checked, except its weights: enough to tokenize for it. */
export interface OpenModel extends ModelFolder {
  readonly tokenizer: Tokenizer;
  /** Changes whenever the files on this machine change. */
  readonly revision: string;
  /** The files that determine the results; empty if `revision` is a commit's, which is the same on any machine. */
  readonly contents: readonly string[];
}

/** How a model runs, known once it is loaded. */
export interface ModelRuntime {
  /** The device it runs on. */
  readonly device: Device;
  /** Why it does not run on the requested device. */
  readonly fallback?: string | undefined;
  /** Whether sequences may share a batch: the model takes several, and their results do not depend on each other. */
  readonly batchInvariant: boolean;
}

/**
 * A registered model: its entry, its description once its files are cached, and its state. A leased model does not
 * change until it is released; see `ModelLoader`.
 */
export class Model {
  readonly entry: ModelEntry;
  /** The weights to load it from. */
  readonly requested: RequestedWeights;
  state: ModelState = 'AVAILABLE';
  /** Why its last load failed. */
  failure: string | undefined;
  files: OpenModel | undefined;
  /** `undefined` before they are found, and for TOKENIZATION. */
  weights: Weights | undefined;
  #runtime: ModelRuntime | undefined;
  #revision: { readonly files: OpenModel; readonly hash: Promise<string> } | undefined;

  constructor(entry: ModelEntry, requested: RequestedWeights) {
    this.entry = entry;
    this.requested = requested;
  }

  get id(): string {
    return this.entry.id;
  }

  get task(): ModelTask {
    return this.entry.task;
  }

  get bundled(): boolean {
    return this.entry.bundled;
  }

  get description(): string {
    return this.entry.description;
  }

  get license(): string | null {
    return this.entry.license;
  }

  /** In the order of the outputs; empty for TOKENIZATION and EMBEDDING, and before the model is known. */
  get labels(): readonly string[] {
    return this.files?.labels ?? this.entry.labels ?? this.entry.preview?.labels ?? [];
  }

  /** Longest input in tokens, special tokens included; 0 before the model is known, as {@link vocabularySize} is. */
  get maxTokens(): number {
    return this.files?.maxTokens ?? this.entry.preview?.maxTokens ?? 0;
  }

  get vocabularySize(): number {
    return this.files?.tokenizer.size ?? this.entry.preview?.vocabularySize ?? 0;
  }

  /** Length of a vector of an EMBEDDING model; 0 for other tasks and before the model is known. */
  get dimensions(): number {
    return this.files?.vectors?.dimensions ?? this.entry.preview?.dimensions ?? 0;
  }

  /** How an EMBEDDING model pools its hidden states. */
  get pooling(): Pooling {
    return this.#opened.vectors?.pooling ?? 'MEAN';
  }

  /** Whether an EMBEDDING model's vectors are scaled to length 1. */
  get normalize(): boolean {
    return this.#opened.vectors?.normalize ?? true;
  }

  /** Prefix of a query for an EMBEDDING model, as in `query: `; may be empty. */
  get queryPrefix(): string {
    return this.#opened.vectors?.queryPrefix ?? '';
  }

  /** Prefix of a text that queries are compared with, for an EMBEDDING model; may be empty. */
  get passagePrefix(): string {
    return this.#opened.vectors?.passagePrefix ?? '';
  }

  get tokenizer(): Tokenizer {
    return this.#opened.tokenizer;
  }

  get cleanUpSpaces(): boolean {
    return this.#opened.cleanUpSpaces;
  }

  /** The folder of its files. */
  get path(): string {
    return this.#opened.path;
  }

  /** Identifies its results within this process: changes if its files do. */
  get version(): string {
    return `${this.id}@${this.#opened.revision}`;
  }

  /**
   * The revision of its files, once it is open. Machines with the same revision give the same results: it identifies
   * the commit of a model of the hub, otherwise the content of its configuration, tokenizer and weights, all of which
   * are read when it is first called.
   */
  revision(): Promise<string> {
    const files = this.#opened;
    if (this.#revision?.files !== files) this.#revision = { files, hash: hashContents(files) };
    return this.#revision.hash;
  }

  /** Whether each label has a probability of its own (sigmoid), so that several may apply at once, or none. */
  get independentLabels(): boolean {
    return this.#opened.independentLabels;
  }

  /** The device it should run on. */
  get requestedDevice(): Device {
    return this.task === 'TOKENIZATION' || this.#isForCpu ? 'cpu' : this.requested.device;
  }

  /** The device it runs on; the one it should run on before it is loaded. */
  get device(): Device {
    return this.#runtime?.device ?? this.requestedDevice;
  }

  /** Why it runs on the CPU although another device was requested. */
  get fallback(): string | undefined {
    if (this.#runtime?.fallback !== undefined || !this.#isForCpu) return this.#runtime?.fallback;
    return `weights in ${this.weights?.dtype} are for the CPU, not for ${this.requested.device}`;
  }

  /** Whether a text's scores are independent of its batch-mates. If they are not, each text runs alone. */
  get batchInvariant(): boolean {
    return this.#runtime?.batchInvariant ?? false;
  }

  /** Records how it runs, each time it is loaded. */
  setRuntime(runtime: ModelRuntime): void {
    this.#runtime = runtime;
  }

  /** Type of its weights; the requested one before they are cached; `none` for TOKENIZATION. */
  get dtype(): DtypeChoice | Dtype | 'none' {
    if (this.task === 'TOKENIZATION') return 'none';
    return this.weights?.dtype ?? this.requested.dtype;
  }

  /** Bytes of its weights with their external data, or of its files for TOKENIZATION; `null` before they are cached. */
  get sizeBytes(): number | null {
    return (this.task === 'TOKENIZATION' ? this.files?.tokenizerBytes : this.weights?.bytes) ?? null;
  }

  /** Whether its weights run only on the CPU although another device was requested. */
  get #isForCpu(): boolean {
    return this.weights !== undefined && this.requested.device !== 'cpu' && isForCpu(this.weights.dtype);
  }

  get #opened(): OpenModel {
    if (this.files) return this.files;
    throw new Error(`Model ${this.id} was used before it was open.`);
  }
}

async function hashContents({ revision, contents }: OpenModel): Promise<string> {
  const hash = createHash('sha256');
  if (contents.length === 0) hash.update(revision);
  for (const file of contents) for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest('base64url').slice(0, 16);
}
