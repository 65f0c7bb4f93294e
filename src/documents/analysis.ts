import { setImmediate as turn } from 'node:timers/promises';
import { digestOf } from '../digest.ts';
import { asBertqlError, BertqlError, type ErrorCode } from '../errors.ts';
import type { Timing } from '../inference/timing.ts';
import type { Model } from '../models/registry.ts';
import type { TokenEntity } from './aggregation.ts';
import type { Chunk } from './chunking.ts';
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts';
import type { Document, EntityOptions, Reading } from './document.ts';
import { checkFilter, chunkAt, type Entity, entitiesOf, keeps } from './entities.ts';
import { type EntityGroup, groupEntities } from './entity-groups.ts';
import type { LabelledChunk } from './labelling.ts';
import type { SentimentResult } from './sentiment.ts';
import type { Span } from './span.ts';

/** Events that may follow each other without a turn of the event loop, a few milliseconds' work. */
const EVENTS_A_TURN = 8;

/** Changes with the rules for sentences, chunks and entities, so that no stream resumes under other ones than it began. */
export const RULES = 2;

/** How far the reading of a document is. */
export interface Progress {
  readonly chunksDone: number;
  readonly chunksTotal: number;
  readonly tokensDone: number;
  readonly tokensTotal: number;
  /** Share of the tokens that are done, 0 to 1; 1 for a document without tokens. */
  readonly fraction: number;
}

/** The stretch of the text that a chunk's own tokens cover, from the first to the last of them. */
export interface ChunkRange {
  readonly index: number;
  /** Half-open range in the text, in the client's unit. */
  readonly start: number;
  readonly end: number;
  readonly span: Span;
  readonly tokenCount: number;
}

interface EventBase {
  /** Goes on behind this event when it is given back as `after`. */
  readonly cursor: string;
  /** 0 for the first event of an analysis, then one more each. */
  readonly sequence: number;
}

export interface ChunkAnalyzed extends EventBase {
  readonly kind: 'ChunkAnalyzed';
  readonly document: Document;
  readonly chunk: ChunkRange;
  /** The entities that are settled by this chunk: no later chunk can change them. */
  readonly entities: readonly Entity<Document>[];
  /** The sentiment of the chunk, or `null` where there is none; left out where it is yet to be computed. */
  readonly sentiment?: SentimentResult | null;
  readonly progress: Progress;
  readonly timing: Timing;
}

export interface AnalysisCompleted extends EventBase {
  readonly kind: 'AnalysisCompleted';
  readonly document: Document;
  readonly entityCount: number;
  readonly entityGroups: readonly EntityGroup<Entity<Document>>[];
  /** The sentiment of the whole text, or `null` where there is none; left out where it is yet to be computed. */
  readonly sentiment?: SentimentResult | null;
  readonly progress: Progress;
  /** Whether the text grew and was finished by the server, since nothing was appended any more. */
  readonly abandoned?: boolean;
}

export interface AnalysisFailed extends EventBase {
  readonly kind: 'AnalysisFailed';
  readonly code: ErrorCode;
  readonly message: string;
}

export type AnalysisEvent = ChunkAnalyzed | AnalysisCompleted | AnalysisFailed;

/** Reports a failure that nobody expected, so that it is logged; gives what the client is told of it. */
export type ReportFailure = (error: unknown) => string;

/**
 * Reads a document chunk by chunk. There is one {@link ChunkAnalyzed} for every chunk in order and then one
 * {@link AnalysisCompleted}; the entities of all events together are exactly those of `document.entities`.
 * Nothing runs ahead of the reader beyond a few windows.
 *
 * The work is deterministic, so a stream goes on `after` the cursor of an earlier one without anything being
 * stored. Bad arguments throw; what fails once events flow ends them with an {@link AnalysisFailed}.
 *
 * @param earlier the entities up to `after`, where they are known: the totals at the end need them, and without
 *   them that part of the text is read again
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
  const reading = await document.read(model, options.aggregation);
  checkRange(from, reading);
  return number(read(reading, options, from, earlier), from, reportFailure);
}

/** Gives each step its sequence number and cursor, and turns a failure into the last event. */
async function* number(
  steps: AsyncIterable<Step>,
  from: Cursor,
  reportFailure: ReportFailure,
): AsyncGenerator<AnalysisEvent, void, void> {
  let last = from;
  try {
    for await (const { event, resumeAt } of steps) {
      last = { ...last, sequence: last.sequence + 1, resumeAt };
      yield { ...event, cursor: encodeCursor(last), sequence: last.sequence };
      // Where all scores are remembered, nothing else would let others have a turn.
      if (last.sequence % EVENTS_A_TURN === 0) await turn();
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

/** An event that is not numbered yet, and where decoding stands behind it. */
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
  const wanted = (decoded: readonly TokenEntity[]) =>
    entitiesOf(reading, decoded).filter((entity) => keeps(reading.model, filter, entity));
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
    entityGroups: groupEntities(entities),
    progress: progressAfter(chunks.length, reading),
  } as const;
  yield { event, resumeAt: reading.encoding.ids.length };
}

/** What the stream before the cursor had given out: needed for the totals at the end only. */
async function decodeUpTo(end: number, reading: Reading): Promise<readonly TokenEntity[]> {
  if (end === 0) return [];
  const decoder = reading.decoder();
  const decoded: TokenEntity[] = [];
  const width = reading.model.labels.length;
  for await (const { chunk, probabilities } of reading.label(0, chunkAt(reading.chunks, end - 1) + 1)) {
    decoded.push(...decoder.push(probabilities.subarray(0, Math.max(0, end - chunk.core.start) * width)));
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

/** What ties a cursor to its analysis: a hash of the text and of all that the events depend on. */
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
  throw new BertqlError('BAD_ARGUMENT', 'after points behind the end of the analysis; send a cursor as it came.');
}
