import DataLoader from 'dataloader';
import { abortError, BertqlError } from '../errors.ts';
import type { Model } from '../models/registry.ts';
import type { Tokenizer } from '../models/tokenizer.ts';
import type { Encoding } from './encoding.ts';
import type { ModelLoader } from './model-loader.ts';
import type { Scheduler } from './scheduler.ts';
import type { LongText, SentimentResult } from './sentiment.ts';
import type { Tokenization } from './tokenization.ts';
import type { Lane, ModelOutput, Sequence } from './work.ts';

/** A text to tokenize. */
export interface TextKey {
  readonly tokenizer: Tokenizer;
  readonly text: string;
}

/** A text to score. */
export interface SentimentKey {
  readonly model: Model;
  readonly text: string;
  readonly longText: LongText;
  /** Scores the text with the other loaders. Passed in, since sentences and windows belong to `documents`. */
  readonly score: (loaders: Loaders, key: SentimentKey) => Promise<SentimentResult>;
}

export interface LoadersOptions {
  /** Aborting it stops all work of the operation. */
  readonly signal?: AbortSignal | undefined;
  /** Whether the operation waits for models to load even in FAIL mode. */
  readonly patient?: boolean | undefined;
}

/** The layers below the loaders, shared by all operations. */
export interface LoaderBackends {
  readonly tokenization: Tokenization;
  readonly scheduler: Scheduler;
  readonly models: ModelLoader;
}

interface Lease {
  readonly release: () => void;
  /** The revision of the model's files when the operation first used them. */
  revision: string | undefined;
}

/** Tokens of an operation that count as interactive: a few paragraphs. Any further ones are bulk work. */
const INTERACTIVE_TOKENS = 1024;

/**
 * The only door to the inference layer: the DataLoaders of one operation. They live and die with it, since a DataLoader
 * has no abort signal and keeps what it loaded. Models that the operation uses are leased until {@link dispose}, which
 * the owner must call.
 *
 * @example
 * const loaders = inference.loaders({ signal });
 * await loaders.use(model);
 * const { ids } = await loaders.encodings.load({ tokenizer: model.tokenizer, text });
 * const { values } = await loaders.scores.load({ model, ids });
 * loaders.dispose();
 */
export class Loaders {
  readonly signal: AbortSignal | undefined;
  /**
   * A text's tokens without special tokens. A text is tokenized once per operation and tokenizer, whichever fields ask
   * for it.
   */
  readonly encodings: DataLoader<TextKey, Encoding, string>;
  /**
   * A sequence's probabilities: one row of labels for sequence classification, one row per token (special tokens
   * included) for token classification. Special tokens are added here. The model is loaded first if necessary.
   * Rejects with MODEL_UNAVAILABLE, OVERLOADED, SHUTTING_DOWN or the signal's reason.
   */
  readonly scores: DataLoader<Sequence, ModelOutput>;
  /**
   * A sequence's vectors: one row per range of tokens, or a single row for the whole sequence. Rejects as `scores`
   * does, and is the same DataLoader: both run a model.
   */
  readonly embeddings: DataLoader<Sequence, ModelOutput>;
  /**
   * A text's sentiment: scored once, whichever fields ask for it. One that fails leaves the others alone, and
   * `loadMany` gives its Error in its place. Rejects with EMPTY_TEXT if there is nothing to read, and as `scores` does.
   */
  readonly sentiments: DataLoader<SentimentKey, SentimentResult, string>;
  readonly #backends: LoaderBackends;
  readonly #patient: boolean;
  readonly #leases = new Map<Model, Lease>();
  #tokens = 0;
  #disposed = false;

  constructor(backends: LoaderBackends, { signal, patient = false }: LoadersOptions = {}) {
    this.#backends = backends;
    this.#patient = patient;
    this.signal = signal;
    // The keys of these two share nothing but their cache, so their batches need not wait for the end of the turn.
    this.encodings = new DataLoader(
      eachByItself((keys: readonly TextKey[]) => keys.map((key) => this.#encode(key))),
      { cacheKeyFn: ({ tokenizer, text }) => `${tokenizer.id}\n${text}`, batchScheduleFn: queueMicrotask },
    );
    this.sentiments = new DataLoader(
      eachByItself((keys: readonly SentimentKey[]) => keys.map((key) => key.score(this, key))),
      {
        cacheKeyFn: ({ model, text, longText }) => `${model.id}\n${longText}\n${text}`,
        batchScheduleFn: queueMicrotask,
      },
    );
    // No memo: what fields share is shared one level up, as a document's chunks and sentiments. All sequences of a turn
    // of the event loop reach the scheduler together.
    this.scores = new DataLoader(
      eachByItself((sequences: readonly Sequence[]) => sequences.map((sequence) => this.#run(sequence))),
      { cache: false, batchScheduleFn: backends.scheduler.atEndOfTurn },
    );
    this.embeddings = this.scores;
  }

  /**
   * Opens a model's files, so that its labels and its tokenizer can be used, and leases it until {@link dispose}.
   * Rejects with MODEL_UNAVAILABLE.
   *
   * @param run whether the model will be run; `false` if only its tokenizer is needed
   */
  async use(model: Model, run = true): Promise<void> {
    const { models } = this.#backends;
    const lease = this.#lease(model);
    if (model.state !== 'READY') {
      // In FAIL mode, start the full load; otherwise opening the files is quick enough to wait for.
      if (run && !model.files && models.refusesToWait && !this.#patient) await models.load(model, this.signal);
      else await models.open(model, this.signal);
    }
    lease.revision ??= model.files?.revision;
  }

  /** Returns the values cached under `key`, or makes and caches them: results of several runs. */
  async remember(key: string, make: () => Promise<Float32Array>): Promise<Float32Array> {
    const { results } = this.#backends.scheduler;
    const known = results.get(key);
    if (known) return known.values;
    const values = await make();
    results.set(key, values);
    return values;
  }

  /** Releases the models and drops what was loaded. Nothing can be loaded afterwards. */
  dispose(): void {
    this.#disposed = true;
    this.encodings.clearAll();
    this.sentiments.clearAll();
    for (const { release } of this.#leases.values()) release();
    this.#leases.clear();
  }

  async #encode({ tokenizer, text }: TextKey): Promise<Encoding> {
    this.#throwIfOver();
    return this.#backends.tokenization.encode(tokenizer, text, this.signal);
  }

  async #run(sequence: Sequence): Promise<ModelOutput> {
    const { model, ids, ranges } = sequence;
    const { models, scheduler } = this.#backends;
    const lease = this.#lease(model);
    if (model.state !== 'READY') {
      if (lease.revision === undefined) await this.use(model);
      await models.load(model, this.signal, this.#patient);
    }
    lease.revision ??= model.files?.revision;
    if (lease.revision !== model.files?.revision) {
      throw new BertqlError(
        'MODEL_UNAVAILABLE',
        `The files of model "${model.id}" have changed since the request began. Send it again.`,
      );
    }
    const { prefix, suffix } = model.tokenizer;
    this.#tokens += prefix.length + ids.length + suffix.length;
    const lane: Lane = this.#tokens <= INTERACTIVE_TOKENS ? 'INTERACTIVE' : 'BULK';
    return scheduler.submit({ model, ids, ranges, lane, group: this, signal: this.signal });
  }

  #lease(model: Model): Lease {
    this.#throwIfOver();
    let lease = this.#leases.get(model);
    if (!lease) this.#leases.set(model, (lease = { release: this.#backends.models.lease(model), revision: undefined }));
    return lease;
  }

  #throwIfOver(): void {
    if (this.signal?.aborted) throw abortError(this.signal);
    if (this.#disposed)
      throw new BertqlError('CANCELLED', 'The operation has ended, so nothing more is loaded for it.');
  }
}

/**
 * A batch function that settles each key by itself. DataLoader settles the values of a batch together, but a value may
 * be a promise, which its key adopts (its types do not say so): no short text waits for a long one.
 */
function eachByItself<K, V>(load: (keys: readonly K[]) => readonly Promise<V>[]): DataLoader.BatchLoadFn<K, V> {
  return (keys) => Promise.resolve(load(keys) as readonly unknown[] as readonly V[]);
}
