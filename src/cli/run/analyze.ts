import { readingEvents } from '../../client/follow.ts';
import { OpenText } from '../../client/open-text.ts';
import { NOTHING_READ, type Reading, type ReadingEvent, reduceReading } from '../../client/reading.ts';
import { CONNECTION_LOST, type RequestError } from '../../client/request-error.ts';
import { groupEntities } from '../../documents/entity-groups.ts';
import { type Judged, verdictOf } from '../../documents/verdict.ts';
import { CommandFailure, UsageFailure } from '../failure.ts';
import { withGraph } from '../graph/open.ts';
import { bar, showProgress } from '../progress.ts';
import { count, percent, table } from '../table.ts';
import { outputPen, outputWidth, Pen, printLine, shown, snippet, snippetOfEnd } from '../terminal.ts';
import { isSingle, type NamedText, readTexts } from '../text-input.ts';
import { type EntityFlags, entityVariables } from './entities.ts';
import { Highlighter } from './highlighter.ts';
import { VERDICTS } from './sentiment.ts';
import { isOfTheText, printJson, reportFailure, workOf } from './texts.ts';

export interface AnalyzeFlags extends EntityFlags {
  readonly follow?: true;
}

/** Names that are listed at the end. */
const NAMES_SHOWN = 20;
/** How often a stream that has begun is tried again without another event: for about half a minute. */
const RETRIES = 7;

/** Analyses texts one after the other. */
export async function analyzeTexts(texts: readonly string[], flags: AnalyzeFlags, signal: AbortSignal): Promise<void> {
  const inputs = readTexts(texts, flags, signal);
  const single = isSingle(texts, flags);
  await withGraph(flags, workOf(texts, flags), signal, async (graph) => {
    for await (const input of inputs) {
      if ('failure' in input) {
        reportFailure(input, input.failure, flags);
        continue;
      }
      const patience = new Patience(RETRIES);
      const { text } = input;
      const { onLost } = patience;
      const events = readingEvents(graph, { text, ...readingOptions(flags) }, { signal, onLost });
      try {
        if (flags.json) await printEvents(patience.watch(events), input);
        else await highlight(patience.watch(events), input, single);
      } catch (failure) {
        if (!isOfTheText(failure)) throw failure;
        reportFailure(input, failure, flags);
      }
    }
  });
}

/** Reads standard input while it is being written, and shows what is settled and what is not yet. */
export async function followInput(
  texts: readonly string[],
  flags: AnalyzeFlags,
  signal: AbortSignal,
  release: () => void,
): Promise<void> {
  if (texts.length > 0 || flags.file || flags.lines) throw new UsageFailure('--follow reads standard input alone');
  release();
  const ending = new AbortController();
  // Ctrl+C ends the text, which `tail -f` never does; a second one ends the process.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => ending.abort());
  await withGraph(flags, 'many', signal, async (graph) => {
    const patience = new Patience(Number.POSITIVE_INFINITY);
    const onLost = (error: RequestError) => {
      patience.onLost(error);
      const why = error.code === CONNECTION_LOST ? 'The connection to the server is lost.' : shown(error.message);
      process.stderr.write(`bertql: ${why} Trying again.\n`);
    };
    const text = new OpenText(graph, { ...readingOptions(flags), sentiment: true, signal, onLost });
    const events = patience.watch(text.events());
    await Promise.all([
      feed(text, ending.signal),
      flags.json ? printEvents(events, undefined) : highlight(events, text, true),
    ]);
  });
}

function readingOptions(flags: AnalyzeFlags) {
  const variables = entityVariables(flags);
  // The text is marked by the unit of JavaScript, whatever unit the flags name.
  return flags.json ? variables : { ...variables, offsetEncoding: 'UTF16' as const };
}

/** Decides whether a stream is tried again: not before its first event, and then so many times after each. */
class Patience {
  readonly #retries: number;
  #left = 0;

  constructor(retries: number) {
    this.#retries = retries;
  }

  async *watch(events: AsyncIterable<ReadingEvent>): AsyncGenerator<ReadingEvent, void, void> {
    for await (const event of events) {
      this.#left = this.#retries;
      yield event;
    }
  }

  /** Throws the error if it is not tried again. */
  readonly onLost = (error: RequestError): void => {
    if (this.#left-- <= 0) throw error;
  };
}

/** Appends standard input to the text as it comes, and finishes the text. */
async function feed(text: OpenText, ending: AbortSignal): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const { stdin } = process;
  const stop = () => void stdin.destroy();
  ending.addEventListener('abort', stop, { once: true });
  if (ending.aborted) stop();
  try {
    for await (const bytes of stdin as AsyncIterable<Uint8Array>)
      await text.append(decoder.decode(bytes, { stream: true }));
  } catch (error) {
    if (error instanceof TypeError) throw new CommandFailure('standard input is not UTF-8.', { cause: error });
    // A signal destroys the input, which is an error to its reader.
    if (!ending.aborted) throw error;
  }
  await text.finish();
}

/** Prints each event as a line of JSON. */
async function printEvents(events: AsyncIterable<ReadingEvent>, input: NamedText | undefined): Promise<void> {
  let reading = NOTHING_READ;
  const line = input && showProgress(process.stderr, false, () => progressLine(reading, input));
  try {
    for await (const event of events) {
      reading = reduceReading(reading, event);
      const print = () => printJson(input ?? {}, jsonOf(event, reading));
      if (line) line.aside(print);
      else print();
      failIf(event);
    }
  } finally {
    line?.end();
  }
}

function jsonOf({ __typename: event, ...fields }: ReadingEvent, { entities }: Reading): object {
  if (event !== 'AnalysisCompleted') return { event, ...fields };
  const entityGroups = groupEntities(entities).map(({ mentions: _, ...group }) => group);
  return { event, ...fields, entityGroups };
}

/** Prints a text with its entities marked, then its totals. */
async function highlight(events: AsyncIterable<ReadingEvent>, source: NamedText | OpenText, isSingle: boolean) {
  const pen = outputPen();
  if (!isSingle) printLine(pen.write('bold', `==> ${snippet(titleOf(source), outputWidth() - 8)} <==`));
  const marked = new Highlighter('', pen);
  let reading = NOTHING_READ;
  const line =
    source instanceof OpenText
      ? showProgress(
          process.stderr,
          false,
          () => unsettledLine(reading, source.text, marked.printed),
          (each) => pen.write('dim', each),
        )
      : showProgress(process.stderr, false, () => progressLine(reading, source));
  try {
    for await (const event of events) {
      reading = reduceReading(reading, event);
      marked.grow(source.text);
      if (event.__typename === 'ChunkAnalyzed') {
        const more = marked.push(event.entities, event.chunk.start);
        if (more !== '') line.aside(() => process.stdout.write(more));
      }
      failIf(event);
    }
  } finally {
    line.end();
    process.stdout.write(reading.state === 'completed' ? marked.finish() : marked.flush());
  }
  process.stdout.write(`\n${totals(reading)}\n${isSingle ? '' : '\n'}`);
}

function failIf(event: ReadingEvent): void {
  if (event.__typename === 'AnalysisFailed') throw new CommandFailure(event.message);
}

/** The names of a text, the most mentioned first, and the sentiment of its windows together. */
function totals({ entities, sentiment }: Reading): string {
  const pen = outputPen();
  const groups = groupEntities(entities);
  const rows = groups
    .slice(0, NAMES_SHOWN)
    .map(({ type, count, confidence, text }) => [type, `${count}×`, percent(confidence), text]);
  const more = groups.length - rows.length;
  const names =
    groups.length === 0 ? 'no names' : `${count(groups.length, 'name')} in ${count(entities.length, 'place')}`;
  return [
    ...(rows.length > 0 ? [table(rows, ['left', 'right', 'right', 'left'])] : []),
    ...(more > 0 ? [pen.write('dim', `and ${count(more, 'more name')}`)] : []),
    pen.write('bold', `${names}${sentiment ? `; sentiment of the whole text: ${inWords(sentiment)}` : ''}`),
  ].join('\n');
}

function inWords(sentiment: Judged): string {
  const verdict = verdictOf(sentiment);
  if (verdict !== 'LEANING') return VERDICTS[verdict];
  const { label } = sentiment;
  const probability = sentiment.probabilities.find((each) => each.label === label)?.probability ?? 0;
  return `${shown(label)} (${percent(probability)})`;
}

/** How far a reading is. */
function progressLine({ progress, entities }: Reading, input: NamedText): string {
  const title = snippet(titleOf(input), 30);
  if (!progress) return `${title}: reading`;
  const { chunksDone, chunksTotal, fraction } = progress;
  const share = `${Math.floor(100 * fraction)} %`.padStart(5);
  const chunks = `${chunksDone.toLocaleString('en')} of ${count(chunksTotal, 'chunk')}`;
  return `${bar(fraction)} ${share}  ${chunks}, ${count(entities.length, 'entity', 'entities')}  ${title}`;
}

/** The end of a text that grows, as far as it was not printed, with the names that it has so far in brackets. */
function unsettledLine({ entities, tail }: Reading, text: string, printed: number): string {
  const columns = (process.stderr.columns || 80) - 1;
  const start = Math.max(printed, text.length - 4 * columns);
  const marked = new Highlighter(text, new Pen(false), start);
  const marks = [...entities, ...(tail?.entities ?? [])].filter(({ end }) => end > start);
  return snippetOfEnd(marked.push(marks, start) + marked.finish(), columns);
}

function titleOf(source: NamedText | OpenText): string {
  return ('name' in source && source.name) || source.text;
}
