import { Buffer } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { addAbortSignal, type Readable } from 'node:stream';
import { messageOf } from '../errors.ts';
import { DataError, readSource } from '../evaluation/source.ts';

/** Where the texts of a command come from. */
export interface InputFlags {
  readonly file?: readonly string[];
  readonly lines?: true;
}

/** A text, and what messages call it; one that was given as an argument has no name but its place among them. */
export interface NamedText {
  readonly name: string | undefined;
  readonly index?: number;
  readonly text: string;
}

/** A file or line that cannot be read. Other texts are not affected. */
export interface UnreadableText {
  readonly name: string;
  readonly failure: DataError;
}

/** Whether a command has to be told where its texts are: standard input is a terminal, and nothing else was named. */
export function lacksInput(texts: readonly string[], { file = [] }: InputFlags): boolean {
  return texts.length === 0 && file.length === 0 && process.stdin.isTTY === true;
}

/**
 * The texts of a command: its arguments, then its files, else standard input. With `lines` every line of a file that
 * is not blank is a text of its own, and comes as soon as it is there. Offsets count from after a byte order mark.
 */
export async function* readTexts(
  texts: readonly string[],
  { file, lines }: InputFlags,
  signal: AbortSignal,
): AsyncGenerator<NamedText | UnreadableText, void, void> {
  for (const [index, text] of texts.entries()) {
    if (text === '-') yield* readFile('-', lines, signal);
    else yield { name: undefined, index, text };
  }
  const files = file ?? (texts.length === 0 ? ['-'] : []);
  for (const path of files) yield* readFile(path, lines, signal);
}

async function* readFile(
  path: string,
  lines: true | undefined,
  signal: AbortSignal,
): AsyncGenerator<NamedText | UnreadableText, void, void> {
  const name = path === '-' ? 'standard input' : path;
  try {
    if (lines) yield* readLines(path, name, signal);
    else yield { name, text: (await readSource(path, signal)).text };
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    yield { name, failure: error };
  }
}

async function* readLines(
  path: string,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<NamedText | UnreadableText, void, void> {
  let line = 0;
  try {
    for await (const bytes of linesOf(addAbortSignal(signal, path === '-' ? process.stdin : createReadStream(path)))) {
      line++;
      const named = decode(`${name}:${line}`, bytes);
      if ('failure' in named || named.text.trim() !== '') yield named;
    }
  } catch (cause) {
    signal.throwIfAborted();
    const reason = messageOf(cause);
    throw new DataError(name, undefined, `it cannot be read: ${reason}.`, { cause });
  }
}

const LINE_END = 0x0a;

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

/** One line; where it is not UTF-8, the others are not affected. */
function decode(name: string, bytes: Buffer): NamedText | UnreadableText {
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r$/, '') };
  } catch (cause) {
    const problem = 'it is not UTF-8. Convert the file, for example with `iconv -f latin1 -t utf8`.';
    return { name, failure: new DataError(name, undefined, problem, { cause }) };
  }
}
