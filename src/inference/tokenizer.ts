import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../errors.ts';
import type { Vocabulary } from '../models/vocabulary.ts';
import type { Encoding } from './encoding.ts';
import { FIELDS, type Segment, SegmentPieces } from './segments.ts';

/** UTF-16 code units of a text that are handled in one turn of the event loop, some three milliseconds. */
const PART_LENGTH = 65_536;

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
      const located = locateSegments(text, start);
      parts.push(await encodePart(segments, located));
      start = located.end;
    }
    return { vocabulary, ...join(parts), tokenizeMs: performance.now() - startedAt };
  }

  #segmentsOf(vocabulary: Vocabulary): SegmentPieces {
    let segments = this.#segments.get(vocabulary);
    if (!segments) this.#segments.set(vocabulary, (segments = new SegmentPieces(vocabulary)));
    return segments;
  }
}

/** The segments of a part of a text. */
interface Located {
  readonly segments: readonly string[];
  /** Where each begins in the text, in UTF-16 code units. */
  readonly starts: readonly number[];
  /** Where the next part begins. */
  readonly end: number;
}

interface Pieces {
  readonly ids: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Finds the segments from `start` on until they are a part. One that is long is cut beside ideographs. */
function locateSegments(text: string, start: number): Located {
  const segments: string[] = [];
  const starts: number[] = [];
  const until = Math.min(text.length, start + PART_LENGTH);
  let at = start;
  while (at < until) {
    while (at < text.length && isBlank(text.charCodeAt(at))) at++;
    const from = at;
    while (at < text.length && !isBlank(text.charCodeAt(at))) {
      at++;
      // Each ideograph is a word of its own, so that text without white space can be cut there.
      if (at - from >= PART_LENGTH / 16 && isIdeograph(text.charCodeAt(at))) break;
    }
    if (at === from) break;
    segments.push(text.slice(from, at));
    starts.push(from);
  }
  return { segments, starts, end: at };
}

async function encodePart(known: SegmentPieces, { segments, starts }: Located): Promise<Pieces> {
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

/** The white space that every tokenizer cuts at. What else counts as such stays inside a segment. */
function isBlank(unit: number): boolean {
  return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d && unit !== 0x0b && unit !== 0x0c);
}

function isIdeograph(unit: number): boolean {
  return unit >= 0x4e00 && unit <= 0x9fff;
}
