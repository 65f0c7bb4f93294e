import type { Aggregation } from '../documents/aggregation.ts';
import { type AnalysisEvent, fingerprintOf } from '../documents/analysis.ts';
import { decodeCursor } from '../documents/cursor.ts';
import type { Document } from '../documents/document.ts';
import { checkFilter } from '../documents/entities.ts';
import type { OffsetEncoding } from '../documents/offsets.ts';
import { BertqlError } from '../errors.ts';
import type { ModelRegistry } from '../models/registry.ts';
import { analysisId, contentOf } from './analysis-id.ts';
import type { AnalysisLog } from './analysis-log.ts';
import { type Analysis, type AnalysisSource, isEnded } from './analysis-record.ts';
import { endAnalysis } from './ending.ts';
import { follow } from './follow.ts';
import { jobModels } from './job-models.ts';
import type { JobQueue } from './job-queue.ts';
import { JobRunner, type JobRunnerParts } from './job-runner.ts';
import { analysisNotFound } from './log-errors.ts';
import { reviveEvent } from './stored-event.ts';

/** What a client asks for when it starts an analysis. */
export interface StartAnalysis {
  readonly text: string;
  /** At most one model for each task; the defaults for the others. */
  readonly models?: readonly string[] | null | undefined;
  readonly aggregation: Aggregation;
  readonly types?: readonly string[] | null | undefined;
  readonly minConfidence: number;
  readonly offsetEncoding: OffsetEncoding;
  readonly sentiment: boolean;
  readonly idempotencyKey?: string | null | undefined;
}

/** The request that something is done for. */
export interface Reader {
  /** Whose analyses it starts and sees. */
  readonly owner: string;
  readonly signal: AbortSignal;
  readonly registry: ModelRegistry;
  document(text: string, offsetEncoding: OffsetEncoding): Document;
}

/** An event of an analysis, or the failure that ended its stream: the analysis itself may well go on. */
export type EventOrFailure = AnalysisEvent | { readonly kind: 'StreamFailed'; readonly error: unknown };

/** Longest idempotency key, in UTF-16 code units. */
const LONGEST_KEY = 200;

/**
 * The analyses of a server: jobs that outlive the request that started them. Their events are in a log that any
 * number of readers follow. Whoever makes it closes it.
 */
export class Analyses {
  readonly #log: AnalysisLog;
  readonly #queue: JobQueue;
  readonly #runner: JobRunner;

  constructor(queue: JobQueue, parts: JobRunnerParts) {
    this.#log = parts.log;
    this.#queue = queue;
    this.#runner = new JobRunner(parts);
  }

  /** Does jobs in this process until {@link stop}. */
  work(): Promise<void> {
    return this.#queue.work((job, signal) => this.#runner.run(job, signal));
  }

  /**
   * Starts an analysis and returns at once. The same key, or without a key the same content, gives the same analysis;
   * without a key, one that failed or was cancelled starts anew. Throws BAD_ARGUMENT, UNKNOWN_MODEL, TEXT_TOO_LONG,
   * INVALID_TEXT, OVERLOADED.
   */
  async start(request: StartAnalysis, reader: Reader): Promise<Analysis> {
    const { text, offsetEncoding, aggregation, minConfidence, types = null } = request;
    const key = checkKey(request.idempotencyKey);
    const { ner, sentiment } = jobModels(reader.registry, request.models);
    const document = reader.document(text, offsetEncoding);
    await document.use('NER', ner.id);
    if (request.sentiment) await document.use('SENTIMENT', sentiment.id);
    checkFilter(ner, request);
    const sentimentModel = request.sentiment ? sentiment.id : null;
    const options = { model: ner.id, sentimentModel, aggregation, types, minConfidence, offsetEncoding };
    const source: AnalysisSource = { text, ...options };
    const content = await contentOf(document, source, reader.registry);
    const { owner } = reader;
    const id = analysisId(owner, content, key);
    if (!(await this.#log.find(id))) await this.#queue.checkRoom();
    const fingerprint = fingerprintOf(document, ner, source);
    const analysis = await this.#log.create({ id, owner, content, fingerprint, source, restart: key === undefined });
    // Also one that is there already: whoever kept it may have died before it was queued.
    if (!isEnded(analysis)) await this.#queue.add({ id, run: analysis.run });
    return analysis;
  }

  /** What is known of an analysis; `null` if there is none or it belongs to somebody else. */
  async find(id: string, owner: string): Promise<Analysis | null> {
    const analysis = await this.#log.find(id);
    return analysis?.owner === owner ? analysis : null;
  }

  /** Ends an analysis; one that has ended stays as it is. Throws ANALYSIS_NOT_FOUND. */
  async cancel(id: string, owner: string): Promise<Analysis> {
    if (!(await this.find(id, owner))) throw analysisNotFound(id);
    const message = 'The analysis was cancelled with cancelAnalysis.';
    const analysis = await endAnalysis(this.#log, id, { state: 'CANCELLED', code: 'CANCELLED', message });
    if (!analysis) throw analysisNotFound(id);
    return analysis;
  }

  /**
   * The events of an analysis behind a cursor, or all of them: those that are there, then each as it comes. What fails
   * once they flow comes as the last item. Throws ANALYSIS_NOT_FOUND, CURSOR_EXPIRED, and BAD_ARGUMENT for a
   * cursor of another analysis.
   */
  async events(
    id: string,
    after: string | null | undefined,
    reader: Reader,
  ): Promise<AsyncGenerator<EventOrFailure, void, void>> {
    const analysis = await this.find(id, reader.owner);
    if (!analysis) throw analysisNotFound(id);
    const cursor = after == null ? undefined : decodeCursor(after, analysis.fingerprint);
    const from = (cursor?.sequence ?? -1) + 1;
    // A read tells at once that the events are gone, which a stream could tell only after it has begun.
    await this.#log.read(id, from, 1);
    const source = await this.#log.source(id);
    return this.#follow(id, from, cursor?.failed ?? false, source, reader);
  }

  async *#follow(
    id: string,
    from: number,
    sawFailure: boolean,
    source: AnalysisSource | undefined,
    reader: Reader,
  ): AsyncGenerator<EventOrFailure, void, void> {
    try {
      // Without its source an analysis has no events left either: there is only its end to be told.
      const document = reader.document(source?.text ?? '', source?.offsetEncoding ?? 'UTF16');
      for await (const { event, sequence } of follow(this.#log, id, from, reader.signal)) {
        const revived = reviveEvent(event, document, reader.registry);
        // Started again behind a failure, the analysis may have a chunk where that failure was.
        if (!(sawFailure && sequence === from && revived.kind === 'AnalysisFailed')) yield revived;
      }
    } catch (error) {
      yield { kind: 'StreamFailed', error };
    }
  }

  /** Takes no more jobs and lets go of those that run here: they fail with SHUTTING_DOWN, unless others will do them. */
  async stop(): Promise<void> {
    const message = 'The server is stopping. Start the analysis again, or go on with `analyze` after its last cursor.';
    for (const { id, run } of await this.#queue.close()) {
      await endAnalysis(this.#log, id, { state: 'FAILED', code: 'SHUTTING_DOWN', message }, run);
    }
  }

  /** Lets go of the log. */
  close(): Promise<void> {
    return this.#log.close();
  }
}

function checkKey(key: string | null | undefined): string | undefined {
  if (key == null) return undefined;
  if (key.trim() !== '' && key.length <= LONGEST_KEY) return key;
  throw new BertqlError(
    'BAD_ARGUMENT',
    `idempotencyKey must have 1 to ${LONGEST_KEY} characters and not be blank, but it has ${key.length}.`,
  );
}
