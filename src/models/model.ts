import type { ModelEntry, ModelTask } from './catalogue.ts';
import type { Device } from './device.ts';
import type { ModelConfig } from './model-config.ts';
import type { Weights } from './model-folder.ts';
import type { Vocabulary } from './vocabulary.ts';
import { type Dtype, type DtypeChoice, isForCpu } from './weights-file.ts';

export type ModelState = 'AVAILABLE' | 'LOADING' | 'READY' | 'FAILED';

/** What a model's files say of it, read and checked: all that is needed to tokenize for it. */
export interface OpenModel {
  /** The folder. */
  readonly path: string;
  /** By the index of their logit; empty for a vocabulary alone. */
  readonly labels: readonly string[];
  /** Whether each label has a probability of its own, so that several may hold at once, or none. */
  readonly independentLabels: boolean;
  readonly maxTokens: number;
  readonly vocabulary: Vocabulary;
  /** Whether decoding closes the blanks before punctuation. */
  readonly cleanUpSpaces: boolean;
  readonly tokenizerBytes: number;
  /** What `config.json` says. */
  readonly config: ModelConfig;
  /** Another one where the files are other ones, on this machine. */
  readonly revision: string;
  /** The files whose content decides on the results; none where the revision says it on any machine. */
  readonly contents: readonly string[];
}

/** What shows once a model is loaded. */
export interface ModelFacts {
  readonly device: Device;
  /** Why it does not run on what was wanted. */
  readonly fallback?: string | undefined;
  readonly batchInvariant: boolean;
}

/** Which weights are wanted of a model, and for what. */
export interface WeightsWish {
  readonly device: Device;
  readonly dtype: DtypeChoice;
  readonly file: string | undefined;
}

/**
 * A registered model: its entry, what its files say of it once they are here, and its state. Whoever has leased it may
 * take it for unchanging; see `ModelLoader`.
 */
export class Model {
  readonly entry: ModelEntry;
  readonly wish: WeightsWish;
  state: ModelState = 'AVAILABLE';
  /** Why its last load failed. */
  failure: string | undefined;
  files: OpenModel | undefined;
  /** None for a vocabulary alone. */
  weights: Weights | undefined;
  #facts: ModelFacts | undefined;

  constructor(entry: ModelEntry, wish: WeightsWish) {
    this.entry = entry;
    this.wish = wish;
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

  /** By the index of their logit; empty for a vocabulary alone, and where nothing is known before its files are here. */
  get labels(): readonly string[] {
    return this.files?.labels ?? this.entry.labels ?? this.entry.preview?.labels ?? [];
  }

  /** 0 where nothing is known before its files are here, as with {@link vocabularySize}. */
  get maxTokens(): number {
    return this.files?.maxTokens ?? this.entry.preview?.maxTokens ?? 0;
  }

  get vocabularySize(): number {
    return this.files?.vocabulary.size ?? this.entry.preview?.vocabularySize ?? 0;
  }

  get vocabulary(): Vocabulary {
    return this.#opened.vocabulary;
  }

  get cleanUpSpaces(): boolean {
    return this.#opened.cleanUpSpaces;
  }

  /** Folder of its files. */
  get path(): string {
    return this.#opened.path;
  }

  /** What identifies its results: the same id and the same files. */
  get version(): string {
    return `${this.id}@${this.#opened.revision}`;
  }

  /** Whether each label has a probability of its own, so that several may hold at once, or none. */
  get independentLabels(): boolean {
    return this.#opened.independentLabels;
  }

  /** What it is to run on. */
  get wantedDevice(): Device {
    return this.task === 'TOKENIZATION' || this.#isForCpu ? 'cpu' : this.wish.device;
  }

  /** What it runs on; before it is loaded, what it is to run on. */
  get device(): Device {
    return this.#facts?.device ?? this.wantedDevice;
  }

  /** Why it runs on the CPU although another device was wanted. */
  get fallback(): string | undefined {
    if (this.#facts?.fallback !== undefined || !this.#isForCpu) return this.#facts?.fallback;
    return `weights in ${this.weights?.dtype} are for the CPU, not for ${this.wish.device}`;
  }

  /** Whether a text's scores do not depend on its batch-mates. Where they do, each text runs alone. */
  get batchInvariant(): boolean {
    return this.#facts?.batchInvariant ?? false;
  }

  /** Takes note of what showed when it was loaded. */
  settle(facts: ModelFacts): void {
    this.#facts = facts;
  }

  /** `auto` before its weights are here, where nothing else is wanted; `none` for a vocabulary alone. */
  get dtype(): DtypeChoice | Dtype | 'none' {
    if (this.task === 'TOKENIZATION') return 'none';
    return this.weights?.dtype ?? this.wish.dtype;
  }

  /** Bytes of its weights, or of the tokenizer where there are none; `null` before they are here. */
  get sizeBytes(): number | null {
    return (this.task === 'TOKENIZATION' ? this.files?.tokenizerBytes : this.weights?.bytes) ?? null;
  }

  /** Its weights run on no other device, but another one was wanted. */
  get #isForCpu(): boolean {
    return this.weights !== undefined && this.wish.device !== 'cpu' && isForCpu(this.weights.dtype);
  }

  get #opened(): OpenModel {
    if (this.files) return this.files;
    throw new Error(`Model ${this.id} is used before it is open.`);
  }
}
