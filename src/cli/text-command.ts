import { Readable } from 'node:stream';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { GraphFailure } from './failure.ts';
import type { Graph, GraphRequest } from './graph.ts';
import { openGraph } from './open-graph.ts';
import { shown, shownJson } from './terminal.ts';
import type { InputFlags, NamedText } from './text-input.ts';

/** Flags of every command that reads texts. */
export interface TextFlags extends InputFlags {
  readonly model?: string;
  readonly json?: true;
  readonly server?: string;
  readonly apiKey?: string;
}

/** Texts that are under way at a time. */
const AHEAD = 16;
/** Longest text, in characters, for which a second thread is not worth its start. */
const SHORT = 2000;
/** Failures that are the text's own: those of other texts are not affected. */
const OF_THE_TEXT = ['EMPTY_TEXT', 'TEXT_TOO_LONG', 'INVALID_TEXT', 'QUERY_TOO_COSTLY', 'REQUEST_TOO_LARGE'];

/** Adds what every command that reads texts takes. */
export function textCommand(program: Command, name: string): Command {
  return program
    .command(name)
    .argument('[text...]', 'texts; - is standard input, and so is none at all')
    .option('-f, --file <file>', 'read a file; may be repeated', (file, files: string[] = []) => [...files, file])
    .option('-l, --lines', 'take every line of a file as a text of its own')
    .option('-m, --model <id>', "the model (default: the task's)")
    .option('--json', 'print a line of JSON for each result')
    .addOption(
      new Option('-s, --server <url>', 'ask a running server; ws://… streams over WebSocket').env('BERTQL_SERVER'),
    )
    .addOption(
      new Option('--api-key <key>', 'the key or token for it; others can see arguments').env('BERTQL_API_KEY'),
    );
}

/** What is done with each text of a command, and how its result is printed. */
export interface TextTask<R> {
  /** `tokens` where no model is needed. */
  readonly work: 'tokens' | 'models';
  ask(graph: Graph, text: string): Promise<R>;
  /** The result for people, without a line end; nothing where there is nothing to say. */
  print(result: R, input: NamedText, isOnly: boolean): string;
  /** The result for programs, which the name of the text is put before. */
  json(result: R): object;
}

/** Does a task with all texts of a command, in order; those that cannot be read or used are told, and the rest goes on. */
export async function runTextTask<R>(
  command: Command,
  texts: readonly string[],
  flags: TextFlags,
  signal: AbortSignal,
  task: TextTask<R>,
): Promise<void> {
  const { lacksInput, readTexts } = await import('./text-input.ts');
  if (lacksInput(texts, flags)) command.error('error: give a text, --file, or a pipe to standard input');
  const isOnly = texts.length + (flags.file?.length ?? 0) <= 1 && !flags.lines;
  const graph = await openGraph(requestOf(texts, flags, task.work), signal);
  try {
    const outcomes = Readable.from(readTexts(texts, flags, signal)).map(
      async (input) => {
        if ('failure' in input) return { input, failure: input.failure };
        try {
          return { input, result: await task.ask(graph, input.text) };
        } catch (failure) {
          if (!isOfTheText(failure)) throw failure;
          return { input, failure };
        }
      },
      { concurrency: AHEAD, signal },
    );
    for await (const outcome of outcomes) {
      if ('failure' in outcome) tellFailure(outcome.input, outcome.failure, flags);
      else if (flags.json) printJson(outcome.input, task.json(outcome.result));
      else printLines(task.print(outcome.result, outcome.input, isOnly));
    }
  } finally {
    await graph.close();
  }
}

/** Which graph is asked, and how much there is to do. */
export function requestOf(texts: readonly string[], flags: TextFlags, work: 'tokens' | 'models'): GraphRequest {
  const [text = '', ...others] = texts;
  const isOneShort = text !== '' && text !== '-' && others.length === 0 && text.length <= SHORT && !flags.file;
  const amount = work === 'tokens' ? 'tokens' : isOneShort ? 'one' : 'many';
  return { server: flags.server, apiKey: flags.apiKey, work: amount };
}

/** Tells that a text could not be read or used; the command will fail, once it is through. */
export function tellFailure(input: Place, failure: Error, { json }: TextFlags): void {
  process.exitCode = 1;
  if (json) printJson(input, { code: 'code' in failure ? failure.code : 'UNREADABLE', message: failure.message });
  const { name } = input;
  const place = name === undefined || failure.message.startsWith(name) ? '' : `${name}: `;
  process.stderr.write(`bertql: ${shown(`${place}${failure.message}`)}\n`);
}

/** Where a text comes from: a file or a line of it, or the arguments, in which it has an index. */
type Place = Pick<NamedText, 'name' | 'index'>;

/** A line of JSON that says which text it is about. */
export function printJson({ name, index }: Place, result: object): void {
  process.stdout.write(`${shownJson(name === undefined ? { index, ...result } : { source: name, ...result })}\n`);
}

function printLines(text: string): void {
  if (text !== '') process.stdout.write(`${text}\n`);
}

export function isOfTheText(failure: unknown): failure is Error {
  if (!(failure instanceof Error) || !('code' in failure)) return false;
  const isRefusal = failure instanceof GraphFailure || failure.name === 'BertqlError';
  return isRefusal && OF_THE_TEXT.includes(String(failure.code));
}

/** The offsets' unit, as commands take it. */
export function offsetsOption(): Option {
  return new Option('--offsets <unit>', 'what positions count')
    .choices(['utf16', 'code-point', 'utf8'])
    .default('utf16');
}

const ENCODINGS = { utf16: 'UTF16', 'code-point': 'CODE_POINT', utf8: 'UTF8_BYTE' } as const;

/** A value of {@link offsetsOption}. */
export type OffsetUnit = keyof typeof ENCODINGS;

/** The unit as the graph has it. */
export function encodingOf(offsets: OffsetUnit) {
  return ENCODINGS[offsets];
}

export function parseCount(value: string): number {
  if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) < 2 ** 31) return Number(value);
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
}

export function parseShare(value: string): number {
  const share = Number(value);
  if (value.trim() !== '' && share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

/** Words between commas. */
export function parseWords(value: string): readonly string[] {
  return value
    .split(',')
    .map((word) => word.trim())
    .filter(Boolean);
}
