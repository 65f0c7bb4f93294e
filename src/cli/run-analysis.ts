import type { Command } from 'commander';
import { type AnalysisEvent, analysisEvents } from './analysis-events.ts';
import { type EntityFlags, entityVariables } from './entities.ts';
import { CommandFailure } from './failure.ts';
import type { Graph } from './graph.ts';
import { Highlighter } from './highlighter.ts';
import { openGraph } from './open-graph.ts';
import { showProgress } from './progress.ts';
import { count, percent, table } from './table.ts';
import { outputPen, outputWidth, shown, snippet } from './terminal.ts';
import { isOfTheText, printJson, requestOf, tellFailure } from './text-command.ts';
import { lacksInput, type NamedText, readTexts } from './text-input.ts';

type Completed = Extract<AnalysisEvent, { __typename: 'AnalysisCompleted' }>;

/** What is told of a text that was read. */
type Totals = Pick<Completed, 'entityCount' | 'sentiment'> & {
  readonly entityGroups: readonly Pick<Completed['entityGroups'][number], 'text' | 'type' | 'count' | 'confidence'>[];
};

/** Groups that are shown at the end. */
const GROUPS_SHOWN = 20;
const BAR_CELLS = 24;

/** How texts are analysed. */
interface Run {
  readonly graph: Graph;
  readonly flags: EntityFlags;
  /** Whether there is one text, which needs no heading. */
  readonly isOnly: boolean;
  readonly signal: AbortSignal;
}

/** Analyses texts one after the other. */
export async function analyzeTexts(
  command: Command,
  texts: readonly string[],
  flags: EntityFlags,
  signal: AbortSignal,
): Promise<void> {
  if (lacksInput(texts, flags)) command.error('error: give a text, --file, or a pipe to standard input');
  const isOnly = texts.length + (flags.file?.length ?? 0) <= 1 && !flags.lines;
  const graph = await openGraph(requestOf(texts, flags, 'models'), signal);
  try {
    for await (const input of readTexts(texts, flags, signal)) {
      if ('failure' in input) {
        tellFailure(input, input.failure, flags);
        continue;
      }
      try {
        await (flags.json ? printEvents : highlight)(input, { graph, flags, isOnly, signal });
      } catch (failure) {
        if (!isOfTheText(failure)) throw failure;
        tellFailure(input, failure, flags);
      }
    }
  } finally {
    await graph.close();
  }
}

async function printEvents(input: NamedText, { graph, flags, signal }: Run): Promise<void> {
  const { name, text } = input;
  const progress = new Reading(snippet(name ?? text, 30));
  try {
    for await (const event of analysisEvents(graph, { text, ...entityVariables(flags) }, signal)) {
      progress.take(event);
      progress.aside(() => printJson(input, jsonOf(event)));
      if (event.__typename === 'AnalysisFailed') throw new CommandFailure(event.message);
    }
  } finally {
    progress.end();
  }
}

/** An event for programs: what it says of the text, without how long that took. */
function jsonOf(event: AnalysisEvent): object {
  const { __typename: kind, cursor, sequence } = event;
  const base = { event: kind, sequence, cursor };
  if (kind === 'AnalysisFailed') return { ...base, code: event.code, message: event.message };
  if (kind === 'AnalysisCompleted') {
    const { entityCount, entityGroups, sentiment, progress } = event;
    return { ...base, entityCount, entityGroups, sentiment: sentiment ?? null, progress };
  }
  return { ...base, chunk: event.chunk, entities: event.entities, progress: event.progress };
}

async function highlight({ name, text }: NamedText, { graph, flags, isOnly, signal }: Run): Promise<void> {
  const pen = outputPen();
  const { stdout } = process;
  if (!isOnly) stdout.write(`${pen.write('bold', `==> ${snippet(name ?? text, outputWidth() - 8)} <==`)}\n`);
  const marked = new Highlighter(text, pen);
  const progress = new Reading(snippet(name ?? text, 30));
  let completed: Completed | undefined;
  try {
    // The text is marked by what JavaScript counts, whatever unit the flags name.
    const variables = { text, ...entityVariables(flags), offsetEncoding: 'UTF16' as const };
    for await (const event of analysisEvents(graph, variables, signal)) {
      progress.take(event);
      if (event.__typename === 'ChunkAnalyzed') {
        const more = marked.push(event.entities, event.chunk.start);
        if (more !== '') progress.aside(() => stdout.write(more));
      } else if (event.__typename === 'AnalysisCompleted') completed = event;
      else throw new CommandFailure(event.message);
    }
  } finally {
    progress.end();
    stdout.write(completed ? marked.finish() : marked.flush());
  }
  if (completed) stdout.write(`\n${summary(completed)}\n${isOnly ? '' : '\n'}`);
}

/** What a text amounts to: its names, the most mentioned first, and its sentiment. */
export function summary({ entityCount, entityGroups, sentiment }: Totals): string {
  const pen = outputPen();
  const rows = entityGroups
    .slice(0, GROUPS_SHOWN)
    .map(({ type, count, confidence, text }) => [type, `${count}×`, percent(confidence), text]);
  const more = entityGroups.length - rows.length;
  const mood = sentiment ? `, ${shown(sentiment.label)} ${percent(sentiment.confidence)}` : '';
  const names = `${count(entityGroups.length, 'name')} in ${count(entityCount, 'place')}`;
  return [
    ...(rows.length > 0 ? [table(rows, ['left', 'right', 'right', 'left'])] : []),
    ...(more > 0 ? [pen.write('dim', `and ${count(more, 'more name')}`)] : []),
    pen.write('bold', `${names}${mood}`),
  ].join('\n');
}

/** How far a reading is, in a line on standard error where that is a terminal. */
class Reading {
  readonly #name: string;
  readonly #line;
  #event: AnalysisEvent | undefined;
  #entities = 0;

  constructor(name: string) {
    this.#name = name;
    this.#line = showProgress(process.stderr, false, () => this.#describe());
  }

  take(event: AnalysisEvent): void {
    this.#event = event;
    if (event.__typename === 'ChunkAnalyzed') this.#entities += event.entities.length;
  }

  aside(action: () => void): void {
    this.#line.aside(action);
  }

  end(): void {
    this.#line.end();
  }

  #describe(): string {
    if (!this.#event || !('progress' in this.#event)) return `${this.#name}: reading`;
    const { chunksDone, chunksTotal, fraction } = this.#event.progress;
    const full = Math.round(fraction * BAR_CELLS);
    const bar = '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
    const share = `${Math.floor(100 * fraction)} %`.padStart(5);
    return `${bar} ${share}  ${chunksDone.toLocaleString('en')} of ${count(chunksTotal, 'chunk')}, ${count(this.#entities, 'entity', 'entities')}  ${this.#name}`;
  }
}
