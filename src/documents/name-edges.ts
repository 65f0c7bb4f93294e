import { NEVER_FINAL, SOMETIMES_FINAL } from './abbreviations.ts';
import type { Span } from './span.ts';

/** A letter or digit, except in a keycap emoji. */
const LETTER = /[\p{L}\p{N}](?!\ufe0f?\u20e3)/u;
/** The end of a name: a letter or digit with its combining marks. */
const LAST_LETTER = /[\p{L}\p{N}][\p{M}\u200c\u200d]{0,64}$/u;
const KEYCAP = /[\d#*]\ufe0f?\u20e3/u;
const VARIATION = /[\ufe0e\ufe0f\u200c\u200d]+$/;
/** Names that begin with a mark: ".NET", "'s-Gravenhage", "'t Hooft". */
const OPENING_MARK = /^(?:\.(?=NET(?![\p{L}\p{N}]))|['’](?=s-\p{Lu}|t \p{Lu}))/u;
/** Names that end with a mark. */
const CLOSING_MARK =
  /(?<![\p{L}\p{N}])(?:(?:Yahoo|Jeopardy|Joomla|Wham|Oliver|Mamma Mia|Westward Ho)!|Guess\?|[CF]#|C\+\+|(?:\p{L}|\p{N})+\+)$/u;
/** A word whose full stop may belong to it: "U.S", "Ph.D", "J", or one of the abbreviations. */
const ABBREVIATED = /(?<![\p{L}\p{N}])(?<word>(?:\p{L}{1,4}\.)*\p{L}[\p{L}\p{M}]{0,23})\.$/u;
const ACRONYM = /^(?:(?:\p{L}{1,4}\.)+\p{L}{1,4}|\p{Lu})$/u;
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '”': '“', '»': '«', '"': '"' };
/** Characters at a name's end that are looked at. */
const TAIL = 128;

/**
 * Trims a range that a model labelled to the name in it: from the first letter or digit to the last, with a full stop,
 * mark or bracket that is part of the name. Returns `undefined` if it has neither letter nor digit.
 */
export function nameWithin(text: string, { start, end }: Span): Span | undefined {
  const first = start + text.slice(start, end).search(LETTER);
  if (first < start) return undefined;
  const opening = OPENING_MARK.test(text.slice(Math.max(start, first - 1), Math.min(end, first + 4))) ? 1 : 0;
  const last = lastEnd(text, first, end);
  return { start: first - opening, end: last };
}

function lastEnd(text: string, first: number, end: number): number {
  let at = end;
  while (at > first) {
    const tail = text.slice(Math.max(first, at - TAIL), at);
    const letter = LAST_LETTER.exec(tail);
    if (letter && !KEYCAP.test(letter[0])) return at - (VARIATION.exec(tail)?.[0].length ?? 0);
    if (isPartOfName(tail)) return at;
    at -= letter ? letter[0].length : (tail.codePointAt(tail.length - 2) ?? 0) > 0xffff ? 2 : 1;
  }
  return at;
}

/** Whether the mark at a name's end is part of the name. */
function isPartOfName(tail: string): boolean {
  const mark = tail.charAt(tail.length - 1);
  if (mark === '.') {
    const word = ABBREVIATED.exec(tail)?.groups?.['word'];
    return word !== undefined && (ACRONYM.test(word) || isAbbreviation(word));
  }
  const opening = PAIRS[mark];
  if (opening !== undefined) return isClosed(tail, opening, mark);
  return CLOSING_MARK.test(tail);
}

function isAbbreviation(word: string): boolean {
  const inTitleCase = word.charAt(0) + word.slice(1).toLowerCase();
  return [word, inTitleCase].some((each) => SOMETIMES_FINAL.has(each) || NEVER_FINAL.has(each));
}

/** Whether the bracket or quotation mark at a name's end was opened within it. */
function isClosed(name: string, opening: string, closing: string): boolean {
  let open = 0;
  for (const character of name.slice(0, -1)) {
    if (opening === closing && character === opening) open = 1 - open;
    else if (character === opening) open++;
    else if (character === closing) open--;
  }
  return open > 0;
}
