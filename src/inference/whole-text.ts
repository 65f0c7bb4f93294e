import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JsEncoding } from 'tokenizers';
import { throwIfAborted } from '../errors.ts';
import type { Vocabulary } from '../models/vocabulary.ts';
import { codePointToUtf16 } from './code-points.ts';
import { type EncodedText, joinTokens, type LocatedTokens } from './encoding.ts';
import { beginsWord } from './word-starts.ts';

/** UTF-16 code units of a part of a text: what this thread does with its pieces is over in a moment. */
const PART_LENGTH = 4096;
/** Parts that are in the tokenizer at a time. */
const PARTS_AT_ONCE = 8;

/**
 * A word that is put before all parts but the first, and taken out again: many tokenizers treat the begin of a text,
 * blanks at it too, in a way of its own.
 */
const CONTEXT = 'a';

/** A letter or digit before a single blank that is followed by one too. */
const CUT = /[\p{L}\p{N}](?= [\p{L}\p{N}])/gu;

/**
 * The pieces of a text by a tokenizer that is not BERT's own. All is left to the Rust tokenizer, off the main thread:
 * a long text in parts where its rules allow that, and else whole.
 */
export async function encodeWhole(vocabulary: Vocabulary, text: string, signal?: AbortSignal): Promise<EncodedText> {
  const parts = vocabulary.splitsAtBlanks ? cut(text) : [text];
  const found: LocatedTokens[] = [];
  let start = 0;
  let context = '';
  for (let first = 0; first < parts.length; first += PARTS_AT_ONCE) {
    throwIfAborted(signal);
    const batch = parts
      .slice(first, first + PARTS_AT_ONCE)
      .map((part, index) => (first + index > 0 ? CONTEXT + part : part));
    const encodings = await vocabulary.encode(batch);
    for (const [index, part] of batch.entries()) {
      const encoding = encodings[index];
      if (!encoding) throw new Error(`The tokenizer gave ${encodings.length} encodings for ${batch.length} texts.`);
      found.push(locate(encoding, part, context.length, start));
      start += part.length - context.length;
      context = CONTEXT;
      if (parts.length > 1) await nextTurn();
    }
  }
  const { ids, offsets } = joinTokens(found);
  return {
    ids,
    offsets,
    continues: vocabulary.marksContinuations
      ? (piece) => vocabulary.isContinuation(ids[piece] ?? -1)
      : (piece) => piece > 0 && piece < ids.length && !beginsWord(text, piece, offsets),
  };
}

/** Cuts a text into parts whose pieces are those of the text. Each part but the first begins with the blank. */
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
 * The pieces of a part, without those of the context before it, with their ranges in the text, white space at their
 * ends left out.
 *
 * @param partStart where in the text it begins, behind its context
 */
function locate(encoding: JsEncoding, part: string, contextLength: number, partStart: number): LocatedTokens {
  const offsets = encoding.getOffsets();
  const skipped = offsets.filter(([from = 0]) => from < contextLength).length;
  const ids = Int32Array.from(encoding.getIds().slice(skipped));
  const starts = new Int32Array(ids.length);
  const ends = new Int32Array(ids.length);
  const unit = codePointToUtf16(part);
  const shift = partStart - contextLength;
  offsets.slice(skipped).forEach(([from = 0, to = 0], piece) => {
    let start = unit(from);
    let end = unit(to);
    while (start < end && isSpace(part.charCodeAt(start))) start++;
    while (end > start && isSpace(part.charCodeAt(end - 1))) end--;
    // A piece of nothing but white space keeps its range.
    const isBlank = start === end;
    starts[piece] = shift + (isBlank ? unit(from) : start);
    ends[piece] = shift + (isBlank ? unit(to) : end);
  });
  return { ids, offsets: { starts, ends } };
}

function isSpace(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d) || (unit > 0x7f && /\s/.test(String.fromCharCode(unit)));
}
