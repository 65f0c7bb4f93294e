import { type Pen, shown } from '../terminal.ts';

/** An entity as a range of UTF-16 code units. */
export interface Mark {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Longest line that is held back until it is whole. */
const LONGEST_HELD_LINE = 2000;

/**
 * Marks the entities of a text as they become known. Entities come in order, with the chunk that settles them, which may
 * be the one after theirs: so a chunk is written once the next one comes. Only whole lines are written, unless they are
 * very long, so that a line of progress can stand below.
 */
export class Highlighter {
  #text: string;
  readonly #pen: Pen;
  readonly #marks: Mark[] = [];
  #written: number;
  #held = '';
  #printed: number;

  /** @param start where in the text it begins */
  constructor(text: string, pen: Pen, start = 0) {
    this.#text = text;
    this.#pen = pen;
    this.#written = start;
    this.#printed = start;
  }

  /** How much of the text was returned to be printed. */
  get printed(): number {
    return this.#printed;
  }

  /** The text has become longer. */
  grow(text: string): void {
    this.#text = text;
  }

  /** Adds the entities that a chunk settles. Returns what can be printed, given where the chunk starts. */
  push(marks: readonly Mark[], chunkStart: number): string {
    this.#marks.push(...marks);
    return this.#whole(this.#upTo(chunkStart));
  }

  /** The rest of the text, once all of its entities are there. */
  finish(): string {
    this.#held += this.#upTo(this.#text.length);
    return this.flush();
  }

  /** What is held back of the text so far. */
  flush(): string {
    const rest = this.#held;
    this.#held = '';
    this.#printed = this.#written;
    return rest.endsWith('\n') || rest === '' ? rest : `${rest}\n`;
  }

  #upTo(end: number): string {
    let out = '';
    for (let mark = this.#marks[0]; mark && mark.start < end; mark = this.#marks[0]) {
      this.#marks.shift();
      // What was written of it cannot be marked any more.
      const start = Math.max(mark.start, this.#written);
      if (mark.end <= start) continue;
      out += shown(this.#text.slice(this.#written, start));
      out += this.#pen.entity(shown(this.#text.slice(start, mark.end)), mark.type);
      this.#written = mark.end;
    }
    if (end > this.#written) {
      out += shown(this.#text.slice(this.#written, end));
      this.#written = end;
    }
    return out;
  }

  #whole(more: string): string {
    const all = this.#held + more;
    const isLong = all.length > LONGEST_HELD_LINE;
    const end = isLong ? all.length : all.lastIndexOf('\n') + 1;
    this.#held = all.slice(end);
    if (isLong) this.#printed = this.#written;
    else if (end > 0) this.#printed = this.#text.lastIndexOf('\n', this.#written - 1) + 1;
    return all.slice(0, end);
  }
}
