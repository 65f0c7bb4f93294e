import { digestOf } from '../digest.ts';
import { asBertqlError, BertqlError, type ErrorCode, throwIfAborted } from '../errors.ts';
import type { Timing } from '../inference/timing.ts';
import type { Model } from '../models/registry.ts';
import { isTurnOver, nextTurn } from '../turns.ts';
import type { TokenEntity } from './aggregation.ts';
import type { Chunk } from './chunking.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import type { Document, EntityOptions, Reading } from './document.ts';
import { checkFilter, chunkAt, type Entity, entitiesOf, keeps } from './entities.ts';
import type { EntityGroup } from './entity-groups.ts';
import { groupYielding } from './group-yielding.ts';
import type { LabelledChunk } from './labelling.ts';
import type { SentimentResult } from './sentiment.ts';
import type { Span } from './span.ts';

/**
 * Increased whenever the rules for sentences, chunks or entities change, so that no stream resumes under other rules.
 */
export const RULES = 2;

/** How much of a document has been read. */
export interface Progress {
  readonly chunksDone: number;
  readonly chunksTotal: number;
  readonly tokensDone: number;
  readonly tokensTotal: number;
  /** Part of the tokens that are done, 0 to 1; 1 for a document without tokens. */
  readonly fraction: number;
}

/** The range of the text from a chunk's first own token to its last. */
export interface ChunkRange {
  readonly index: number;
  /** Half-open range in the text, in the client's unit. */
  readonly start: number;
  readonly end: number;
  readonly span: Span;
  readonly tokenCount: number;
}

interface EventBase {
  /** Resumes after this event when it is sent back as `after`. */
  readonly cursor: string;
  /** 0 for the first event of an analysis, then counted up by one. */
  readonly sequence: number;
}

export interface ChunkAnalyzed extends EventBase {
  readonly kind: 'ChunkAnalyzed';
  readonly document: Document;
  readonly chunk: ChunkRange;
  /** The entities that are settled by this chunk: no later chunk can change them. */
  readonly entities: readonly Entity<Document>[];
  /** The sentiment of the chunk, or `null` if it has none; missing if it is computed later. */
  readonly sentiment?: SentimentResult | null;
  readonly progress: Progress;
  readonly timing: Timing;
}

export interface AnalysisCompleted extends EventBase {
  readonly kind: 'AnalysisCompleted';
  readonly document: Document;
  readonly entityCount: number;
  readonly entityGroups: readonly EntityGroup<Entity<Document>>[];
  /** The sentiment of the whole text, or `null` if it has none; missing if it is computed later. */
  readonly sentiment?: SentimentResult | null;
  readonly progress: Progress;
  /** Whether the server finished an open text because nothing was appended any more. */
  readonly abandoned?: boolean;
}

export interface AnalysisFailed extends EventBase {
  readonly kind: 'AnalysisFailed';
  readonly code: ErrorCode;
  readonly message: string;
}

export type AnalysisEvent = ChunkAnalyzed | AnalysisCompleted | AnalysisFailed;

/** Logs an unexpected failure. Returns the message for the client. */
export type ReportFailure = (error: unknown) => string;

/**
 * Reads a document chunk by chunk. Yields one {@link ChunkAnalyzed} for every chunk, in order, and then one
 * {@link AnalysisCompleted}; the entities of all events together are exactly those of `document.entities`. Only a few
 * windows are computed ahead of the reader.
 *
 * The work is deterministic, so a stream resumes `after` the cursor of an earlier one without any stored state. Bad
 * arguments throw; a failure after the first event ends the stream with an {@link AnalysisFailed}.
 *
 * @param earlier the entities up to `after`, if known: the totals at the end need them, and otherwise that part of the
 *   text is read again
 */
export async function analyze(
  document: Document,
  model: Model,
  options: EntityOptions,
  after: string | null | undefined,
  reportFailure: ReportFailure,
  earlier?: readonly Entity<Document>[],
): Promise<AsyncGenerator<AnalysisEvent, void, void>> {
  await document.use('NER', model.id);
  checkFilter(model, options);
  const fingerprint = await fingerprintOf(document, model, options);
  const from = after == null ? { fingerprint, sequence: -1, resumeAt: 0 } : decodeCursor(after, fingerprint);
  const reading = await document.read(model, options.aggregation, after == null);
  checkRange(from, reading);
  return number(read(reading, options, from, earlier), from, reportFailure, document.signal);
}

/** Adds the sequence number and cursor to each step, and turns a failure into the last event. */
async function* number(
  steps: AsyncIterable<Step>,
  from: Cursor,
  reportFailure: ReportFailure,
  signal: AbortSignal | undefined,
): AsyncGenerator<AnalysisEvent, void, void> {
  let last = from;
  try {
    for await (const { event, resumeAt } of steps) {
      last = { ...last, sequence: last.sequence + 1, resumeAt };
      yield { ...event, cursor: encodeCursor(last), sequence: last.sequence };
      // If all scores are cached, nothing else yields to the event loop.
      if (isTurnOver()) await nextTurn(signal);
      // Some of the next chunks may have been scored already, which nobody needs.
      throwIfAborted(signal);
    }
  } catch (error) {
    const expected = asBertqlError(error);
    yield {
      kind: 'AnalysisFailed',
      cursor: encodeCursor(last),
      sequence: last.sequence + 1,
      code: expected?.code ?? 'INTERNAL',
      message: expected?.message ?? reportFailure(error),
    };
  }
}

/** An event without its number, and the first token to decode after it. */
interface Step {
  readonly event: Omit<ChunkAnalyzed, keyof EventBase> | Omit<AnalysisCompleted, keyof EventBase>;
  readonly resumeAt: number;
}

async function* read(
  reading: Reading,
  filter: EntityOptions,
  from: Cursor,
  earlier: readonly Entity<Document>[] | undefined,
): AsyncGenerator<Step> {
  const { chunks, document } = reading;
  const done = from.sequence + 1;
  if (done > chunks.length) return;
  const decoder = reading.decoder(from.resumeAt);
  const isKept = keeps(reading.model, filter);
  const wanted = (decoded: readonly TokenEntity[]) => entitiesOf(reading, decoded).filter(isKept);
  const given: Entity<Document>[] = [];

  // An entity that was still open at the cursor is decoded again from its first token.
  const first = done < chunks.length ? chunkAt(chunks, from.resumeAt) : chunks.length;
  for await (const labelled of reading.label(first)) {
    const { chunk } = labelled;
    const settled = [...decoder.push(rowsFrom(labelled, from.resumeAt, reading.model))];
    if (chunk.index < done) continue;
    if (chunk.index === chunks.length - 1) settled.push(...decoder.finish());
    const entities = wanted(settled);
    given.push(...entities);
    const event = {
      kind: 'ChunkAnalyzed',
      document,
      chunk: rangeOf(chunk, reading),
      entities,
      progress: progressAfter(chunk.index + 1, reading),
      timing: timingOf(labelled, reading),
    } as const;
    yield { event, resumeAt: decoder.resumeAt };
  }

  const entities = [...(earlier ?? wanted(await decodeUpTo(from.resumeAt, reading))), ...given];
  const event = {
    kind: 'AnalysisCompleted',
    document,
    entityCount: entities.length,
    entityGroups: await groupYielding(entities, document.signal),
    progress: progressAfter(chunks.length, reading),
  } as const;
  yield { event, resumeAt: reading.encoding.ids.length };
}

/** The entities that were sent up to the cursor, which only the totals at the end need. */
async function decodeUpTo(end: number, reading: Reading): Promise<readonly TokenEntity[]> {
  if (end === 0) return [];
  const decoder = reading.decoder();
  const decoded: TokenEntity[] = [];
  const width = reading.model.labels.length;
  for await (const { chunk, probabilities } of reading.label(0, chunkAt(reading.chunks, end - 1) + 1)) {
    decoded.push(...decoder.push(probabilities.subarray(0, Math.max(0, end - chunk.core.start) * width)));
    if (isTurnOver()) await nextTurn(reading.document.signal);
  }
  return [...decoded, ...decoder.finish()];
}

function rowsFrom({ chunk, probabilities }: LabelledChunk, token: number, model: Model): Float32Array {
  return probabilities.subarray(Math.max(0, token - chunk.core.start) * model.labels.length);
}

function rangeOf({ index, core }: Chunk, { document, encoding }: Reading): ChunkRange {
  const span = { start: encoding.offsets.starts[core.start] ?? 0, end: encoding.offsets.ends[core.end - 1] ?? 0 };
  return {
    index,
    start: document.position(span.start),
    end: document.position(span.end),
    span,
    tokenCount: core.end - core.start,
  };
}

function progressAfter(chunksDone: number, { chunks, encoding }: Reading): Progress {
  const tokensDone = chunks[chunksDone - 1]?.core.end ?? 0;
  const tokensTotal = encoding.ids.length;
  return {
    chunksDone,
    chunksTotal: chunks.length,
    tokensDone,
    tokensTotal,
    fraction: tokensTotal === 0 ? 1 : tokensDone / tokensTotal,
  };
}

function timingOf({ scores }: LabelledChunk, { encoding }: Reading): Timing {
  const { queueMs, inferenceMs, batchSize, cached } = scores;
  return { tokenizeMs: encoding.tokenizeMs, queueMs, inferenceMs, batchSize, cached };
}

/** Ties a cursor to its analysis: a hash of the text and of everything else that the events depend on. */
export async function fingerprintOf(
  document: Document,
  model: Model,
  { aggregation, types, minConfidence }: EntityOptions,
): Promise<string> {
  const reading = [RULES, document.chunking, model.id, await model.revision()];
  const options = [document.offsetEncoding, aggregation, types, minConfidence];
  return digestOf(JSON.stringify([document.hash, ...reading, ...options]));
}

function checkRange({ sequence, resumeAt }: Cursor, { chunks }: Reading): void {
  const settled = chunks[Math.min(sequence, chunks.length - 1)]?.core.end ?? 0;
  if (sequence <= chunks.length && resumeAt <= settled) return;
  throw new BertqlError('BAD_ARGUMENT', 'after points past the end of the analysis; send a cursor as it was received.');
}
