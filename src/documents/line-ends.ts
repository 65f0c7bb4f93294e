import { NAME_OPENERS, NEVER_FINAL, SMALL_WORDS } from './abbreviations.ts';

/** A line end of any system. */
export const LINE_END = /[\n-\r\u0085\u2028\u2029]/;
/** A blank line; a paragraph's and a page's end and the line end of EBCDIC count as one (UAX #29, rule SB4). */
export const BLANK_LINE = /[\f\u0085\u2029]|(?:\r\n|[\n\v\u2028]|\r(?!\n))[^\S\n\r\v\u2028]*[\n\r\v\u2028]/;

/** The widest column that prose is wrapped to; a longer line is a paragraph by itself. */
const WIDEST_WRAPPED = 132;
/** Shorter lines are broken by hand, and their width is no evidence. */
const NARROWEST_WRAPPED = 40;
/** By how much lines of equal width differ in characters: those of a PDF are equal in points. */
const TOLERANCE = 1.2;
/** By how much a line is longer than a headline above it, at least. */
const OVER_HEADLINE = 3;
/** The most characters after a line's end that are looked at. */
const LOOKAHEAD = 160;

const NEXT_LINE = new RegExp(String.raw`[^\n-\r\u0085\u2028\u2029]{0,${LOOKAHEAD}}`, 'y');

/** A word in lower case, or in a script without case, which prose has, but names, titles and tables do not. */
const PROSE_WORD =
  /(?<=^|[\s("“‘'])(?:\p{Ll}[\p{Ll}\p{M}]+|\p{Lo}[\p{Lo}\p{M}]+)(?=$|[\s)"”’']|[,.;:!?…]{1,3}(?:[\s)"”]|$))/gu;
/** Two letters or digits, which a line of a list has at least. */
const WORD = /[\p{L}\p{N}][\p{L}\p{M}\p{N}]/u;
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/u;
const THREE_CHARACTERS = /^.{3}/su;
/**
 * A row of a table: cells between bars, tabs, semicolons or wide gaps, or the commas of CSV, which no space follows.
 */
const ROW = /[|\t]| {3}|;\S|,(?<=[^\s\d,],)[^\s,'"’”]|",/;
/** A speaker, a field's name, a time or a dateline: "Anna:", "Date:", "[12:30]", "BERLIN (Reuters) -". */
const LABEL =
  /^(?:\p{Lu}[\p{L}\p{M}\p{N}.'’-]{0,31}(?: [\p{L}\p{N}][\p{L}\p{M}\p{N}.'’-]{0,31}){0,3}:(?=\s|$)|\[?\d{1,2}:\d\d|\p{Lu}{2}[\p{Lu}., ]{0,31}(?:\([^)]{1,32}\) ?)?[-–—] )/u;
/** At the end of a line; matched backwards from there, since a search for its start would try every position. */
const LAST_WORD = /(?<=(?<word>[\p{L}\p{M}]{1,16})(?<stop>\.?))$/uy;
/** The most UTF-16 code units that {@link HYPHENATED} matches. */
const LONGEST_HYPHENATED = 3;
const HYPHENATED = /\p{L}[-‐]$/u;
const STARTS_WITH_LETTER = /^\p{L}/u;
const LOWER_CASE = /^["'“‘(*_]{0,3}(?![\u10D0-\u10FF])\p{Ll}(?!\p{Lu})/u;
const SMALL_LETTER = /\p{Ll}/u;
const CAPITALS = /\p{Lu}{2}/u;
const STOP_WITHIN = /(?:\p{Ll}|\p{Lo}|\p{N}|["'’”)])[.!?…。！？।؟]["'’”)\]]*(?:\s|$)/u;

/** What is known of the lines of a text up to a position. */
export interface LineState {
  readonly lineStart: number;
  readonly longest: number;
  readonly wraps: boolean;
  readonly prose: boolean;
}

/**
 * Decides whether the end of a line is the end of a sentence, as in lists, tables, addresses, headlines, signatures and
 * chats, or whether prose was just wrapped there. A wrapped line is as long as possible: the next word did not fit. So
 * a line ends a sentence if the next word would have fitted, judging by the lines around it, or if it does not look
 * like prose. Reads each line once, and at most {@link LOOKAHEAD} characters past it.
 */
export class LineEnds {
  readonly #text: string;
  #lineStart: number;
  /** Length of the longest line of the paragraph so far. */
  #longest = 0;
  /** Whether a line of the paragraph began in lower case. */
  #wraps = false;
  /** Whether the sentence has had a word of prose so far. */
  #prose = false;
  /** The line after the last one that was looked at: most likely the next one. */
  #following: { readonly line: string; readonly form: Form } = { line: '', form: formOf('') };

  /** @param begin the position of the first line, or the state of another instance up to here */
  constructor(text: string, begin: number | LineState) {
    this.#text = text;
    if (typeof begin === 'number') {
      this.#lineStart = begin;
      return;
    }
    this.#lineStart = begin.lineStart;
    this.#longest = begin.longest;
    this.#wraps = begin.wraps;
    this.#prose = begin.prose;
  }

  /** The state so far, as plain data. */
  get state(): LineState {
    return { lineStart: this.#lineStart, longest: this.#longest, wraps: this.#wraps, prose: this.#prose };
  }

  /** Call when a sentence begins. */
  beginSentence(): void {
    this.#prose = false;
  }

  /** Call when a line has ended at `end` and another begins at `next`. */
  turn(end: number, next: number, newParagraph: boolean): void {
    this.#longest = newParagraph ? 0 : Math.max(this.#longest, end - this.#lineStart);
    if (newParagraph) this.#wraps = false;
    this.#lineStart = next;
  }

  /**
   * Whether the sentence begun at `start` ends with the line that ends at `end`, when the next line begins at `next`.
   */
  endsSentence(start: number, end: number, next: number, inList: boolean): boolean {
    // Nothing to look at, and a text may consist of nothing but such lines.
    if (end - this.#lineStart < 2) return false;
    const line = this.#text.slice(this.#lineStart, end).trimEnd();
    const following = lineAt(NEXT_LINE, this.#text, next).trimEnd();
    const continues = LOWER_CASE.test(following);
    this.#prose ||= hasProse(this.#text.slice(Math.max(start, this.#lineStart), end));
    const form = line === this.#following.line ? this.#following.form : formOf(line);
    const nextForm = formOf(following);
    this.#following = { line: following, form: nextForm };
    if (form === 'RULE' || nextForm === 'RULE') return true;
    if (!WORD.test(line)) return false;
    if (LABEL.test(following) || form === 'ROW' || nextForm === 'ROW') return true;
    if (endsInMidPhrase(line, following)) return false;
    if (continues && !LOWER_CASE.test(this.#text.slice(start, start + 8))) {
      this.#wraps = true;
      return false;
    }
    if (inList && /[ \t]$/.test(this.#text.slice(end, next))) return false;
    if (!this.#prose && !(line.length >= NARROWEST_WRAPPED && isInCapitals(line) && isInCapitals(following))) {
      return true;
    }
    return !this.#isWrapped(line, following, next);
  }

  #isWrapped(line: string, following: string, next: number): boolean {
    const [word = ''] = /^\S*/.exec(following) ?? [];
    const wanted = line.length + 1 + word.length;
    const hadRoom = this.#longest > TOLERANCE * wanted || following.length > OVER_HEADLINE * wanted;
    if (!line.endsWith(',') && (line.length > WIDEST_WRAPPED || hadRoom)) return false;
    if (this.#wraps || Math.max(this.#longest, line.length) >= NARROWEST_WRAPPED) return true;
    const [paragraph = ''] = this.#text.slice(next, next + LOOKAHEAD).split(BLANK_LINE, 1);
    return STOP_WITHIN.test(paragraph);
  }
}

function hasProse(line: string): boolean {
  // Not `matchAll`, which copies the expression for each line.
  PROSE_WORD.lastIndex = 0;
  for (let match = PROSE_WORD.exec(line); match; match = PROSE_WORD.exec(line)) {
    if (!SMALL_WORDS.has(match[0])) return true;
  }
  return false;
}

/** What a line looks like: a horizontal rule of dashes, stars or the like, a row of a table, or anything else. */
type Form = 'RULE' | 'ROW' | 'OTHER';

function formOf(line: string): Form {
  if (!LETTER_OR_DIGIT.test(line) && THREE_CHARACTERS.test(line)) return 'RULE';
  return ROW.test(line) ? 'ROW' : 'OTHER';
}

// Two expressions, since a single one takes quadratic time on capitals that end with a lower-case letter.
function isInCapitals(line: string): boolean {
  return !SMALL_LETTER.test(line) && CAPITALS.test(line);
}

/** "President of the / United States", "Mr. / Smith", "Müller- / Lüdenscheidt": no line really ends like this. */
function endsInMidPhrase(line: string, following: string): boolean {
  if (HYPHENATED.test(line.slice(-LONGEST_HYPHENATED))) return STARTS_WITH_LETTER.test(following);
  LAST_WORD.lastIndex = line.length;
  const { word = '', stop = '' } = LAST_WORD.exec(line)?.groups ?? {};
  return stop === '' ? SMALL_WORDS.has(word) || NAME_OPENERS.has(word) : NEVER_FINAL.has(word);
}

function lineAt(expression: RegExp, text: string, at: number): string {
  expression.lastIndex = at;
  return expression.exec(text)?.[0] ?? '';
}
