import type { GraphAccess } from '../client/graph-client.ts';
import { OpenText } from '../client/open-text.ts';
import type { CompletedEvent, FoundEntity, ReadingEvent, TailEvent } from '../client/reading.ts';
import { RequestError } from '../client/request-error.ts';
import { groupEntities } from '../documents/entity-groups.ts';
import { BertqlError } from '../errors.ts';
import { type EntityFlags, entityVariables } from './entities.ts';
import { CommandFailure, GraphFailure } from './failure.ts';
import type { Graph } from './graph.ts';
import { Highlighter } from './highlighter.ts';
import { openGraph } from './open-graph.ts';
import { showProgress } from './progress.ts';
import { summary } from './run-analysis.ts';
import { outputPen, Pen, shownJson, snippetOfEnd } from './terminal.ts';

/** Reads standard input while it is being written, and shows what is settled and what is not yet. */
export async function followText(flags: EntityFlags, signal: AbortSignal): Promise<void> {
  const graph = await openGraph({ server: flags.server, apiKey: flags.apiKey, work: 'many' }, signal);
  const ending = new AbortController();
  // Ctrl+C ends the text, which `tail -f` never does; once more, and the process is gone.
  const end = () => ending.abort();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, end);
  try {
    const { model, types, offsetEncoding, ...options } = entityVariables(flags);
    const text = new OpenText(accessTo(graph), {
      ...options,
      ...(model !== null && { model }),
      ...(types !== null && { types }),
      // The text is marked by what JavaScript counts, whatever unit the flags name.
      offsetEncoding: flags.json ? offsetEncoding : 'UTF16',
      sentiment: true,
      signal,
      onLost: ({ message }) => void process.stderr.write(`bertql: ${message} It is tried again.\n`),
    });
    await Promise.all([feed(text, ending.signal), flags.json ? printAll(text) : show(text)]);
  } finally {
    await graph.close();
  }
}

/** Appends standard input to the text as it comes, and ends the text with it. */
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
    // What is ended by a signal breaks off.
    if (!ending.aborted) throw error;
  } finally {
    ending.removeEventListener('abort', stop);
  }
  await text.finish();
}

/** Every event as a line of JSON, those of what is not settled yet, too. */
async function printAll(text: OpenText): Promise<void> {
  for await (const event of text.events()) {
    const { __typename: kind, ...fields } = event;
    process.stdout.write(`${shownJson({ event: kind, ...fields })}\n`);
    failIf(event);
  }
}

async function show(text: OpenText): Promise<void> {
  const pen = outputPen();
  const marked = new Highlighter('', pen);
  const entities: FoundEntity[] = [];
  let tail: TailEvent | undefined;
  let completed: CompletedEvent | undefined;
  const line = showProgress(
    process.stderr,
    false,
    () => lineOf(marked, text.text, tail),
    (each) => pen.write('dim', each),
  );
  const print = (more: string) => {
    if (more !== '') line.aside(() => process.stdout.write(more));
  };
  try {
    for await (const event of text.events()) {
      marked.grow(text.text);
      if (event.__typename === 'ChunkAnalyzed') {
        entities.push(...event.entities);
        print(marked.push(event.entities, event.chunk.start));
      } else if (event.__typename === 'TailAnalyzed') tail = event;
      else if (event.__typename === 'AnalysisCompleted') completed = event;
      failIf(event);
    }
  } finally {
    line.end();
    process.stdout.write(completed ? marked.finish() : marked.flush());
  }
  if (!completed) return;
  const { entityCount, sentiment } = completed;
  const label = sentiment && [...sentiment.probabilities].sort((a, b) => b.probability - a.probability)[0];
  const mood = label ? { label: label.label, confidence: label.probability } : null;
  process.stdout.write(`\n${summary({ entityCount, entityGroups: groupEntities(entities), sentiment: mood })}\n`);
}

function failIf(event: ReadingEvent): void {
  if (event.__typename === 'AnalysisFailed') throw new CommandFailure(event.message);
}

/** The end of what is not settled yet, with the names that it has so far in brackets. */
function lineOf(marked: Highlighter, text: string, tail: TailEvent | undefined): string {
  const columns = (process.stderr.columns || 80) - 1;
  if (!tail) return snippetOfEnd(marked.rest, columns);
  const reading = new Highlighter(text.slice(0, tail.end), new Pen(false));
  const before = marked.rest.length - (text.length - tail.start);
  const settled = before > 0 ? marked.rest.slice(0, before) : '';
  reading.skipTo(tail.start);
  reading.push(tail.entities, tail.start);
  return snippetOfEnd(settled + reading.finish() + text.slice(tail.end), columns);
}

/** The graph as the client asks it, whose failures say whether they may be gone in a moment. */
function accessTo(graph: Graph): GraphAccess {
  return {
    query: (operation, variables) => graph.query(operation, variables).catch((error: unknown) => rethrow(error)),
    subscribe: async function* (operation, variables) {
      try {
        yield* graph.subscribe(operation, variables);
      } catch (error) {
        rethrow(error);
      }
    },
  };
}

function rethrow(error: unknown): never {
  if ((error instanceof GraphFailure || error instanceof BertqlError) && error.code !== undefined) {
    throw new RequestError(error.message, error.code, { cause: error });
  }
  throw error instanceof CommandFailure ? RequestError.lost(error.message, error) : error;
}
