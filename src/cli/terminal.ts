import { styleText } from 'node:util';
import stringWidth from 'string-width';

/** What text is written in: its meaning is always in the words too. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'blue' | 'mark';

const CODES: Readonly<Record<Style, readonly [on: string, off: string]>> = {
  bold: ['1', '22'],
  dim: ['2', '22'],
  red: ['31', '39'],
  green: ['32', '39'],
  blue: ['36', '39'],
  mark: ['7', '27'],
};

/** The backgrounds of entities by their type, dark on light. They differ in brightness too, for colour-blind eyes. */
const BACKGROUNDS: Readonly<Record<string, string>> = { PER: '46', ORG: '43', LOC: '42', MISC: '45' };
const OTHER_BACKGROUNDS = ['47', '103', '106', '102', '105'];

/** Writes in colour, or plainly where the stream has none. */
export class Pen {
  readonly #coloured: boolean;
  readonly #others = new Map<string, string>();

  constructor(coloured: boolean) {
    this.#coloured = coloured;
  }

  write(style: Style, text: string): string {
    const [on, off] = CODES[style];
    return this.#coloured && text !== '' ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  }

  /** A name with its type: on a background of its own, or in brackets. */
  entity(text: string, type: string): string {
    const shownType = shown(type);
    if (!this.#coloured) return `[${text} ${shownType}]`;
    // A background that goes on over a line end would colour the rest of the line.
    return text
      .split('\n')
      .map((line, index, lines) => {
        const label = index === lines.length - 1 ? ` \u001b[1m${shownType}\u001b[22m` : '';
        if (line === '') return '';
        return `\u001b[30;${this.#background(type)}m${line}${label}\u001b[39;49m`;
      })
      .join('\n');
  }

  #background(type: string): string {
    const known = BACKGROUNDS[type] ?? this.#others.get(type);
    if (known !== undefined) return known;
    const next = OTHER_BACKGROUNDS[this.#others.size % OTHER_BACKGROUNDS.length] ?? '47';
    this.#others.set(type, next);
    return next;
  }
}

/** The pen for standard output: coloured if Node would colour it, which asks the terminal, NO_COLOR and FORCE_COLOR. */
export function outputPen(): Pen {
  return new Pen(styleText('bold', 'x', { stream: process.stdout }) !== 'x');
}

/** What moves the cursor, or turns the direction of what follows: the controls of ASCII and Unicode but tab and line feed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text that a terminal shows and does not obey: control characters become their pictures. */
export function shown(text: string): string {
  return text.replace(CONTROLS, (control) => {
    const code = control.charCodeAt(0);
    if (control === '\r') return '';
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** JSON that a terminal does not obey either: control characters are written as escapes. */
export function shownJson(value: object, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent);
  return json.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text in one line of at most so many columns; ideographs and emoji take two. */
export function snippet(text: string, columns: number): string {
  // No character takes less than a column, but for marks and joiners.
  const start = text.slice(0, 4 * Math.max(columns, 1));
  const line = shown(start.replace(/\s+/g, ' ')).trim();
  if (start.length === text.length && stringWidth(line) <= columns) return line;
  let taken = '';
  let width = 0;
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(line)) {
    width += stringWidth(segment);
    if (width >= columns) break;
    taken += segment;
  }
  return `${taken}…`;
}

/** The end of a text in one line of at most so many columns. */
export function snippetOfEnd(text: string, columns: number): string {
  const line = shown(text.slice(-4 * columns).replace(/\s+/g, ' '));
  const graphemes = [...new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(line)].reverse();
  let taken = '';
  let width = 0;
  for (const { segment } of graphemes) {
    width += stringWidth(segment);
    if (width > columns) break;
    taken = segment + taken;
  }
  return taken;
}

/** Columns of standard output; a hundred where it is no terminal. */
export function outputWidth(): number {
  return process.stdout.columns || 100;
}
