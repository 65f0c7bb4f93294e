import { countWhile } from '../documents/binary-search.ts';

/** A part of the text that is one block on the page. */
export interface Passage {
  readonly start: number;
  readonly end: number;
  /** Whether its lines were broken at a fixed width, so that they can be rewrapped. */
  readonly hardWrapped: boolean;
}

/** Adjacent passages that are laid out, marked and discarded together. */
export interface Leaf {
  readonly start: number;
  readonly end: number;
  readonly passages: readonly Passage[];
}

/** Characters after which a passage without a blank line is cut at the next likely end. */
const LONG_PASSAGE = 1500;
const LONGEST_PASSAGE = 3000;
/** Most characters of indent before the first line of a passage. */
const LONGEST_INDENT = 40;
/** Characters of a leaf: about two screens. */
const LEAF = 4000;

/** Splits a text at blank lines. Only white space lies between passages. */
export function splitPassages(text: string): readonly Passage[] {
  const passages: Passage[] = [];
  for (const { index, 0: block } of text.matchAll(/\S(?:(?!\r?\n[^\S\n]*\r?\n)[\s\S])*/g)) {
    const end = index + block.trimEnd().length;
    // The block keeps the indent of its first line.
    for (const range of cutLong(text, indentOf(text, index), end)) {
      passages.push({ ...range, hardWrapped: isHardWrapped(text.slice(range.start, range.end)) });
    }
  }
  return passages;
}

/** Groups passages into leaves. */
export function bindLeaves(passages: readonly Passage[]): readonly Leaf[] {
  const leaves: { start: number; end: number; passages: Passage[] }[] = [];
  for (const passage of passages) {
    const last = leaves.at(-1);
    if (last && passage.end - last.start <= LEAF) {
      last.passages.push(passage);
      last.end = passage.end;
    } else leaves.push({ start: passage.start, end: passage.end, passages: [passage] });
  }
  return leaves;
}

/** The last range that starts at or before a position. */
export function indexAt(ranges: readonly { readonly start: number }[], position: number): number {
  return Math.max(0, countWhile(ranges.length, (index) => (ranges[index]?.start ?? 0) <= position) - 1);
}

function indentOf(text: string, start: number): number {
  let from = start;
  while (start - from < LONGEST_INDENT && /[^\S\r\n]/.test(text[from - 1] ?? '')) from--;
  return from;
}

function cutLong(text: string, start: number, end: number): readonly { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  let from = start;
  while (end - from > LONGEST_PASSAGE) {
    const window = text.slice(from + LONG_PASSAGE, from + LONGEST_PASSAGE);
    const cut = /\r?\n\s*/.exec(window) ?? /(?<=[.!?]["')\]”’]*)\s+/.exec(window) ?? /\s+/.exec(window);
    const at = from + LONG_PASSAGE + (cut ? cut.index : window.length);
    ranges.push({ start: from, end: insideCharacter(text, at) ? at + 1 : at });
    from = (ranges.at(-1)?.end ?? at) + (cut?.[0].length ?? 0);
  }
  if (from < end) ranges.push({ start: from, end });
  return ranges;
}

function insideCharacter(text: string, at: number): boolean {
  return /[\uD800-\uDBFF]/.test(text[at - 1] ?? '') && /[\uDC00-\uDFFF]/.test(text[at] ?? '');
}

/** Whether lines have about one width and no indent, as prose in an old book or an e-mail has; the last may be shorter. */
function isHardWrapped(passage: string): boolean {
  const lines = passage.split(/\r?\n/);
  if (lines.length < 2) return false;
  const full = lines.slice(0, -1);
  return (
    full.every((line) => line.length >= 45 && line.length <= 95) && lines.slice(1).every((line) => /^\S/.test(line))
  );
}
