import type { Encoding } from '../inference/encoding.ts';
import { countWhile } from './binary-search.ts';
import { BLANK_LINE, LINE_END } from './line-ends.ts';
import { splitSentences } from './sentences.ts';
import type { Span } from './span.ts';

/** The gap between two cells of a row: a tab, or more spaces than in prose. */
const CELL_GAP = /\t| {3}/;
/** A visible character; a mark without a letter is one. */
const VISIBLE = /[^\p{White_Space}\p{Cc}\p{Cf}\p{Co}]/u;
/** Each line end once, also that of Windows. */
const LINE_ENDS = /\r\n|[\n\r\v\u2028]/g;
/** A semicolon that ends a character reference, as in `&amp;`, does not end a cell. */
const REFERENCE = /&(?:#x?)?\w{1,31};$/;
const DIGIT = /\p{N}/u;

/** URLs as they occur in texts; punctuation at their end does no harm. */
const URL = /(?:(?<![\p{L}\p{N}])[a-z][a-z\d+.-]{1,15}:\/\/|(?<![\p{L}\p{N}])www\.)[^\s<>"]+/giu;
const AT = /@/g;
const LOCAL_PART = /[\p{L}\p{N}.!#$%&'*+/=?^_`{|}~-]{1,64}$/u;
const DOMAIN = /[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/uy;
const HANDLE = /(?<![\p{L}\p{N}_@.])@[\p{L}\p{N}_]{1,64}/gu;

/**
 * Where names must end in a text, and what is not a name, as a reader sees it and whatever a model says. The rules are
 * in docs/entities.md, with examples. Everything is computed on first use, in time linear in the text.
 */
export class NameBorders {
  readonly #text: string;
  readonly #encoding: Encoding;
  #sentences: readonly Span[] | undefined;
  #addresses: readonly Span[] | undefined;
  #handles: readonly Span[] | undefined;

  /** @param sentences the sentences of the text, if they are known already */
  constructor(text: string, encoding: Encoding, sentences?: readonly Span[]) {
    this.#text = text;
    this.#encoding = encoding;
    this.#sentences = sentences;
  }

  /** Whether a token continues the word of the token before it; a handle such as `@anna_s` is one word. */
  continues(token: number): boolean {
    if (this.#encoding.continues(token)) return true;
    const start = this.#encoding.offsets.starts[token] ?? 0;
    this.#handles ??= this.#text.includes('@') ? spansOf(HANDLE, this.#text) : [];
    const handle = spanAt(this.#handles, start);
    return handle !== undefined && start > handle.start + 1;
  }

  /** Whether any name that has reached a token ends before it. */
  isBefore(token: number): boolean {
    const { starts, ends } = this.#encoding.offsets;
    const start = starts[token] ?? 0;
    let before = token - 1;
    if (before < 0 || this.#isBlank(token)) return false;
    // Some tokenizers make tokens of white space.
    while (before > 0 && this.#isBlank(before)) before--;
    const end = Math.min(ends[before] ?? 0, start);
    const gap = this.#text.slice(end, start);
    if (this.#endsCell(end, gap)) return true;
    // White space after a line end is indentation.
    const lineEnd = gap.search(LINE_END);
    if (lineEnd < 0) return CELL_GAP.test(gap);
    return gap.slice(0, lineEnd).includes('\t') || this.#endsLine(end, start, gap);
  }

  /** Whether a token is part of an e-mail address or a URL. */
  isAddress(token: number): boolean {
    this.#addresses ??= addressesIn(this.#text);
    return spanAt(this.#addresses, this.#encoding.offsets.starts[token] ?? 0) !== undefined;
  }

  #isBlank(token: number): boolean {
    const { starts, ends } = this.#encoding.offsets;
    return !VISIBLE.test(this.#text.slice(starts[token] ?? 0, ends[token] ?? 0));
  }

  /** Whether a cell ends at `end`, after a bar, a semicolon or a comma of CSV, which has no space after it. */
  #endsCell(end: number, gap: string): boolean {
    const last = this.#text.charAt(end - 1);
    if (last === '|') return true;
    if (last === ';') return !REFERENCE.test(this.#text.slice(Math.max(0, end - 36), end));
    if (last !== ',' || gap !== '') return false;
    return !(DIGIT.test(this.#text.charAt(end - 2)) && DIGIT.test(this.#text.charAt(end)));
  }

  #endsLine(end: number, start: number, gap: string): boolean {
    if (BLANK_LINE.test(gap) || (gap.match(LINE_ENDS)?.length ?? 0) > 1) return true;
    this.#sentences ??= [...splitSentences(this.#text)];
    const sentence = this.#sentences[lastFrom(this.#sentences, start)];
    return sentence !== undefined && sentence.start >= end && sentence.start > 0;
  }
}

function spansOf(expression: RegExp, text: string): readonly Span[] {
  return Array.from(text.matchAll(expression), ({ index, 0: { length } }) => ({ start: index, end: index + length }));
}

/** E-mail addresses and URLs, in order. */
function addressesIn(text: string): readonly Span[] {
  const urls = text.includes('://') || /www\./i.test(text) ? spansOf(URL, text) : [];
  if (!text.includes('@')) return urls;
  const mails: Span[] = [];
  for (const { index } of text.matchAll(AT)) {
    const [local = ''] = LOCAL_PART.exec(text.slice(Math.max(0, index - 64), index)) ?? [];
    DOMAIN.lastIndex = index + 1;
    const [domain] = DOMAIN.exec(text) ?? [];
    if (local !== '' && domain !== undefined) {
      mails.push({ start: index - local.length, end: index + 1 + domain.length });
    }
  }
  return [...urls, ...mails].sort((a, b) => a.start - b.start);
}

/** The span that holds a position. Spans are sorted by start and may overlap, as for a URL with a user's name. */
function spanAt(spans: readonly Span[], position: number): Span | undefined {
  // Most texts have none, and it is asked of every token.
  if (spans.length === 0) return undefined;
  const last = lastFrom(spans, position);
  return [spans[last], spans[last - 1]].find((span) => span !== undefined && position < span.end);
}

/** Index of the last span that begins at or before a position; -1 if there is none. */
function lastFrom(spans: readonly Span[], position: number): number {
  return countWhile(spans.length, (index) => (spans[index]?.start ?? 0) <= position) - 1;
}
