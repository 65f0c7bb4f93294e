import { styleText } from 'node:util';
import stringWidth from 'string-width';

/** How text is emphasised; the words never depend on it. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'cyan';

type Background = Extract<Parameters<typeof styleText>[0], `bg${string}`>;

/** Backgrounds of entities by type, for dark letters. They differ in brightness, too, for colour-blind eyes. */
const BACKGROUNDS: readonly (readonly [string, Background])[] = [
  ['PER', 'bgCyan'],
  ['ORG', 'bgYellow'],
  ['LOC', 'bgGreen'],
  ['MISC', 'bgMagenta'],
];
const OTHERS = ['bgWhite', 'bgYellowBright', 'bgCyanBright', 'bgGreenBright', 'bgMagentaBright'] as const;

/** Writes in colour, or plainly if the stream has none. */
export class Pen {
  readonly #coloured: boolean;
  readonly #backgrounds = new Map(BACKGROUNDS);

  constructor(coloured: boolean) {
    this.#coloured = coloured;
  }

  write(style: Style, text: string): string {
    return this.#coloured && text !== '' ? styleText(style, text, ALWAYS) : text;
  }

  /** A name with its type: on a background of its own, or in brackets. */
  entity(text: string, type: string): string {
    const label = shown(type);
    if (!this.#coloured) return `[${text} ${label}]`;
    // A background that continues over a line end would colour the rest of the line.
    return text
      .split('\n')
      .map((line, index, lines) => {
        const isLast = index === lines.length - 1;
        if (line === '') return '';
        return styleText(
          ['black', this.#background(type)],
          isLast ? `${line} ${styleText('bold', label, ALWAYS)}` : line,
          ALWAYS,
        );
      })
      .join('\n');
  }

  #background(type: string): Background {
    const known = this.#backgrounds.get(type);
    if (known) return known;
    const next = OTHERS[this.#backgrounds.size % OTHERS.length] ?? 'bgWhite';
    this.#backgrounds.set(type, next);
    return next;
  }
}

/** The pen knows already whether its stream has colour. */
const ALWAYS = { validateStream: false } as const;

/** The pen for standard output: coloured if Node would colour it, by the terminal, NO_COLOR and FORCE_COLOR. */
export function outputPen(): Pen {
  return new Pen(styleText('bold', 'x', { stream: process.stdout }) !== 'x');
}

/** Characters that move the cursor or change the direction of text: all controls except tab and line feed. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text as a terminal shows it without obeying it: control characters become their pictures. */
export function shown(text: string): string {
  return text.replace(CONTROLS, (control) => {
    const code = control.charCodeAt(0);
    if (control === '\r') return '';
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/** JSON that a terminal does not obey: control characters are written as escapes. */
export function shownJson(value: object, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent);
  return json.replace(CONTROLS, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text in one line of at most that many columns; ideographs and emoji take two. */
export function snippet(text: string, columns: number): string {
  // Except for marks and joiners, every character takes at least a column.
  const start = text.slice(0, 4 * Math.max(columns, 1));
  const line = shown(start.replace(/\s+/g, ' ')).trim();
  if (start.length === text.length && stringWidth(line) <= columns) return line;
  return `${fitting(graphemesOf(line), columns - 1).join('')}…`;
}

/** The end of a text in one line of at most that many columns. */
export function snippetOfEnd(text: string, columns: number): string {
  const line = shown(text.slice(-4 * columns).replace(/\s+/g, ' '));
  return fitting(graphemesOf(line).reverse(), columns).reverse().join('');
}

function graphemesOf(line: string): string[] {
  return Array.from(new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(line), ({ segment }) => segment);
}

/** The first graphemes that fit. */
function fitting(graphemes: readonly string[], columns: number): string[] {
  let width = 0;
  const end = graphemes.findIndex((grapheme) => (width += stringWidth(grapheme)) > columns);
  return graphemes.slice(0, end < 0 ? undefined : end);
}

/** Columns of standard output; a hundred if it is no terminal. */
export function outputWidth(): number {
  return process.stdout.columns || 100;
}

/** Prints a line, unless it is empty. */
export function printLine(text: string): void {
  if (text !== '') process.stdout.write(`${text}\n`);
}
