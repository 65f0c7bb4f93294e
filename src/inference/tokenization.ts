import type { Vocabulary } from '../models/vocabulary.ts';
import { BertTokenizer } from './bert-tokenizer.ts';
import type { Encoding } from './encoding.ts';
import { encodeWhole } from './whole-text.ts';

/** Tokenizes texts for the whole process. */
export class Tokenization {
  /** By vocabulary; `undefined` for one that is not BERT's own. */
  readonly #bert = new Map<Vocabulary, BertTokenizer | undefined>();
  #texts = 0;

  /** Texts tokenized since the start. */
  get texts(): number {
    return this.#texts;
  }

  /** Tokenizes a text. A long one lets others have their turn, and is given up between its parts once `signal` is aborted. */
  async encode(vocabulary: Vocabulary, text: string, signal?: AbortSignal): Promise<Encoding> {
    this.#texts++;
    const startedAt = performance.now();
    const bert = this.#bertOf(vocabulary);
    const encoded = bert ? await bert.encode(text, signal) : await encodeWhole(vocabulary, text, signal);
    return { vocabulary, ...encoded, tokenizeMs: performance.now() - startedAt };
  }

  #bertOf(vocabulary: Vocabulary): BertTokenizer | undefined {
    if (!this.#bert.has(vocabulary)) this.#bert.set(vocabulary, BertTokenizer.of(vocabulary));
    return this.#bert.get(vocabulary);
  }
}
