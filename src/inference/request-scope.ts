import { BertqlError } from '../errors.ts';
import type { Model } from '../models/registry.ts';
import type { Vocabulary } from '../models/vocabulary.ts';
import type { Encoding } from './encoding.ts';
import type { Scheduler } from './scheduler.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { Scores } from './work.ts';

/**
 * The inference layer as one request sees it. Whatever the request asks of a text, the text is
 * tokenized once a vocabulary; all work of the request stops with its signal; and a request that asks
 * for much goes on in the bulk lane, so that it does not hold up those that ask for little.
 */
export class RequestScope {
  readonly signal: AbortSignal | undefined;
  readonly #tokenizer: Tokenizer;
  readonly #scheduler: Scheduler;
  readonly #interactiveTokens: number;
  readonly #encodings = new Map<Vocabulary, Map<string, Promise<Encoding>>>();
  #tokens = 0;

  constructor(
    tokenizer: Tokenizer,
    scheduler: Scheduler,
    options: { readonly interactiveTokens: number; readonly signal?: AbortSignal | undefined },
  ) {
    this.#tokenizer = tokenizer;
    this.#scheduler = scheduler;
    this.#interactiveTokens = options.interactiveTokens;
    this.signal = options.signal;
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
   * each id, the special tokens' rows included. Rejects with MODEL_UNAVAILABLE unless the model is READY.
   */
  async run(model: Model, pieces: Int32Array): Promise<Scores> {
    if (model.state !== 'READY') {
      throw new BertqlError(
        'MODEL_UNAVAILABLE',
        `Model "${model.id}" is ${model.state}; it can be used once it is READY.`,
      );
    }
    const { prefix, suffix } = model.vocabulary;
    const ids = new Int32Array(prefix.length + pieces.length + suffix.length);
    ids.set(prefix);
    ids.set(pieces, prefix.length);
    ids.set(suffix, prefix.length + pieces.length);
    this.#tokens += ids.length;
    const lane = this.#tokens <= this.#interactiveTokens ? 'INTERACTIVE' : 'BULK';
    return this.#scheduler.submit({ model, ids, lane, group: this, signal: this.signal });
  }
}
