/** UTF-16 code units of a text that are handled in one turn of the event loop, some three milliseconds. */
const PART_LENGTH = 65_536;
/** A segment without white space is cut beside an ideograph once it is this long. */
const LONG_SEGMENT = 4096;

/**
 * Told of a segment of a text.
 *
 * @param start where it stands in the text, half-open, in UTF-16 code units
 * @param isPlain whether it is a word or a mark of plain ASCII
 */
export type SegmentVisitor = (start: number, end: number, isPlain: boolean) => void;

/** What a character is to the tokenizer. */
const OTHER = 0;
const BLANK = 1;
const WORD = 2;
const PUNCTUATION = 3;

/** The kind of each ASCII character. `[` is not taken for punctuation, since it may begin a `[SEP]` in the text. */
const KINDS = Uint8Array.from({ length: 128 }, (_, unit) => {
  const character = String.fromCharCode(unit);
  if (/[ \t\n\r]/.test(character)) return BLANK;
  if (/[A-Za-z0-9]/.test(character)) return WORD;
  return /[!-/:-@\\-`{-~]/.test(character) ? PUNCTUATION : OTHER;
});

/**
 * Cuts a part of a text, from `start` on, into segments that BERT's tokenizer treats one by one
 * (`BasicTokenizer` of the BERT paper's code: it splits at white space and around each punctuation mark).
 * Stretches of plain ASCII are cut into words and marks. Anything else is cut at white space only, so that
 * what Unicode makes of it stays the tokenizer's business.
 *
 * @returns where the next part begins
 */
export function segmentPart(text: string, start: number, visit: SegmentVisitor): number {
  const until = Math.min(text.length, start + PART_LENGTH);
  let at = start;
  while (at < until) {
    if (kindAt(text, at) === BLANK) {
      at++;
      continue;
    }
    const end = plainEnd(text, at);
    if (end === undefined) {
      const from = at;
      at = stretchEnd(text, at);
      visit(from, at, false);
      continue;
    }
    while (at < end) {
      const from = at;
      at = Math.max(from + 1, wordEnd(text, at, end));
      visit(from, at, true);
    }
  }
  return at;
}

function kindAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit < 128 ? (KINDS[unit] ?? OTHER) : OTHER;
}

/** Where the stretch without white space ends that begins at `at`, or `undefined` where it is not plain ASCII. */
function plainEnd(text: string, at: number): number | undefined {
  let end = at;
  for (; end < text.length; end++) {
    const kind = kindAt(text, end);
    if (kind === BLANK) return end;
    if (kind === OTHER) return undefined;
  }
  return end;
}

/** Where a stretch ends that is left to the tokenizer as it is. Each ideograph is a word, so a long one may be cut there. */
function stretchEnd(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && kindAt(text, end) !== BLANK) {
    if (end - at >= LONG_SEGMENT && isIdeograph(text.charCodeAt(end))) break;
    end++;
  }
  return end;
}

/** Where the word at `at` ends; at `at` itself where there is a mark. */
function wordEnd(text: string, at: number, end: number): number {
  let next = at;
  while (next < end && kindAt(text, next) !== PUNCTUATION) next++;
  return next;
}

function isIdeograph(unit: number): boolean {
  return unit >= 0x4e00 && unit <= 0x9fff;
}
