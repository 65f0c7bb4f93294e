import { abortError, BertqlError } from '../errors.ts';
import type { Model } from '../models/registry.ts';
import type { Vocabulary } from '../models/vocabulary.ts';
import type { Encoding } from './encoding.ts';
import type { ModelLoader } from './model-loader.ts';
import type { Scheduler } from './scheduler.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { Scores } from './work.ts';

export interface ScopeOptions {
  readonly interactiveTokens: number;
  readonly signal?: AbortSignal | undefined;
  /** Waits for models that are being loaded, whatever the server does otherwise. */
  readonly patient?: boolean | undefined;
}

interface Lease {
  readonly release: () => void;
  /** The model's when its files were first used here. */
  version: string | undefined;
}

/**
 * The inference layer as one request sees it. Whatever the request asks of a text, the text is
 * tokenized once a vocabulary; all work of the request stops with its signal; and a request that asks
 * for much goes on in the bulk lane, so that it does not hold up those that ask for little. The models that it uses
 * stay for it. Its owner disposes of it.
 */
export class RequestScope {
  readonly signal: AbortSignal | undefined;
  readonly #tokenizer: Tokenizer;
  readonly #scheduler: Scheduler;
  readonly #loader: ModelLoader;
  readonly #interactiveTokens: number;
  readonly #patient: boolean;
  readonly #leases = new Map<Model, Lease>();
  readonly #encodings = new Map<Vocabulary, Map<string, Promise<Encoding>>>();
  #tokens = 0;

  constructor(tokenizer: Tokenizer, scheduler: Scheduler, loader: ModelLoader, options: ScopeOptions) {
    this.#tokenizer = tokenizer;
    this.#scheduler = scheduler;
    this.#loader = loader;
    this.#interactiveTokens = options.interactiveTokens;
    this.#patient = options.patient ?? false;
    this.signal = options.signal;
  }

  /**
   * Has a model's files open, so that its labels and its vocabulary can be used, and keeps it until {@link dispose}.
   * Rejects with MODEL_UNAVAILABLE.
   *
   * @param run whether it is to be run too, or its vocabulary is all that is needed
   */
  async use(model: Model, run = true): Promise<void> {
    let lease = this.#leases.get(model);
    if (!lease) {
      if (this.signal?.aborted) throw abortError(this.signal);
      this.#leases.set(model, (lease = { release: this.#loader.lease(model), version: undefined }));
    }
    if (model.state !== 'READY') {
      // Where nobody is to wait, what is begun is all of the load; a vocabulary is small and worth a moment.
      if (run && !model.files && this.#loader.refusesToWait && !this.#patient)
        await this.#loader.load(model, this.signal);
      else await this.#loader.open(model, this.signal);
    }
    lease.version ??= model.version;
  }

  /** Lets go of its models. */
  dispose(): void {
    for (const { release } of this.#leases.values()) release();
    this.#leases.clear();
  }

  /** The pieces of a text, without special tokens. */
  encode(vocabulary: Vocabulary, text: string): Promise<Encoding> {
    let texts = this.#encodings.get(vocabulary);
    if (!texts) this.#encodings.set(vocabulary, (texts = new Map()));
    let encoding = texts.get(text);
    if (!encoding) texts.set(text, (encoding = this.#tokenizer.encode(vocabulary, text, this.signal)));
    return encoding;
  }

  /**
   * Runs a model on pieces of a text, with its special tokens put around them.
   * For sequence classification the scores are one row; for token classification they are one row for
   * each id, the special tokens' rows included. The model is loaded first where it is not; rejects with
   * MODEL_UNAVAILABLE where it cannot be.
   */
  async run(model: Model, pieces: Int32Array): Promise<Scores> {
    if (!this.#leases.has(model)) await this.use(model);
    if (model.state !== 'READY') await this.#loader.load(model, this.signal, this.#patient);
    if (this.#leases.get(model)?.version !== model.version) {
      throw new BertqlError(
        'MODEL_UNAVAILABLE',
        `The files of model "${model.id}" have changed since the request began. Send it again.`,
      );
    }
    const { prefix, suffix } = model.vocabulary;
    this.#tokens += prefix.length + pieces.length + suffix.length;
    const lane = this.#tokens <= this.#interactiveTokens ? 'INTERACTIVE' : 'BULK';
    return this.#scheduler.submit({ model, pieces, lane, group: this, signal: this.signal });
  }
}
