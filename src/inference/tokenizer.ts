import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../errors.ts';
import type { Vocabulary } from '../models/vocabulary.ts';
import { concatenate } from './concatenate.ts';
import type { EncodedText, Encoding } from './encoding.ts';
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
    const parts: (Pieces | Promise<Pieces>)[] = [];
    for (let start = 0; start < text.length; ) {
      if (start > 0) await nextTurn();
      throwIfAborted(signal);
      const part = segmentPart(text, start, lowercase);
      parts.push(encodePart(segments, part));
      start = part.end;
    }
    const [only] = parts;
    const { ids, offsets } = only && parts.length === 1 ? await only : join(await Promise.all(parts));
    return { ids, offsets, continues: (piece) => vocabulary.isContinuation(ids[piece] ?? -1) };
  }

  #segmentsOf(vocabulary: Vocabulary): SegmentPieces {
    let segments = this.#segments.get(vocabulary);
    if (!segments) this.#segments.set(vocabulary, (segments = new SegmentPieces(vocabulary)));
    return segments;
  }
}

type Pieces = Pick<EncodedText, 'ids' | 'offsets'>;

/** The pieces of a part, at once where all of its segments are known. */
function encodePart(known: SegmentPieces, { segments, starts }: SegmentedPart): Pieces | Promise<Pieces> {
  const pieces: Segment[] = [];
  const missing = new Set<string>();
  for (const segment of segments) {
    const found = known.get(segment);
    if (found) pieces.push(found);
    else missing.add(segment);
  }
  if (missing.size === 0) return locatePieces(pieces, starts);
  const loaded = loadPart(known, segments, starts, missing);
  // Where the text is given up meanwhile, nobody comes to await this part.
  loaded.catch(() => undefined);
  return loaded;
}

async function loadPart(
  known: SegmentPieces,
  segments: readonly string[],
  starts: readonly number[],
  missing: ReadonlySet<string>,
): Promise<Pieces> {
  const found = segments.map((segment) => (missing.has(segment) ? undefined : known.get(segment)));
  const loading = Array.from(missing, async (segment) => [segment, await known.load(segment)] as const);
  const loaded = new Map(await Promise.all(loading));
  return locatePieces(
    found.map((pieces, index) => pieces ?? loaded.get(segments[index] ?? '') ?? []),
    starts,
  );
}

/** Moves the pieces of segments to where the segments begin in the text. All numbers are in one buffer. */
function locatePieces(segments: readonly Segment[], segmentStarts: readonly number[]): Pieces {
  const count = segments.reduce((sum, segment) => sum + segment.length, 0) / FIELDS;
  const numbers = new Int32Array(3 * count);
  let at = 0;
  segments.forEach((segment, index) => {
    const start = segmentStarts[index] ?? 0;
    for (let field = 0; field < segment.length; field += FIELDS) {
      numbers[at] = segment[field] ?? 0;
      numbers[count + at] = start + (segment[field + 1] ?? 0);
      numbers[2 * count + at++] = start + (segment[field + 2] ?? 0);
    }
  });
  const ids = numbers.subarray(0, count);
  return { ids, offsets: { starts: numbers.subarray(count, 2 * count), ends: numbers.subarray(2 * count) } };
}

function join(parts: readonly Pieces[]): Pieces {
  return {
    ids: concatenate(parts.map(({ ids }) => ids)),
    offsets: {
      starts: concatenate(parts.map(({ offsets }) => offsets.starts)),
      ends: concatenate(parts.map(({ offsets }) => offsets.ends)),
    },
  };
}
