import type { JsEncoding } from 'tokenizers';
import { throwIfAborted } from '../errors.ts';
import type { Tokenizer } from '../models/tokenizer.ts';
import { isTurnOver, nextTurn } from '../turns.ts';
import { codePointToUtf16 } from './code-points.ts';
import { type EncodedText, joinTokens, type LocatedTokens } from './encoding.ts';
import { beginsWord } from './word-starts.ts';

/** UTF-16 code units of a part of a text, short enough that its tokens block this thread only briefly. */
const PART_LENGTH = 4096;
/** Parts that are tokenized at a time. */
const PARTS_AT_ONCE = 8;

/** Tokens whose ranges are read at once; those of a longer encoding are read one by one with pauses. */
const MOST_AT_ONCE = 16_384;

/**
 * A word before all parts but the first, whose tokens are removed again: many tokenizers treat the start of a text and
 * leading spaces specially.
 */
const CONTEXT = 'a';

/** A letter or digit before a single space and another letter or digit. */
const CUT = /[\p{L}\p{N}](?= [\p{L}\p{N}])/gu;

/**
 * Tokenizes a text with a tokenizer other than BERT's own. The Rust tokenizer does all the work, off the main thread:
 * in parts for a long text if its rules allow that, otherwise at once.
 */
export async function encodeWhole(tokenizer: Tokenizer, text: string, signal?: AbortSignal): Promise<EncodedText> {
  const parts = tokenizer.splitsAtSpaces ? cut(text) : [text];
  const found: LocatedTokens[] = [];
  let start = 0;
  let context = '';
  for (let first = 0; first < parts.length; first += PARTS_AT_ONCE) {
    throwIfAborted(signal);
    const batch = parts
      .slice(first, first + PARTS_AT_ONCE)
      .map((part, index) => (first + index > 0 ? CONTEXT + part : part));
    const encodings = await tokenizer.encode(batch);
    for (const [index, part] of batch.entries()) {
      const encoding = encodings[index];
      if (!encoding) throw new Error(`The tokenizer gave ${encodings.length} encodings for ${batch.length} texts.`);
      found.push(await locate(encoding, part, context.length, start, signal));
      start += part.length - context.length;
      context = CONTEXT;
      if (isTurnOver()) await nextTurn(signal);
    }
  }
  const { ids, offsets } = await joinTokens(found, signal);
  return {
    ids,
    offsets,
    continues: tokenizer.marksContinuations
      ? (token) => tokenizer.isContinuation(ids[token] ?? -1)
      : (token) => token > 0 && token < ids.length && !beginsWord(text, token, offsets),
  };
}

/** Cuts a text into parts without changing its tokens. Each part but the first begins with the space. */
function cut(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  while (text.length - start > PART_LENGTH) {
    CUT.lastIndex = start + PART_LENGTH;
    const match = CUT.exec(text);
    if (!match) break;
    const end = match.index + match[0].length;
    parts.push(text.slice(start, end));
    start = end;
  }
  parts.push(text.slice(start));
  return parts;
}

/**
 * The tokens of a part without those of the context before it, and their ranges in the text without surrounding white
 * space.
 *
 * @param partStart where the part begins in the text, not counting its context
 */
async function locate(
  encoding: JsEncoding,
  part: string,
  contextLength: number,
  partStart: number,
  signal: AbortSignal | undefined,
): Promise<LocatedTokens> {
  const all = encoding.getIds();
  const rangeOf = rangesOf(encoding);
  let skipped = 0;
  while (skipped < all.length && rangeOf(skipped)[0] < contextLength) skipped++;
  const ids = new Int32Array(all.length - skipped);
  const starts = new Int32Array(ids.length);
  const ends = new Int32Array(ids.length);
  const unit = codePointToUtf16(part);
  const shift = partStart - contextLength;
  for (let token = 0; token < ids.length; token++) {
    const [from, to] = rangeOf(skipped + token);
    let start = unit(from);
    let end = unit(to);
    while (start < end && isSpace(part.charCodeAt(start))) start++;
    while (end > start && isSpace(part.charCodeAt(end - 1))) end--;
    // A token that is only white space keeps its range.
    const isBlank = start === end;
    ids[token] = all[skipped + token] ?? 0;
    starts[token] = shift + (isBlank ? unit(from) : start);
    ends[token] = shift + (isBlank ? unit(to) : end);
    if (token % 256 === 0 && isTurnOver()) await nextTurn(signal);
  }
  return { ids, offsets: { starts, ends } };
}

/**
 * The ranges of tokens in code points. Reading all of them at once would block the event loop for seconds on a long
 * text.
 */
function rangesOf(encoding: JsEncoding): (token: number) => readonly [from: number, to: number] {
  if (encoding.getLength() > MOST_AT_ONCE) return (token) => encoding.tokenToChars(token) ?? [0, 0];
  const offsets = encoding.getOffsets();
  return (token) => {
    const [from = 0, to = 0] = offsets[token] ?? [];
    return [from, to];
  };
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || (unit > 0x7f && /\s/.test(String.fromCharCode(unit)));
}
