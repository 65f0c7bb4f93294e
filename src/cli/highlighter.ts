import { type Pen, shown } from './terminal.ts';

/** An entity as the highlighter wants it: a range of UTF-16 code units. */
export interface Mark {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Longest line that is held back until it is whole. */
const LONGEST_HELD_LINE = 2000;

/**
 * Turns a text into one with its entities marked, as they become known. Entities come in order, each with the chunk
 * after which it is settled, which may be the one behind it: so a chunk is written once the next one is there. Only
 * whole lines are written, unless they are very long, so that a line of progress can stand below.
 */
export class Highlighter {
  #text: string;
  readonly #pen: Pen;
  readonly #marks: Mark[] = [];
  #written = 0;
  #held = '';

  constructor(text: string, pen: Pen) {
    this.#text = text;
    this.#pen = pen;
  }

  /** What of the text was not given out yet, as it is. */
  get rest(): string {
    return this.#held + shown(this.#text.slice(this.#written));
  }

  /** Leaves out what is before. */
  skipTo(start: number): void {
    this.#written = start;
  }

  /** The text has become longer. */
  grow(text: string): void {
    this.#text = text;
  }

  /** Takes the entities that are settled by a chunk which starts there; gives what can be written now. */
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
    return rest.endsWith('\n') || rest === '' ? rest : `${rest}\n`;
  }

  #upTo(end: number): string {
    let out = '';
    for (let mark = this.#marks[0]; mark && mark.start < end; mark = this.#marks[0]) {
      this.#marks.shift();
      // What has been written of it already can be marked no more.
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
    const end = all.length > LONGEST_HELD_LINE ? all.length : all.lastIndexOf('\n') + 1;
    this.#held = all.slice(end);
    return all.slice(0, end);
  }
}
