import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ModelEntry, ModelTask } from './catalogue.ts';
import type { Device } from './device.ts';
import type { ModelFolder } from './model-folder.ts';
import type { Pooling } from './pooling.ts';
import type { Tokenizer } from './tokenizer.ts';
import { type Dtype, type DtypeChoice, isForCpu, type RequestedWeights, type Weights } from './weights-file.ts';

export type ModelState = 'AVAILABLE' | 'LOADING' | 'READY' | 'FAILED';

/** What a model's files say of it, read and checked: all that is needed to tokenize for it. */
export interface OpenModel extends ModelFolder {
  readonly tokenizer: Tokenizer;
  /** Changes whenever the files on this machine change. */
  readonly revision: string;
  /** The files whose content decides on the results; empty if `revision` is that of a commit, the same on any machine. */
  readonly contents: readonly string[];
}

/** What a model turned out to run on once it was loaded. */
export interface ModelRuntime {
  /** The device it runs on. */
  readonly device: Device;
  /** Why it does not run on the device that was requested. */
  readonly fallback?: string | undefined;
  /** Whether sequences may share a batch: it takes several, and none changes the results of another. */
  readonly batchInvariant: boolean;
}

/**
 * A registered model: its entry, what its files say of it once they are cached, and its state. A leased model does not
 * change until it is released; see `ModelLoader`.
 */
export class Model {
  readonly entry: ModelEntry;
  /** Which weights it is to be loaded from. */
  readonly requested: RequestedWeights;
  state: ModelState = 'AVAILABLE';
  /** Why its last load failed. */
  failure: string | undefined;
  files: OpenModel | undefined;
  /** `undefined` for a tokenizer alone. */
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

  /** By the index of their logit; empty for a tokenizer alone, for EMBEDDING, and while nothing is known of the model. */
  get labels(): readonly string[] {
    return this.files?.labels ?? this.entry.labels ?? this.entry.preview?.labels ?? [];
  }

  /** In tokens, special tokens included; 0 while nothing is known of the model, as with {@link vocabularySize}. */
  get maxTokens(): number {
    return this.files?.maxTokens ?? this.entry.preview?.maxTokens ?? 0;
  }

  get vocabularySize(): number {
    return this.files?.tokenizer.size ?? this.entry.preview?.vocabularySize ?? 0;
  }

  /** Numbers of a vector of an EMBEDDING model; 0 for another, and while nothing is known of the model. */
  get dimensions(): number {
    return this.files?.vectors?.dimensions ?? this.entry.preview?.dimensions ?? 0;
  }

  /** How an EMBEDDING model's vectors are made of its hidden states. */
  get pooling(): Pooling {
    return this.#opened.vectors?.pooling ?? 'MEAN';
  }

  /** Whether an EMBEDDING model's vectors are scaled to length 1. */
  get normalize(): boolean {
    return this.#opened.vectors?.normalize ?? true;
  }

  /** What an EMBEDDING model wants in front of a query, as in `query: `; empty for none. */
  get queryPrefix(): string {
    return this.#opened.vectors?.queryPrefix ?? '';
  }

  /** What an EMBEDDING model wants in front of a text that queries are compared with; empty for none. */
  get passagePrefix(): string {
    return this.#opened.vectors?.passagePrefix ?? '';
  }

  get tokenizer(): Tokenizer {
    return this.#opened.tokenizer;
  }

  get cleanUpSpaces(): boolean {
    return this.#opened.cleanUpSpaces;
  }

  /** Folder of its files. */
  get path(): string {
    return this.#opened.path;
  }

  /** Identifies its results in this process: the same id and the same files. */
  get version(): string {
    return `${this.id}@${this.#opened.revision}`;
  }

  /**
   * The revision of its files, once it is open. Two machines with the same revision give the same results: it stands for
   * the commit of a model of the hub, otherwise for the content of its configuration, tokenizer and weights. That is
   * computed when first asked for, which reads all of these files once.
   */
  revision(): Promise<string> {
    const files = this.#opened;
    if (this.#revision?.files !== files) this.#revision = { files, hash: hashContents(files) };
    return this.#revision.hash;
  }

  /** Whether each label has a probability of its own, so that several may hold at once, or none. */
  get independentLabels(): boolean {
    return this.#opened.independentLabels;
  }

  /** What it is to run on. */
  get requestedDevice(): Device {
    return this.task === 'TOKENIZATION' || this.#isForCpu ? 'cpu' : this.requested.device;
  }

  /** What it runs on; before it is loaded, what it is to run on. */
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

  /** Records what it runs on, each time it is loaded. */
  setRuntime(runtime: ModelRuntime): void {
    this.#runtime = runtime;
  }

  /** What was requested, before its weights are cached; `none` for a tokenizer alone. */
  get dtype(): DtypeChoice | Dtype | 'none' {
    if (this.task === 'TOKENIZATION') return 'none';
    return this.weights?.dtype ?? this.requested.dtype;
  }

  /** Bytes of its weights with their external data, or of a tokenizer alone; `null` before they are cached. */
  get sizeBytes(): number | null {
    return (this.task === 'TOKENIZATION' ? this.files?.tokenizerBytes : this.weights?.bytes) ?? null;
  }

  /** Its weights run on the CPU only, but another device was requested. */
  get #isForCpu(): boolean {
    return this.weights !== undefined && this.requested.device !== 'cpu' && isForCpu(this.weights.dtype);
  }

  get #opened(): OpenModel {
    if (this.files) return this.files;
    throw new Error(`Model ${this.id} is used before it is open.`);
  }
}

async function hashContents({ revision, contents }: OpenModel): Promise<string> {
  const hash = createHash('sha256');
  if (contents.length === 0) hash.update(revision);
  for (const file of contents) for await (const part of createReadStream(file)) hash.update(part);
  return hash.digest('base64url').slice(0, 16);
}
