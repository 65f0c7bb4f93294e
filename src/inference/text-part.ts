import type { EncodedText } from './encoding.ts';
import type { SegmentPieces } from './segments.ts';
import { FIELDS, type Segment } from './word-pieces.ts';

/** Pieces with where they lie in the text. */
export type Pieces = Pick<EncodedText, 'ids' | 'offsets'>;

/** A segment that is one piece is known by its id, any other by its pieces. */
type Found = number | Segment;
const NOTHING: Segment = [];

/** A part of a text on its way from segments to pieces. */
export class TextPart {
  readonly #known: SegmentPieces;
  readonly #text: string;
  readonly #found: Found[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** The segments that are not known yet, by their index. */
  #missing: Map<number, string> | undefined;

  constructor(known: SegmentPieces, text: string) {
    this.#known = known;
    this.#text = text;
  }

  /** Takes the next segment. */
  readonly visit = (start: number, end: number, isPlain: boolean): void => {
    this.#starts.push(start);
    this.#ends.push(end);
    const found = this.#known.find(this.#text, start, end, isPlain);
    if (typeof found === 'string') {
      this.#missing ??= new Map();
      this.#missing.set(this.#found.length, found);
    }
    this.#found.push(typeof found === 'string' ? NOTHING : found);
  };

  /** The pieces of its segments, at once where all of them are known. */
  encode(): Pieces | Promise<Pieces> {
    if (!this.#missing) return this.#locate();
    const loaded = this.#load(this.#missing);
    // Where the text is given up meanwhile, nobody comes to await this part.
    loaded.catch(() => undefined);
    return loaded;
  }

  async #load(missing: ReadonlyMap<number, string>): Promise<Pieces> {
    const loading = Array.from(new Set(missing.values()), async (segment) => {
      return [segment, await this.#known.load(segment)] as const;
    });
    const loaded = new Map(await Promise.all(loading));
    for (const [index, segment] of missing) this.#found[index] = loaded.get(segment) ?? NOTHING;
    return this.#locate();
  }

  /** Moves the pieces of the segments to where these begin in the text. All numbers are in one buffer. */
  #locate(): Pieces {
    let count = 0;
    for (const found of this.#found) count += typeof found === 'number' ? 1 : found.length / FIELDS;
    const numbers = new Int32Array(3 * count);
    let at = 0;
    for (let index = 0; index < this.#found.length; index++) {
      const found = this.#found[index] ?? NOTHING;
      const start = this.#starts[index] ?? 0;
      if (typeof found === 'number') {
        numbers[at] = found;
        numbers[count + at] = start;
        numbers[2 * count + at++] = this.#ends[index] ?? start;
        continue;
      }
      for (let field = 0; field < found.length; field += FIELDS) {
        numbers[at] = found[field] ?? 0;
        numbers[count + at] = start + (found[field + 1] ?? 0);
        numbers[2 * count + at++] = start + (found[field + 2] ?? 0);
      }
    }
    const ids = numbers.subarray(0, count);
    return { ids, offsets: { starts: numbers.subarray(count, 2 * count), ends: numbers.subarray(2 * count) } };
  }
}
