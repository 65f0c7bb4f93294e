import { throwIfAborted } from '../errors.ts';
import type { Tokenizer } from '../models/tokenizer.ts';
import { isTurnOver, nextTurn } from '../turns.ts';
import { type EncodedText, joinTokens, type LocatedTokens } from './encoding.ts';
import { Segmenter, type SegmentVisitor } from './segmentation.ts';
import { type SegmentTokens, WordCache } from './word-cache.ts';

/**
 * BERT's own tokenizer: a text's tokens are those of its segments, nearly all of which are cached. The text itself
 * never goes to the Rust tokenizer, which would be slower and block the event loop while it hands its result over.
 */
export class BertTokenizer {
  readonly #tokenizer: Tokenizer;
  readonly #segmenter: Segmenter;
  readonly #words: WordCache;
  readonly #unknownId: number;

  private constructor(tokenizer: Tokenizer, maxWordLength: number, unknownId: number) {
    this.#tokenizer = tokenizer;
    this.#segmenter = new Segmenter(tokenizer, maxWordLength);
    this.#words = new WordCache(tokenizer);
    this.#unknownId = unknownId;
  }

  /** `undefined` for any other tokenizer. */
  static of(tokenizer: Tokenizer): BertTokenizer | undefined {
    const { bert, unknownId } = tokenizer;
    if (!bert || unknownId === undefined) return undefined;
    return new BertTokenizer(tokenizer, bert.maxWordLength, unknownId);
  }

  /** Tokenizes a text in parts, and yields to the event loop after each. */
  async encode(text: string, signal: AbortSignal | undefined): Promise<EncodedText> {
    const parts: { readonly part: TextPart; readonly loaded: Promise<void> | undefined }[] = [];
    for (let start = 0; start < text.length; ) {
      if (isTurnOver()) await nextTurn(signal);
      throwIfAborted(signal);
      const part = new TextPart(this.#words, text, this.#unknownId);
      start = this.#segmenter.visitPart(text, start, part);
      parts.push({ part, loaded: part.load() });
    }
    const located: LocatedTokens[] = [];
    for (const { part, loaded } of parts) {
      if (loaded) await loaded;
      if (isTurnOver()) await nextTurn(signal);
      throwIfAborted(signal);
      located.push(part.locate());
    }
    const { ids, offsets } = await joinTokens(located, signal);
    return { ids, offsets, continues: (token) => this.#tokenizer.isContinuation(ids[token] ?? -1) };
  }
}

const NOTHING: SegmentTokens = [];

/** A part of a text that is being tokenized. */
class TextPart implements SegmentVisitor {
  readonly #words: WordCache;
  readonly #text: string;
  readonly #unknownId: number;
  readonly #found: SegmentTokens[] = [];
  /** Where each segment begins. */
  readonly #starts: number[] = [];
  /** The segments that are not cached, by their index. */
  #missing: Map<number, string> | undefined;

  constructor(words: WordCache, text: string, unknownId: number) {
    this.#words = words;
    this.#text = text;
    this.#unknownId = unknownId;
  }

  segment(start: number, end: number): void {
    const segment = this.#text.slice(start, end);
    const found = this.#words.get(segment);
    if (!found) {
      this.#missing ??= new Map();
      this.#missing.set(this.#found.length, segment);
    }
    this.#found.push(found ?? NOTHING);
    this.#starts.push(start);
  }

  unknown(start: number, end: number): void {
    this.#found.push([this.#unknownId, 0, end - start]);
    this.#starts.push(start);
  }

  /** Loads the segments that are not cached; `undefined` if there are none. */
  load(): Promise<void> | undefined {
    if (!this.#missing) return undefined;
    const loaded = this.#load(this.#missing);
    // If the operation is aborted meanwhile, nobody awaits this part.
    loaded.catch(() => undefined);
    return loaded;
  }

  async #load(missing: ReadonlyMap<number, string>): Promise<void> {
    const loaded = await this.#words.load(new Set(missing.values()));
    for (const [index, segment] of missing) this.#found[index] = loaded.get(segment) ?? NOTHING;
  }

  /** The tokens of all segments, with their ranges in the text. All numbers share one buffer. */
  locate(): LocatedTokens {
    let numbersFound = 0;
    for (const tokens of this.#found) numbersFound += tokens.length;
    const count = numbersFound / 3;
    const numbers = new Int32Array(numbersFound);
    let at = 0;
    for (let index = 0; index < this.#found.length; index++) {
      const tokens = this.#found[index] ?? NOTHING;
      const start = this.#starts[index] ?? 0;
      for (let field = 0; field < tokens.length; field += 3) {
        numbers[at] = tokens[field] ?? 0;
        numbers[count + at] = start + (tokens[field + 1] ?? 0);
        numbers[2 * count + at++] = start + (tokens[field + 2] ?? 0);
      }
    }
    const ids = numbers.subarray(0, count);
    return { ids, offsets: { starts: numbers.subarray(count, 2 * count), ends: numbers.subarray(2 * count) } };
  }
}
