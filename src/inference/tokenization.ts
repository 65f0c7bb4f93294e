import type { Tokenizer } from '../models/tokenizer.ts';
import { BertTokenizer } from './bert-tokenizer.ts';
import type { Encoding } from './encoding.ts';
import { encodeWhole } from './whole-text.ts';

/** Tokenizes texts for the whole process. */
export class Tokenization {
  /** `undefined` for tokenizers that are not BERT's own. */
  readonly #bert = new Map<Tokenizer, BertTokenizer | undefined>();
  #texts = 0;

  /** Texts tokenized since the start. */
  get texts(): number {
    return this.#texts;
  }

  /**
   * Tokenizes a text without special tokens. Yields to the event loop between the parts of a long text, and rejects
   * with the signal's reason there once it is aborted.
   */
  async encode(tokenizer: Tokenizer, text: string, signal?: AbortSignal): Promise<Encoding> {
    this.#texts++;
    const startedAt = performance.now();
    const bert = this.#bertOf(tokenizer);
    const encoded = bert ? await bert.encode(text, signal) : await encodeWhole(tokenizer, text, signal);
    return { tokenizer, ...encoded, tokenizeMs: performance.now() - startedAt };
  }

  #bertOf(tokenizer: Tokenizer): BertTokenizer | undefined {
    if (!this.#bert.has(tokenizer)) this.#bert.set(tokenizer, BertTokenizer.of(tokenizer));
    return this.#bert.get(tokenizer);
  }
}
