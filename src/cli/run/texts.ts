import { Readable } from 'node:stream';
import type { GraphAccess } from '../../client/graph-client.ts';
import { RequestError } from '../../client/request-error.ts';
import type { Work } from '../graph/local.ts';
import { type ServerFlags, withGraph } from '../graph/open.ts';
import { outputPen, outputWidth, printLine, shown, shownJson, snippet } from '../terminal.ts';
import { type InputFlags, isSingle, type NamedText, type Place, readTexts } from '../text-input.ts';

/** Flags of every command that reads texts. */
export interface TextFlags extends InputFlags, ServerFlags {
  readonly model?: string;
  readonly json?: true;
}

/** What is done with each text of a command, and how its result is printed. */
export interface TextTask<R> {
  /** Whether it needs tokenizers only. */
  readonly tokensOnly?: true;
  ask(graph: GraphAccess, text: string): Promise<R>;
  /** The result for people, without a line end; empty if there is nothing to say. */
  print(result: R, input: NamedText, isSingle: boolean): string;
  /** The result for programs, which is printed after the name of the text. */
  json(result: R): object;
}

/** Texts that are under way at a time. */
const AHEAD = 16;
/** Longest text, in characters, for which a second thread is not worth its start. */
const SHORT = 2000;
/** Errors of a text itself, which do not affect other texts. */
const OF_THE_TEXT = ['EMPTY_TEXT', 'TEXT_TOO_LONG', 'INVALID_TEXT', 'QUERY_TOO_COSTLY', 'REQUEST_TOO_LARGE'];

/** Runs a task on all texts of a command, in order. A text that cannot be read or used is reported; the others continue. */
export async function runTextTask<R>(
  texts: readonly string[],
  flags: TextFlags,
  signal: AbortSignal,
  task: TextTask<R>,
): Promise<void> {
  const inputs = readTexts(texts, flags, signal);
  const single = isSingle(texts, flags);
  await withGraph(flags, task.tokensOnly ? 'tokens' : workOf(texts, flags), signal, async (graph) => {
    const outcomes = Readable.from(inputs).map(
      async (input) => {
        if ('failure' in input) return input;
        try {
          return { ...input, result: await task.ask(graph, input.text) };
        } catch (failure) {
          if (!isOfTheText(failure)) throw failure;
          return { ...input, failure };
        }
      },
      { concurrency: AHEAD, signal },
    );
    for await (const outcome of outcomes) {
      if ('failure' in outcome) reportFailure(outcome, outcome.failure, flags);
      else if (flags.json) printJson(outcome, task.json(outcome.result));
      else printLine(task.print(outcome.result, outcome, single));
    }
  });
}

/** What is printed of a text: lines, under a heading unless it is the only text. */
export function section(lines: readonly string[], { name, text }: NamedText, isSingle: boolean): string {
  if (isSingle) return lines.join('\n');
  return [outputPen().write('bold', snippet(name ?? text, outputWidth())), ...lines, ''].join('\n');
}

/** How much there is to do for the texts of a command. */
export function workOf([text = '', ...others]: readonly string[], { file }: InputFlags): Work {
  const isOneShort = text !== '' && text !== '-' && others.length === 0 && text.length <= SHORT && !file;
  return isOneShort ? 'one' : 'many';
}

/** Reports that a text could not be read or used; the command will end with 1. */
export function reportFailure(place: Place, failure: Error, { json }: TextFlags): void {
  process.exitCode = 1;
  if (json) printJson(place, { code: 'code' in failure ? failure.code : 'UNREADABLE', message: failure.message });
  const { name } = place;
  const prefix = name === undefined || failure.message.startsWith(name) ? '' : `${name}: `;
  process.stderr.write(`bertql: ${shown(`${prefix}${failure.message}`)}\n`);
}

/** Prints a line of JSON that says which text it is about. */
export function printJson({ name, index }: Place, result: object): void {
  printLine(shownJson({ ...(name === undefined ? { index } : { source: name }), ...result }));
}

export function isOfTheText(failure: unknown): failure is RequestError {
  return failure instanceof RequestError && OF_THE_TEXT.includes(failure.code);
}
