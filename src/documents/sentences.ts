import {
  BEFORE_LETTER,
  BEFORE_NUMBER,
  COMPANY_FORMS,
  LETTERED_NOUNS,
  NEVER_FINAL,
  SENTENCE_OPENERS,
  SOMETIMES_FINAL,
  SPEECH_VERBS,
} from './abbreviations.ts';
import { BLANK_LINE, LINE_END, LineEnds, type LineState } from './line-ends.ts';
import type { Span } from './span.ts';

/** Combining marks, joiners and direction marks belong to the character before them (UAX #29, rules GB9 and SB5). */
const MARK = String.raw`\p{M}\u200B-\u200F\u202A-\u202E\u2060-\u2069`;
// Repetitions of these are bounded: the regex engine uses a stack entry per step, and a million stops in a row overflow
// it.
const MARKS = `[${MARK}]{0,64}`;
const TERMINATOR = String.raw`[\p{Sentence_Terminal}‥…]`;
/** One or more stops: "?!", "...", ". . .". */
const STOP = String.raw`(?:${TERMINATOR}${MARKS}(?:[ \t\u00A0](?=\.(?![\p{L}\p{N}])))?){1,128}`;
/** Characters after a stop that belong to its sentence: quotation marks, brackets, emphasis, footnote numbers. */
const CLOSER = String.raw`(?:[\p{Pe}\p{Pf}"'*_¹²³\u2070-\u2079†‡]|\p{Pi}(?=\s|$)|\[\d{1,3}\])${MARKS}`;
/** Ends a sentence and belongs to it, since JavaScript does not count it as white space. */
const NEXT_LINE = '\u0085';
/** Where a sentence may end: after a stop and its closers, at a line's end, before a bullet. */
const CANDIDATE = new RegExp(
  String.raw`(?<stop>${STOP})(?<closers>(?:${CLOSER}){0,32})|[\n-\r\u2028\u2029${NEXT_LINE}]|[•‣⁃]`,
  'gu',
);

const SPACE = /\s*/y;
const BULLET_ITEM = /[-*•‣⁃◦▪●○]\s/y;
/** The number of a list's first item, which is rarer at the start of a wrapped line than other numbers. */
const FIRST_ITEM = /\(?[1ai][.)]{1,2}\s/y;
const NUMBERED_ITEM = /(?:\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]{1,2}|\(?[A-Z]\))\s/y;
/** A sentence that so far is only the number of an item or a heading: "1.", "2.)", "• 9.", "3.1.", "IV.". */
const NUMBERING = /^[-*•‣⁃(\s]*(?:\d{1,2}(?:\.\d{1,2}){0,3}|\p{L}|[IVX]{1,7}|[ivx]{1,7})\.\)?$/u;
const LONGEST_NUMBERING = 16;

/** Stops of other scripts, which need no space after them; full stops do, and so do "‼" and "⁉", which are emoji. */
const SPACELESS = new RegExp(String.raw`(?![!?.‼⁇⁈⁉․﹒．])\p{Sentence_Terminal}${MARKS}$`, 'u');
const PLAIN_ELLIPSIS = /^(?:…|\.\s?\.\s?\.)$/;
const QUOTATION_MARK = /["'”’»“]/;

/** The word before a stop with its own inner stops, and the word before that. */
const PRECEDING = /(?<=(?:(?<before>[\p{L}\p{N}.]{1,24})\s{1,4})?(?<word>[\p{L}\p{N}][\p{L}\p{M}\p{N}.°]{0,23}))/uy;
/** After a stop: punctuation that continues the sentence (UAX #29, rule SB8a), or else the next word. */
const FOLLOWING = new RegExp(
  String.raw`(?<goesOn>[\-–—,:;՝،؍߸᠂᠈、︐︑︓︔︱︲﹐﹑﹕﹘﹣，－：；､\p{M}\u200C\u200D]|${TERMINATOR}(?!\p{L}))` +
    String.raw`|["'\p{Ps}\p{Pi}\p{Pf}*_¿¡.${MARK}]{0,4}(?<word>[\p{L}\p{N}][\p{L}\p{M}\p{N}]{0,31})(?<dot>\.)?`,
  'uy',
);
const SPEAKER = /(?<name>\p{L}{1,32})\s(?<verb>\p{Ll}{1,16})/uy;

/** Not Georgian, whose sentences begin in what Unicode calls lower case, and not "iPhone" or "eBay". */
const LOWER_CASE = /^(?![\u10D0-\u10FF])\p{Ll}(?!\p{Lu})/u;
const CAPITAL = /^\p{Lu}$/u;
const CAPITALS = /^\p{Lu}{2,}$/u;
const NAME_OR_INITIAL = /^\p{Lu}|\.$/u;
const ACRONYM = /^(?:\p{L}\.)+\p{L}$/u;
const ROMAN = /^[IVXLC]+$/;
/** A number: "5", "VI", "B", "S1". */
const NUMBER = /^(?:\p{N}|[IVXLC]{2,}$|[B-HJ-Z]$|\p{Lu}{1,2}\p{N})/u;
/** A number or a letter, as in "Fig. A" and "Vol. I". */
const NUMBER_OR_LETTER = /^(?:\p{N}|[IVXLC]{2,}$|\p{Lu}{1,2}(?:\p{N}|$))/u;
/** An amount before a unit, as in "350 F." and "2 L.", but not a year before an initial, as in "In 1999 J. Smith". */
const AMOUNT = /^(?!(?:1[5-9]|20)\d\d$)[\d.]*\d$/;

interface Stop {
  /** The range from the stop to the end of its closers. */
  readonly start: number;
  readonly end: number;
  /** The stop alone: ".", "?!", ". . .". */
  readonly marks: string;
  readonly closers: string;
}

interface Word {
  readonly word: string;
  /** Whether a full stop follows at once, as in "J." or "Mr." */
  readonly dotted: boolean;
}

/**
 * Yields the sentences of a text in order: spans that never overlap, cover every character but white space, and neither
 * begin nor end with white space (`\s`). Takes time linear in the text, and reads only a little past each sentence.
 *
 * The rules are those of Unicode's UAX #29 plus what English prose needs: a blank line and a list item end a sentence,
 * a single line end does if the line was not wrapped ({@link LineEnds}), and the words around a full stop distinguish
 * an abbreviation from an end. This is a scanner of its own and not a layer on `Intl.Segmenter`: each step of its
 * iterator takes time proportional to the whole string (three seconds for half a megabyte in one paragraph), and its
 * results change with the ICU in Node.
 */
export function* splitSentences(text: string): Generator<Span> {
  for (const sentence of sentenceSteps(text)) if (sentence) yield sentence;
}

/** Candidates at which no sentence ends, per step without a sentence: they take some 50 microseconds. */
const CANDIDATES_A_STEP = 32;

/**
 * Like {@link splitSentences}, but also yields `undefined` now and then while no sentence ends: half a megabyte can be
 * one sentence full of candidates, and the caller should be able to yield to the event loop meanwhile.
 */
export function* sentenceSteps(text: string, state?: SentenceState): Generator<Span | undefined, void, void> {
  const scanner = new SentenceScanner(text, state);
  let candidates = 0;
  for (const sentence of scanner.steps()) {
    if (sentence || ++candidates % CANDIDATES_A_STEP === 0) yield sentence;
  }
  yield scanner.last();
}

/** The most characters past the next word or line that the decision about a candidate looks at. */
export const SENTENCE_LOOKAHEAD = 256;

/**
 * The most characters before a candidate that the decision about it looks at, besides its line and its sentence's
 * start.
 */
export const SENTENCE_LOOKBEHIND = 128;

/** The state of a scanner, as plain data. A scanner that starts with it finds what this one would still find. */
export interface SentenceState {
  /** The start of the current sentence. */
  readonly start: number;
  readonly inList: boolean;
  /** The position from which to look for the next candidate. */
  readonly from: number;
  readonly line: LineState;
}

/** The position before which a scanner in a state does not look; may be negative. */
export function neededFrom({ start, from, line }: SentenceState): number {
  return Math.min(start, line.lineStart, from - SENTENCE_LOOKBEHIND);
}

/** A state in the same text with `by` more code units before it. */
export function movedState({ start, inList, from, line }: SentenceState, by: number): SentenceState {
  return { start: start + by, inList, from: from + by, line: { ...line, lineStart: line.lineStart + by } };
}

/** Finds the sentences of a text one by one. A text that grows is scanned further from a {@link state}. */
export class SentenceScanner {
  readonly #text: string;
  readonly #lines: LineEnds;
  #start: number;
  #inList: boolean;
  #from: number;
  #candidate: RegExpExecArray | null;

  constructor(text: string, state?: SentenceState) {
    this.#text = text;
    this.#start = state?.start ?? spaceEnd(text, 0);
    this.#inList = state?.inList ?? startsItem(text, this.#start, true);
    this.#lines = new LineEnds(text, state?.line ?? this.#start);
    this.#from = state?.from ?? this.#start;
    this.#candidate = matchAt(CANDIDATE, text, this.#from);
  }

  get state(): SentenceState {
    return { start: this.#start, inList: this.#inList, from: this.#from, line: this.#lines.state };
  }

  /** The position of the next candidate, or the end of the text. */
  get next(): number {
    return this.#candidate?.index ?? this.#text.length;
  }

  /** Yields for each candidate the sentence that ends there, or `undefined` if none does. */
  *steps(): Generator<Span | undefined, void, void> {
    const text = this.#text;
    const lines = this.#lines;
    for (let candidate = this.#candidate; candidate !== null; candidate = this.#candidate) {
      const start = this.#start;
      const stop = stopOf(candidate);
      const atNextLine = text.charAt(stop?.end ?? candidate.index) === NEXT_LINE;
      const end = (stop?.end ?? candidate.index) + (atNextLine ? 1 : 0);
      const next = spaceEnd(text, end);
      const gap = text.slice(end, next);
      const newLine = atNextLine || LINE_END.test(gap);
      const newParagraph = atNextLine || (newLine && BLANK_LINE.test(gap));
      const ends =
        newParagraph ||
        (newLine && startsItem(text, next, this.#inList || /[:;,]/.test(text.charAt(end - 1)))) ||
        (stop === null ? !newLine && isSpace(text, end - 1) : endsSentence(text, start, stop, next)) ||
        (newLine && end > start && next < text.length && lines.endsSentence(start, end, next, this.#inList));
      if (newLine) lines.turn(end, next, newParagraph);
      const isSentence = ends && end > start;
      if (isSentence) {
        this.#start = next;
        lines.beginSentence();
        if (newLine) this.#inList = startsItem(text, next, true) || (this.#inList && !newParagraph);
      }
      this.#from = Math.max(next, candidate.index + candidate[0].length);
      this.#candidate = matchAt(CANDIDATE, text, this.#from);
      yield isSentence ? { start, end: trimmedEnd(text, end) } : undefined;
    }
  }

  /** The last sentence of the text, after all steps. */
  last(): Span | undefined {
    const text = this.#text;
    return this.#start < text.length ? { start: this.#start, end: trimmedEnd(text, text.length) } : undefined;
  }
}

/** Whether a stop ends the sentence that began at `start`, if the text continues at `next`. */
function endsSentence(text: string, start: number, stop: Stop, next: number): boolean {
  if (next === text.length) return true;
  const following = matchAt(FOLLOWING, text, next)?.groups;
  if (following?.goesOn !== undefined) return false;
  if (SPACELESS.test(stop.marks)) return true;
  if (next === stop.end) return false;
  const word = following?.word === undefined ? null : { word: following.word, dotted: following.dot !== undefined };
  if (word !== null && LOWER_CASE.test(word.word)) return false;
  if (stop.marks === '.') return fullStopEnds(text, start, stop, word);
  if (PLAIN_ELLIPSIS.test(stop.marks)) return ellipsisEnds(text, stop, word);
  if (QUOTATION_MARK.test(stop.closers) && namesSpeaker(text, next)) return false;
  return word === null || !COMPANY_FORMS.has(word.word);
}

/** Whether a full stop ends a sentence and not just an abbreviation, if the next word is not in lower case. */
function fullStopEnds(text: string, start: number, stop: Stop, next: Word | null): boolean {
  if (stop.end - start <= LONGEST_NUMBERING && NUMBERING.test(text.slice(start, stop.end))) return false;
  const preceding = matchAt(PRECEDING, text, stop.start)?.groups;
  const word = preceding?.word;
  if (word === undefined) return true;
  const before = preceding?.before ?? '';
  if (isHeadingNumber(before, word, next)) return false;
  const abbreviation = capitalized(word);
  if (NEVER_FINAL.has(abbreviation)) return stop.closers !== '' && opensSentence(next);
  if (BEFORE_LETTER.has(abbreviation)) return next === null || !NUMBER_OR_LETTER.test(next.word);
  if (BEFORE_NUMBER.has(abbreviation)) return next === null || !NUMBER.test(next.word);
  if (CAPITAL.test(word)) {
    const isUnit = text.charAt(stop.start - 2) === '°' || AMOUNT.test(before);
    const isInitial = next?.dotted === true && CAPITAL.test(next.word);
    return (isUnit && !isInitial) || capitalEnds(before, word, next);
  }
  if (SOMETIMES_FINAL.has(abbreviation) || ACRONYM.test(word)) return opensSentence(next);
  return true;
}

/** Not if "[...]" replaces words that were left out, nor before "I", whose capital is no evidence. */
function ellipsisEnds(text: string, stop: Stop, next: Word | null): boolean {
  return !/[[(]/.test(text.charAt(stop.start - 1)) && (next?.word !== 'I' || stop.closers !== '');
}

/**
 * A capital letter and a full stop are an initial ("J. R. R. Tolkien") or a sentence's last word ("Plan B.", "so do
 * I.").
 */
function capitalEnds(before: string, letter: string, next: Word | null): boolean {
  if (LETTERED_NOUNS.has(before.toLowerCase())) return true;
  if (next?.dotted && CAPITAL.test(next.word)) return false;
  if (letter === 'I' && !NAME_OR_INITIAL.test(before)) return true;
  return opensSentence(next);
}

/** Whether it is the number of a heading in capitals: "ADVENTURE IV. THE MYSTERY". */
function isHeadingNumber(before: string, word: string, next: Word | null): boolean {
  return CAPITALS.test(before) && ROMAN.test(word) && next !== null && next.word === next.word.toUpperCase();
}

/** Whether the words at `next` name the speaker: "I cried", "Holmes said"; not "He said", which begins a sentence. */
function namesSpeaker(text: string, next: number): boolean {
  const { name = '', verb = '' } = matchAt(SPEAKER, text, next)?.groups ?? {};
  return SPEECH_VERBS.has(verb) && (name === 'I' || !SENTENCE_OPENERS.has(name));
}

/** Whether a word is evidence of a new sentence after "U.S." or "Inc.", where a capital letter is not. */
function opensSentence(next: Word | null): boolean {
  if (next === null || next.dotted) return false;
  return SENTENCE_OPENERS.has(next.word.length > 2 ? capitalized(next.word) : next.word);
}

/** "THE" as "The", so that the lists work on text in capitals, too. */
function capitalized(word: string): string {
  return CAPITALS.test(word) ? word.charAt(0) + word.slice(1).toLowerCase() : word;
}

/** Whether a line begins a list item. Any number or letter counts if `numbered`; otherwise it may be wrapped prose. */
function startsItem(text: string, at: number, numbered: boolean): boolean {
  return matchAt(BULLET_ITEM, text, at) !== null || matchAt(numbered ? NUMBERED_ITEM : FIRST_ITEM, text, at) !== null;
}

function stopOf(match: RegExpExecArray): Stop | null {
  const marks = match.groups?.stop;
  if (marks === undefined) return null;
  return { start: match.index, end: match.index + match[0].length, marks, closers: match.groups?.closers ?? '' };
}

/** The match at `at` or, for a global expression, the first one from there. Does not depend on earlier calls. */
function matchAt(expression: RegExp, text: string, at: number): RegExpExecArray | null {
  expression.lastIndex = at;
  return expression.exec(text);
}

function spaceEnd(text: string, at: number): number {
  return at + (matchAt(SPACE, text, at)?.[0].length ?? 0);
}

function trimmedEnd(text: string, end: number): number {
  let trimmed = end;
  while (isSpace(text, trimmed - 1)) trimmed -= 1;
  return trimmed;
}

function isSpace(text: string, at: number): boolean {
  return /\s/.test(text.charAt(at));
}
