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
import { collectYielding } from './yielding.ts';

/** Combining marks, joiners and direction marks belong to the character before them (UAX #29, rules GB9 and SB5). */
const MARK = String.raw`\p{M}\u200B-\u200F\u202A-\u202E\u2060-\u2069`;
// Repetitions over these are bounded: the engine keeps a stack entry a step, and a million stops in a row overflow it.
const MARKS = `[${MARK}]{0,64}`;
const TERMINATOR = String.raw`[\p{Sentence_Terminal}‥…]`;
/** One stop or several: "?!", "...", ". . .". */
const STOP = String.raw`(?:${TERMINATOR}${MARKS}(?:[ \t\u00A0](?=\.(?![\p{L}\p{N}])))?){1,128}`;
/** What a sentence keeps after its stop: quotation marks, brackets, emphasis, footnote numbers. */
const CLOSER = String.raw`(?:[\p{Pe}\p{Pf}"'*_¹²³\u2070-\u2079†‡]|\p{Pi}(?=\s|$)|\[\d{1,3}\])${MARKS}`;
/** Ends a sentence, and belongs to it, since it is no white space to JavaScript. */
const NEXT_LINE = '\u0085';
/** Where a sentence may end: after a stop and its closers, at a line's end, before a bullet. */
const CANDIDATE = new RegExp(
  String.raw`(?<stop>${STOP})(?<closers>(?:${CLOSER}){0,32})|[\n-\r\u2028\u2029${NEXT_LINE}]|[•‣⁃]`,
  'gu',
);

const SPACE = /\s*/y;
const BULLET_ITEM = /[-*•‣⁃◦▪●○]\s/y;
/** What a list begins with, which prose wraps to a line's start less often than other numbers. */
const FIRST_ITEM = /\(?[1ai][.)]{1,2}\s/y;
const NUMBERED_ITEM = /(?:\(?(?:\d{1,3}|[a-z]|[ivx]{1,5})[.)]{1,2}|\(?[A-Z]\))\s/y;
/** A sentence that is only the number of an item or a heading so far: "1.", "2.)", "• 9.", "3.1.", "IV.". */
const NUMBERING = /^[-*•‣⁃(\s]*(?:\d{1,2}(?:\.\d{1,2}){0,3}|\p{L}|[IVX]{1,7}|[ivx]{1,7})\.\)?$/u;
const LONGEST_NUMBERING = 16;

/** Stops of other scripts need no space after them. Decimal points do, and "‼" and "⁉", which are emoji. */
const SPACELESS = new RegExp(String.raw`(?![!?.‼⁇⁈⁉․﹒．])\p{Sentence_Terminal}${MARKS}$`, 'u');
const PLAIN_ELLIPSIS = /^(?:…|\.\s?\.\s?\.)$/;
const QUOTATION_MARK = /["'”’»“]/;

/** The word before a stop with its own inner stops, and the word before that. */
const PRECEDING = /(?<=(?:(?<before>[\p{L}\p{N}.]{1,24})\s{1,4})?(?<word>[\p{L}\p{N}][\p{L}\p{M}\p{N}.°]{0,23}))/uy;
/** After a stop: punctuation that goes on with the sentence (UAX #29, rule SB8a), or else the next word. */
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
/** What a number looks like: "5", "VI", "B", "S1". */
const NUMBER = /^(?:\p{N}|[IVXLC]{2,}$|[B-HJ-Z]$|\p{Lu}{1,2}\p{N})/u;
/** What a number or a letter looks like: "Fig. A" and "Vol. I", too. */
const NUMBER_OR_LETTER = /^(?:\p{N}|[IVXLC]{2,}$|\p{Lu}{1,2}(?:\p{N}|$))/u;
/** An amount before a unit, as in "350 F." and "2 L.", and no year before an initial, as in "In 1999 J. Smith". */
const AMOUNT = /^(?!(?:1[5-9]|20)\d\d$)[\d.]*\d$/;

interface Stop {
  /** Where the stop begins, and where its closers end. */
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
 * The sentences of a text in order: spans that never overlap, hold every character but white space, and neither begin
 * nor end with white space (`\s`). They are found one at a time, in time linear in the text, reading little past each.
 *
 * The rules are those of Unicode's UAX #29 with what English prose needs on top: a blank line and a list item end a
 * sentence, a single line end does if the line was not wrapped ({@link LineEnds}), and the words around a full stop tell
 * an abbreviation from an end. They are a scanner of their own and not a layer on `Intl.Segmenter`: each step of its iterator costs time in proportion to the
 * whole string (three seconds for half a megabyte in one paragraph), and its answers change with the ICU in Node.
 */
export function* splitSentences(text: string): Generator<Span> {
  for (const sentence of sentenceSteps(text)) if (sentence) yield sentence;
}

/**
 * The sentences of {@link splitSentences}, with `undefined` for each place at which none ends: half a megabyte can be one
 * sentence with such places only, and whoever reads it should get to do something else meanwhile.
 */
export function* sentenceSteps(text: string): Generator<Span | undefined, void, void> {
  const scanner = new SentenceScanner(text);
  yield* scanner.steps();
  yield scanner.last();
}

/** All sentences of a text. Others get their turn while a long one is read; rejects with the signal's reason. */
export function findSentences(text: string, signal: AbortSignal | undefined): Promise<readonly Span[]> {
  return collectYielding(sentenceSteps(text), signal);
}

/** Characters past the next word or line that the decision over an end looks at, at the most. */
export const SENTENCE_LOOKAHEAD = 256;

/** Characters before a candidate that the decision over it looks at, beside its line and the begin of its sentence. */
export const SENTENCE_LOOKBEHIND = 128;

/** Where a scanner stands, in positions of its text. A scanner that begins there finds what this one would still find. */
export interface SentenceState {
  /** Where the sentence begins. */
  readonly start: number;
  readonly inList: boolean;
  /** Where the next place is looked for at which the sentence may end. */
  readonly from: number;
  readonly line: LineState;
}

/** Finds the sentences of a text one after the other. A text that grows is scanned further from a {@link state}. */
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

  /** Where the next place begins at which the sentence may end, or the end of the text. */
  get next(): number {
    return this.#candidate?.index ?? this.#text.length;
  }

  /** Goes from place to place, and gives the sentence that ends there, or nothing if none does. */
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

  /** The sentence that the text ends with, after all steps. */
  last(): Span | undefined {
    const text = this.#text;
    return this.#start < text.length ? { start: this.#start, end: trimmedEnd(text, text.length) } : undefined;
  }
}

/** Whether a stop ends the sentence begun at `start`, when the text goes on at `next`. */
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

/** Whether a full stop is a sentence's end and not an abbreviation's, when the next word is not in lower case. */
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

/** Not where "[...]" stands for words left out, nor before "I", whose capital is no evidence. */
function ellipsisEnds(text: string, stop: Stop, next: Word | null): boolean {
  return !/[[(]/.test(text.charAt(stop.start - 1)) && (next?.word !== 'I' || stop.closers !== '');
}

/** A capital and a full stop are an initial ("J. R. R. Tolkien") or a sentence's last word ("Plan B.", "so do I."). */
function capitalEnds(before: string, letter: string, next: Word | null): boolean {
  if (LETTERED_NOUNS.has(before.toLowerCase())) return true;
  if (next?.dotted && CAPITAL.test(next.word)) return false;
  if (letter === 'I' && !NAME_OR_INITIAL.test(before)) return true;
  return opensSentence(next);
}

/** "ADVENTURE IV. THE MYSTERY": a heading in capitals, with its number. */
function isHeadingNumber(before: string, word: string, next: Word | null): boolean {
  return CAPITALS.test(before) && ROMAN.test(word) && next !== null && next.word === next.word.toUpperCase();
}

/** Whether the words at `next` say who has just spoken: "I cried", "Holmes said"; not "He said", which begins anew. */
function namesSpeaker(text: string, next: number): boolean {
  const { name = '', verb = '' } = matchAt(SPEAKER, text, next)?.groups ?? {};
  return SPEECH_VERBS.has(verb) && (name === 'I' || !SENTENCE_OPENERS.has(name));
}

/** Whether a word shows a new sentence where its capital does not: after "U.S." or "Inc.", which names follow, too. */
function opensSentence(next: Word | null): boolean {
  if (next === null || next.dotted) return false;
  return SENTENCE_OPENERS.has(next.word.length > 2 ? capitalized(next.word) : next.word);
}

/** "THE" as "The", so that a text in capitals finds its words in the lists. */
function capitalized(word: string): string {
  return CAPITALS.test(word) ? word.charAt(0) + word.slice(1).toLowerCase() : word;
}

/** Whether a line begins a list item. Any number or letter counts if `numbered`; else it may just be wrapped prose. */
function startsItem(text: string, at: number, numbered: boolean): boolean {
  return matchAt(BULLET_ITEM, text, at) !== null || matchAt(numbered ? NUMBERED_ITEM : FIRST_ITEM, text, at) !== null;
}

function stopOf(match: RegExpExecArray): Stop | null {
  const marks = match.groups?.stop;
  if (marks === undefined) return null;
  return { start: match.index, end: match.index + match[0].length, marks, closers: match.groups?.closers ?? '' };
}

/** The match at `at` or, of a global expression, the first from there. Leaves no state that another call depends on. */
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
