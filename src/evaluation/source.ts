/** Test data, line by line. Line `i` of the array is line `i + 1` of the file. */
export interface Source {
  /** Its name in messages. */
  readonly name: string;
  /** Without their ends. */
  readonly lines: readonly string[];
}

/** Test data that cannot be used. The message names the file, the line if there is one, and what is wrong with it. */
export class DataError extends Error {
  override readonly name = 'DataError';
  /** Number of the line, from 1. */
  readonly line: number | undefined;

  constructor(source: string, line: number | undefined, problem: string, options?: ErrorOptions) {
    super(line === undefined ? `${source}: ${problem}` : `${source}, line ${line}: ${problem}`, options);
    this.line = line;
  }
}

/** The lines of a text, without its byte order mark; they end with LF, CR LF or CR. */
export function sourceOf(name: string, text: string): Source {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return { name, lines };
}

/** Refuses UTF-16 without a byte order mark: read as UTF-8, which it is, too, it has a NUL next to every letter. */
export function refuseNul({ name, lines }: Source): void {
  const index = lines.findIndex((line) => line.includes('\0'));
  if (index < 0) return;
  const problem =
    'it has NUL characters, like UTF-16 without a byte order mark. Convert the file, for example with `iconv -f utf-16le -t utf8`.';
  throw new DataError(name, index + 1, problem);
}
