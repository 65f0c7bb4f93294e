import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../errors.ts';
import type { Vocabulary } from '../models/vocabulary.ts';
import type { Encoding } from './encoding.ts';
import { type SegmentedPart, segmentPart } from './segmentation.ts';
import { FIELDS, type Segment, SegmentPieces } from './segments.ts';

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
    const segments = this.#segmentsOf(vocabulary);
    const parts: Pieces[] = [];
    for (let start = 0; start < text.length; ) {
      if (start > 0) await nextTurn();
      throwIfAborted(signal);
      const part = segmentPart(text, start, vocabulary.lowercase);
      parts.push(await encodePart(segments, part));
      start = part.end;
    }
    return { vocabulary, ...join(parts), tokenizeMs: performance.now() - startedAt };
  }

  #segmentsOf(vocabulary: Vocabulary): SegmentPieces {
    let segments = this.#segments.get(vocabulary);
    if (!segments) this.#segments.set(vocabulary, (segments = new SegmentPieces(vocabulary)));
    return segments;
  }
}

interface Pieces {
  readonly ids: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
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

function join(parts: readonly Pieces[]): Pick<Encoding, 'ids' | 'offsets'> {
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

function concatenate(arrays: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(arrays.reduce((sum, array) => sum + array.length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}
