import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { messageOf } from '../thrown.ts';
import { UnreadableInput, UsageFailure } from './failure.ts';

/** Where the texts of a command come from. */
export interface InputFlags {
  readonly file?: readonly string[];
  readonly lines?: true;
}

/** Which text it is: one of a file or of standard input has a name, one of the arguments has its index among them. */
export interface Place {
  readonly name?: string;
  readonly index?: number;
}

export interface NamedText extends Place {
  readonly text: string;
}

/** A file or line that cannot be read; the other texts are not affected. */
export interface UnreadableText extends Place {
  readonly failure: Error;
}

/** Whether there is one text, which needs no heading. */
export function isSingle(texts: readonly string[], { file = [], lines }: InputFlags): boolean {
  return texts.length + file.length <= 1 && !lines;
}

/**
 * The texts of a command: its arguments, then its files, otherwise standard input. With `lines`, each line of a file that
 * is not blank is a text of its own, and comes as soon as it is there. Throws {@link UsageFailure} if there is no text
 * and standard input is a terminal.
 */
export function readTexts(
  texts: readonly string[],
  { file = [], lines }: InputFlags,
  signal: AbortSignal,
): AsyncGenerator<NamedText | UnreadableText, void, void> {
  const isInput = texts.length === 0 && file.length === 0;
  if (isInput && process.stdin.isTTY) throw new UsageFailure('give a text, --file, or a pipe to standard input');
  return readEach(texts, isInput ? ['-'] : file, lines === true, signal);
}

async function* readEach(
  texts: readonly string[],
  files: readonly string[],
  lines: boolean,
  signal: AbortSignal,
): AsyncGenerator<NamedText | UnreadableText, void, void> {
  for (const [index, text] of texts.entries()) {
    if (text === '-') yield* readFile('-', lines, signal);
    else yield { index, text };
  }
  for (const path of files) yield* readFile(path, lines, signal);
}

async function* readFile(
  path: string,
  lines: boolean,
  signal: AbortSignal,
): AsyncGenerator<NamedText | UnreadableText, void, void> {
  try {
    if (lines) yield* readLines(path, signal);
    else yield await readText(path, signal);
  } catch (failure) {
    if (!(failure instanceof UnreadableInput)) throw failure;
    yield { name: nameOf(path), failure };
  }
}

/**
 * Reads a file, or standard input if its name is `-`, without its byte order mark. Throws {@link UnreadableInput}, or what
 * the signal was aborted with.
 */
export async function readText(path: string, signal: AbortSignal): Promise<NamedText & { readonly name: string }> {
  const name = nameOf(path);
  const bytes = await buffer(open(path, signal)).catch((cause: unknown) => notRead(name, cause, signal));
  const encoding = UTF16.find(({ mark }) => mark[0] === bytes[0] && mark[1] === bytes[1])?.name ?? 'utf-8';
  try {
    return { name, text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch (cause) {
    const problem =
      encoding === 'utf-8'
        ? `${name}, line ${firstBadLine(bytes)}: ${NOT_UTF8}`
        : `${name}: it begins as ${encoding} does, but is cut off or damaged.`;
    throw new UnreadableInput(problem, { cause });
  }
}

const UTF16 = [
  { name: 'utf-16le', mark: [0xff, 0xfe] },
  { name: 'utf-16be', mark: [0xfe, 0xff] },
] as const;
const NOT_UTF8 = 'it is not UTF-8. Convert the file, for example with `iconv -f latin1 -t utf8`.';
const LINE_END = 0x0a;

async function* readLines(path: string, signal: AbortSignal): AsyncGenerator<NamedText | UnreadableText, void, void> {
  let line = 0;
  try {
    for await (const bytes of linesOf(open(path, signal))) {
      const name = `${nameOf(path)}:${++line}`;
      const text = decode(bytes);
      if (text === undefined) yield { name, failure: new UnreadableInput(`${name}: ${NOT_UTF8}`) };
      else if (text.trim() !== '') yield { name, text: text.replace(/\r$/, '') };
    }
  } catch (cause) {
    notRead(nameOf(path), cause, signal);
  }
}

/** Lines without their ends, each as soon as it is there. */
async function* linesOf(stream: Readable): AsyncGenerator<Buffer, void, void> {
  const rest: Buffer[] = [];
  for await (const bytes of stream as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, start)) {
      yield Buffer.concat([...rest.splice(0), bytes.subarray(start, end)]);
      start = end + 1;
    }
    if (start < bytes.length) rest.push(bytes.subarray(start));
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

function open(path: string, signal: AbortSignal): Readable {
  return addAbortSignal(signal, path === '-' ? process.stdin : createReadStream(path));
}

function notRead(name: string, cause: unknown, signal: AbortSignal): never {
  signal.throwIfAborted();
  throw new UnreadableInput(`${name}: it cannot be read: ${messageOf(cause)}.`, { cause });
}

/** A line of UTF-8; `undefined` if it is not. */
function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Number of the first line that is not UTF-8. */
function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0, end = 0; end >= 0; line++, start = end + 1) {
    end = bytes.indexOf(LINE_END, start);
    if (decode(bytes.subarray(start, end < 0 ? undefined : end)) === undefined) return line;
  }
  return line;
}
