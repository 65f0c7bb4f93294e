import DataLoader from 'dataloader';
import { throwIfAborted } from '../errors.ts';
import type { Vocabulary } from '../models/vocabulary.ts';
import { type EncodedPart, type Encoding, ShortEncoding, writeOffsets } from './encoding.ts';

/** Texts up to this many UTF-16 code units are tokenized in one piece. */
const PART_LENGTH = 4096;
/** Parts of a long text in one call: enough for all cores, few enough that reading the result does not hold up the event loop. */
const PARTS_AT_ONCE = 8;
/** Short texts in one call. */
const TEXTS_AT_ONCE = 64;

/**
 * Tokenizes with the Rust tokenizer, off the main thread. One loader a vocabulary serves the whole
 * process: short texts that any requests ask for in the same turn of the event loop go in one call.
 */
export class Tokenizer {
  readonly #loaders = new Map<Vocabulary, DataLoader<string, Encoding>>();
  #texts = 0;

  /** Texts tokenized since the start. */
  get texts(): number {
    return this.#texts;
  }

  /** The pieces of a text. A long text is given up between its parts once `signal` is aborted. */
  encode(vocabulary: Vocabulary, text: string, signal?: AbortSignal): Promise<Encoding> {
    this.#texts++;
    if (text.length > PART_LENGTH) return encodeLong(vocabulary, text, signal);
    return this.#loaderOf(vocabulary).load(text);
  }

  #loaderOf(vocabulary: Vocabulary): DataLoader<string, Encoding> {
    let loader = this.#loaders.get(vocabulary);
    if (!loader) {
      loader = new DataLoader((texts) => encodeShort(vocabulary, texts), { cache: false, maxBatchSize: TEXTS_AT_ONCE });
      this.#loaders.set(vocabulary, loader);
    }
    return loader;
  }
}

async function encodeShort(vocabulary: Vocabulary, texts: readonly string[]): Promise<Encoding[]> {
  const startedAt = performance.now();
  const natives = await vocabulary.encode([...texts]);
  const tokenizeMs = performance.now() - startedAt;
  return texts.map((text, index) => {
    const native = natives[index];
    if (!native) throw new Error(`The tokenizer gave ${natives.length} encodings for ${texts.length} texts.`);
    return new ShortEncoding(vocabulary, { text, start: 0, native }, tokenizeMs);
  });
}

async function encodeLong(vocabulary: Vocabulary, text: string, signal?: AbortSignal): Promise<Encoding> {
  const startedAt = performance.now();
  const groups: { ids: Int32Array; starts: Int32Array; ends: Int32Array }[] = [];
  const parts = partition(text);
  while (true) {
    throwIfAborted(signal);
    const group = parts.splice(0, PARTS_AT_ONCE);
    if (group.length === 0) break;
    const natives = await vocabulary.encode(group.map((part) => part.text));
    groups.push(read(group.flatMap((part, index) => (natives[index] ? [{ ...part, native: natives[index] }] : []))));
  }
  return {
    vocabulary,
    ids: concatenate(groups.map((group) => group.ids)),
    offsets: {
      starts: concatenate(groups.map((group) => group.starts)),
      ends: concatenate(groups.map((group) => group.ends)),
    },
    tokenizeMs: performance.now() - startedAt,
  };
}

function read(parts: readonly EncodedPart[]) {
  const ids = concatenate(parts.map((part) => Int32Array.from(part.native.getIds())));
  const starts = new Int32Array(ids.length);
  const ends = new Int32Array(ids.length);
  let at = 0;
  for (const part of parts) {
    writeOffsets(part, starts, ends, at);
    at += part.native.getLength();
  }
  return { ids, starts, ends };
}

function concatenate(arrays: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}

/**
 * Cuts a long text where the tokenizer cuts it too: before white space, or beside an ideograph,
 * each of which is a word of its own. A part without either, such as a word of 100,000 letters, stays whole.
 */
function partition(text: string): { text: string; start: number }[] {
  const boundary = /[ \t\n\r\u4e00-\u9fff]/g;
  const parts: { text: string; start: number }[] = [];
  let start = 0;
  while (start < text.length) {
    boundary.lastIndex = start + PART_LENGTH;
    const end = boundary.exec(text)?.index ?? text.length;
    parts.push({ text: text.slice(start, end), start });
    start = end;
  }
  return parts;
}
