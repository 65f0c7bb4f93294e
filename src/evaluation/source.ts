import type { Buffer } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { messageOf } from '../errors.ts';

/** Test data, line by line. Line `i` of the array is line `i + 1` of the file. */
export interface Source {
  /** What messages call it. */
  readonly name: string;
  /** Without their line ends, and without the byte order mark of the first. */
  readonly lines: readonly string[];
  /** All of it, without the byte order mark. */
  readonly text: string;
}

/** Test data that cannot be used. The message names the file, the line where there is one, and what is wrong with it. */
export class DataError extends Error {
  override readonly name = 'DataError';
  /** Number of the line, from 1. */
  readonly line: number | undefined;

  constructor(source: string, line: number | undefined, problem: string, options?: ErrorOptions) {
    super(line === undefined ? `${source}: ${problem}` : `${source}, line ${line}: ${problem}`, options);
    this.line = line;
  }
}

/** Reads a file, or standard input where its name is `-`. Throws {@link DataError}, or the signal's reason. */
export async function readSource(file: string, signal: AbortSignal): Promise<Source> {
  const name = file === '-' ? 'standard input' : file;
  const stream: Readable = file === '-' ? process.stdin : createReadStream(file);
  let bytes: Buffer;
  try {
    bytes = await buffer(addAbortSignal(signal, stream));
  } catch (cause) {
    signal.throwIfAborted();
    const reason = messageOf(cause);
    throw new DataError(name, undefined, `it cannot be read: ${reason}.`, { cause });
  }
  return sourceOf(name, decode(name, bytes));
}

/** The lines of a text; they end with LF, CR LF or CR. */
export function sourceOf(name: string, text: string): Source {
  const unmarked = text.replace(/^\uFEFF/, '');
  const lines = unmarked.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return { name, lines, text: unmarked };
}

/** UTF-8, or what a byte order mark says. */
function decode(name: string, bytes: Uint8Array): string {
  const marked =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  try {
    return marked === undefined ? utf8(bytes) : new TextDecoder(marked, { fatal: true }).decode(bytes);
  } catch (cause) {
    if (marked !== undefined)
      throw new DataError(name, undefined, `it begins as ${marked} does, but is cut off or damaged.`, { cause });
    const problem = 'it is not UTF-8. Convert the file, for example with `iconv -f latin1 -t utf8`.';
    throw new DataError(name, firstBadLine(bytes), problem, { cause });
  }
}

/** Refuses what came of UTF-16 without a byte order mark: it is well-formed UTF-8, with a NUL beside every letter. */
export function refuseNul({ name, lines }: Source): void {
  const index = lines.findIndex((line) => line.includes('\0'));
  if (index < 0) return;
  const problem =
    'it has NUL characters, as UTF-16 without a byte order mark has. Convert the file, for example with `iconv -f utf-16le -t utf8`.';
  throw new DataError(name, index + 1, problem);
}

function firstBadLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    try {
      utf8(bytes.subarray(start, end < 0 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end < 0) break;
    start = end + 1;
  }
  return line;
}

function utf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}
