import type { Tokenizer } from '../models/tokenizer.ts';
import { BertTokenizer } from './bert-tokenizer.ts';
import type { Encoding } from './encoding.ts';
import { encodeWhole } from './whole-text.ts';

/** Tokenizes texts for the whole process. */
export class Tokenization {
  /** By tokenizer; `undefined` for one that is not BERT's own. */
  readonly #bert = new Map<Tokenizer, BertTokenizer | undefined>();
  #texts = 0;

  /** Texts tokenized since the start. */
  get texts(): number {
    return this.#texts;
  }

  /** Tokenizes a text. A long one lets others have their turn, and is given up between its parts once `signal` is aborted. */
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
