import type { ModelEntry, ModelTask } from './catalogue.ts';
import type { ModelConfig } from './model-config.ts';
import type { Weights } from './model-folder.ts';
import type { Vocabulary } from './vocabulary.ts';

export type ModelState = 'AVAILABLE' | 'LOADING' | 'READY' | 'FAILED';

/** What a model's files say of it, read and checked: all that is needed to tokenize for it. */
export interface OpenModel {
  /** The folder. */
  readonly path: string;
  /** By the index of their logit; empty for a vocabulary alone. */
  readonly labels: readonly string[];
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

/**
 * A registered model: its entry, what its files say of it once they are here, and its state. Whoever has leased it may
 * take it for unchanging; see `ModelLoader`.
 */
export class Model {
  readonly entry: ModelEntry;
  state: ModelState = 'AVAILABLE';
  /** Why its last load failed. */
  failure: string | undefined;
  files: OpenModel | undefined;
  weights: Weights | undefined;

  constructor(entry: ModelEntry) {
    this.entry = entry;
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

  get device(): string {
    return this.entry.device ?? 'cpu';
  }

  get dtype(): string {
    if (this.task === 'TOKENIZATION') return 'none';
    return this.weights?.dtype ?? this.entry.dtype ?? 'auto';
  }

  /** Bytes of its weights, or of the tokenizer where there are none; `null` before they are here. */
  get sizeBytes(): number | null {
    return (this.task === 'TOKENIZATION' ? this.files?.tokenizerBytes : this.weights?.bytes) ?? null;
  }

  get #opened(): OpenModel {
    if (this.files) return this.files;
    throw new Error(`Model ${this.id} is used before it is open.`);
  }
}
