import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../errors.ts';
import type { Vocabulary } from '../models/vocabulary.ts';
import { concatenate } from './concatenate.ts';
import type { EncodedText, Encoding, TokenOffsets } from './encoding.ts';
import { type SegmentedPart, segmentPart } from './segmentation.ts';
import { FIELDS, type Segment, SegmentPieces } from './segments.ts';
import { encodeWhole } from './whole-text.ts';

/** Tokenizes texts for the whole process. */
export class Tokenizer {
  readonly #segments = new Map<Vocabulary, SegmentPieces>();
  #texts = 0;

  /** Texts tokenized since the start. */
  get texts(): number {
    return this.#texts;
  }

  /** The pieces of a text. A long text is given up between its parts once `signal` is aborted. */
  async encode(vocabulary: Vocabulary, text: string, signal?: AbortSignal): Promise<Encoding> {
    this.#texts++;
    const startedAt = performance.now();
    const pieces = vocabulary.bert
      ? await this.#encodeSegments(vocabulary, vocabulary.bert.lowercase, text, signal)
      : await encodeWhole(vocabulary, text, signal);
    return { vocabulary, ...pieces, tokenizeMs: performance.now() - startedAt };
  }

  /** What BERT's tokenizer makes of a text: the pieces of its segments, most of which are known. */
  async #encodeSegments(
    vocabulary: Vocabulary,
    lowercase: boolean,
    text: string,
    signal: AbortSignal | undefined,
  ): Promise<EncodedText> {
    const segments = this.#segmentsOf(vocabulary);
    const parts: Promise<Pieces>[] = [];
    for (let start = 0; start < text.length; ) {
      if (start > 0) await nextTurn();
      throwIfAborted(signal);
      const part = segmentPart(text, start, lowercase);
      const encoded = encodePart(segments, part);
      // Where the text is given up meanwhile, nobody comes to await this part.
      encoded.catch(() => undefined);
      parts.push(encoded);
      start = part.end;
    }
    const { ids, offsets } = join(await Promise.all(parts));
    return { ids, offsets, continues: (piece) => vocabulary.isContinuation(ids[piece] ?? -1) };
  }

  #segmentsOf(vocabulary: Vocabulary): SegmentPieces {
    let segments = this.#segments.get(vocabulary);
    if (!segments) this.#segments.set(vocabulary, (segments = new SegmentPieces(vocabulary)));
    return segments;
  }
}

interface Pieces extends TokenOffsets {
  readonly ids: Int32Array;
}

async function encodePart(known: SegmentPieces, { segments, starts }: SegmentedPart): Promise<Pieces> {
  const missing = new Map<string, Promise<Segment>>();
  const pieces = segments.map((segment) => {
    const found = known.get(segment);
    if (!found && !missing.has(segment)) missing.set(segment, known.load(segment));
    return found;
  });
  const loaded = new Map<string, Segment>();
  for (const [segment, promise] of missing) loaded.set(segment, await promise);
  return locatePieces(
    pieces.map((found, index) => found ?? loaded.get(segments[index] ?? '') ?? []),
    starts,
  );
}

/** Moves the pieces of segments to where the segments begin in the text. */
function locatePieces(segments: readonly Segment[], segmentStarts: readonly number[]): Pieces {
  const count = segments.reduce((sum, segment) => sum + segment.length, 0) / FIELDS;
  const pieces = { ids: new Int32Array(count), starts: new Int32Array(count), ends: new Int32Array(count) };
  let at = 0;
  segments.forEach((segment, index) => {
    const start = segmentStarts[index] ?? 0;
    for (let field = 0; field < segment.length; field += FIELDS) {
      pieces.ids[at] = segment[field] ?? 0;
      pieces.starts[at] = start + (segment[field + 1] ?? 0);
      pieces.ends[at++] = start + (segment[field + 2] ?? 0);
    }
  });
  return pieces;
}

function join(parts: readonly Pieces[]): Pick<EncodedText, 'ids' | 'offsets'> {
  const [first] = parts;
  if (first && parts.length === 1) return { ids: first.ids, offsets: first };
  return {
    ids: concatenate(parts.map(({ ids }) => ids)),
    offsets: {
      starts: concatenate(parts.map(({ starts }) => starts)),
      ends: concatenate(parts.map(({ ends }) => ends)),
    },
  };
}
