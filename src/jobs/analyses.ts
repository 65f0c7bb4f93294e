import { randomBytes } from 'node:crypto';
import type { Aggregation } from '../documents/aggregation.ts';
import type { AnalysisEvent } from '../documents/analysis.ts';
import { type Cursor, decodeCursor } from '../documents/cursor.ts';
import type { Document, Stretch } from '../documents/document.ts';
import { checkFilter, type Entity } from '../documents/entities.ts';
import type { EntityGroup } from '../documents/entity-groups.ts';
import type { OffsetEncoding } from '../documents/offsets.ts';
import type { SentimentResult } from '../documents/sentiment.ts';
import { isWellFormedPart, withoutHalf } from '../documents/surrogates.ts';
import { tooLong } from '../documents/text.ts';
import { BertqlError } from '../errors.ts';
import type { Model, ModelRegistry } from '../models/registry.ts';
import { type Analysis, type AnalysisSource, type AnalysisState, isEnded } from './analysis.ts';
import { type EntityQuery, entityPage, groupPage } from './connections.ts';
import { contextOf, growingTextOf, textOf } from './event-context.ts';
import { endAnalysis, reviveEvent, reviveTail, type TailAnalyzed } from './events.ts';
import { type AnalysisModels, identityOf, idOfContent, idOfKey, openIdentityOf } from './identity.ts';
import { type Page, type PageRequest, pageCursor, pageOf, pageSize, positionAfter } from './pages.ts';
import type { JobQueue, QueueCounts } from './queue.ts';
import { JobRunner } from './runner.ts';
import type { AnalysisStore, StoreCounts, TextChange } from './store.ts';
import { analysisNotFound } from './store-errors.ts';
import { followAnalysis } from './tail.ts';
import { TextRunner, type TextRunnerParts } from './text-runner.ts';

/** The input of `startAnalysis`. */
export interface StartAnalysis {
  readonly text: string;
  /** Whether more text will come. */
  readonly open: boolean;
  /** Ids of models, at most one per task; the task's default if there is none. */
  readonly models?: readonly string[] | null | undefined;
  readonly aggregation: Aggregation;
  readonly types?: readonly string[] | null | undefined;
  readonly minConfidence: number;
  readonly offsetEncoding: OffsetEncoding;
  readonly sentiment: boolean;
  readonly idempotencyKey?: string | null | undefined;
}

/** A part to append, and the length of the text before it, in UTF-16 code units. */
export interface TextPart {
  readonly at: number;
  readonly text: string;
}

/** The request on whose behalf analyses are started and read. */
export interface Reader {
  /** The owner of the analyses that it starts and sees. */
  readonly owner: string;
  readonly signal: AbortSignal;
  readonly registry: ModelRegistry;
  /** @param stretch the place of the text, if it is the end of a longer one */
  document(text: string, offsetEncoding: OffsetEncoding, stretch?: Stretch): Document;
}

/** An event of an analysis, or the failure that ended its stream; the analysis itself may continue. */
export type EventOrFailure = AnalysisEvent | TailAnalyzed | { readonly kind: 'StreamFailed'; readonly error: unknown };

/** How many analyses there are. */
export type AnalysisCounts = QueueCounts & StoreCounts;

/** The dependencies of {@link Analyses}. */
export interface AnalysesParts extends TextRunnerParts {
  /** Jobs that read a whole text. */
  readonly jobs: JobQueue;
  /** Jobs that read what was appended to a text; they are short and do not wait for the others. */
  readonly textJobs: JobQueue;
  /** Milliseconds without an append after which an open text is finished. */
  readonly openTextIdleMs: number;
  /** Milliseconds after which an analysis that nobody reads is queued again. */
  readonly jobLockMs: number;
}

/** Longest idempotency key, in UTF-16 code units. */
const LONGEST_KEY = 200;

/** How many times open texts are checked in the time after which they count as idle. */
const SWEEPS = 8;
const LONGEST_SWEEP_MS = 10_000;

/**
 * The analyses of a server: jobs that outlive the request that started them. Their events are in a store that any
 * number of readers can follow. Its owner must close it.
 */
export class Analyses {
  readonly #store: AnalysisStore;
  readonly #parts: AnalysesParts;
  readonly #runner: JobRunner;
  readonly #textRunner: TextRunner;
  #sweeper: NodeJS.Timeout | undefined;
  #appends = 0;

  constructor(parts: AnalysesParts) {
    this.#store = parts.store;
    this.#parts = parts;
    this.#runner = new JobRunner(parts);
    this.#textRunner = new TextRunner(parts);
  }

  /** Does jobs in this process until {@link stop}. */
  async work(): Promise<void> {
    const { jobs, textJobs, openTextIdleMs, jobLockMs } = this.#parts;
    await Promise.all([
      jobs.work((job, signal) => this.#runner.run(job, signal)),
      textJobs.work((job, signal) => this.#textRunner.run(job, signal)),
    ]);
    const pause = Math.min(openTextIdleMs / SWEEPS, jobLockMs, LONGEST_SWEEP_MS);
    this.#sweeper = setInterval(() => void this.#sweep(), pause).unref();
  }

  /**
   * Starts an analysis and returns at once. The same key, or the same content if there is no key, returns the same
   * analysis. Without a key, one that failed or was cancelled is started again, and every open text is a new analysis.
   * Throws BAD_ARGUMENT, UNKNOWN_MODEL, TEXT_TOO_LONG, INVALID_TEXT, OVERLOADED, RATE_LIMITED.
   */
  async start(request: StartAnalysis, reader: Reader): Promise<Analysis> {
    const { text, open, offsetEncoding, aggregation, minConfidence, types = null } = request;
    const { owner } = reader;
    const key = checkKey(request.idempotencyKey);
    const models = modelsOf(reader.registry, request);
    const document = reader.document(open ? withoutHalf(text) : text, offsetEncoding);
    await document.use('NER', models.ner.id);
    if (models.sentiment) await document.use('SENTIMENT', models.sentiment.id);
    checkFilter(models.ner, request);
    const options = {
      model: models.ner.id,
      revision: await models.ner.revision(),
      sentimentModel: models.sentiment?.id ?? null,
      aggregation,
      types,
      minConfidence,
      offsetEncoding,
    };
    const source: AnalysisSource = { text, ...options };
    const queue = open ? this.#parts.textJobs : this.#parts.jobs;
    const known = key === undefined ? undefined : idOfKey(owner, key);
    const newId = known ?? randomBytes(16).toString('base64url');
    const identity = open
      ? await openIdentityOf(newId, document, source, models)
      : await identityOf(document, source, models);
    const id = open ? newId : (known ?? idOfContent(owner, identity.content));
    const [found, full] = await Promise.all([this.#store.find(id), queue.fullness()]);
    if (full && !found) throw full;
    const analysis = await this.#store.create({
      id,
      owner,
      ...identity,
      source,
      restart: key === undefined,
      open,
    });
    // Even if it existed before: the process that created it may have died before queuing it.
    if (!isEnded(analysis) && analysis.state !== 'OPEN') await this.#queue(analysis);
    return analysis;
  }

  /**
   * Appends to an open text. Appending the same part again changes nothing, so it may be resent after a lost
   * connection. Throws ANALYSIS_NOT_FOUND, BAD_ARGUMENT, TEXT_CLOSED, TEXT_TOO_LONG, INVALID_TEXT, OVERLOADED, and then
   * appends nothing.
   */
  async append(id: string, { at, text }: TextPart, reader: Reader): Promise<Analysis> {
    const before = await this.#own(id, reader.owner);
    if (at < 0) throw misfit(at, before.length, 'a length is not negative');
    if (!isWellFormedPart(text)) throw loneSurrogate('The part of the text holds a lone surrogate');
    const { maxTextLength: maxLength } = this.#parts.documents;
    const change = await this.#store.appendText(id, { at, text, maxLength });
    const analysis = accepted(id, change, { at, text, maxLength });
    this.#appends++;
    if (!isEnded(analysis) && analysis.state !== 'OPEN') await this.#queue(analysis);
    return analysis;
  }

  /**
   * Closes an open text: the rest is read, and the analysis completes. Does nothing if the text was closed before.
   * Throws ANALYSIS_NOT_FOUND, and INVALID_TEXT if the text ends with half a surrogate pair, which leaves it open.
   */
  async finish(id: string, reader: Reader): Promise<Analysis> {
    await this.#own(id, reader.owner);
    const { refusal, analysis } = await this.#store.finishText(id);
    if (!analysis || refusal === 'NOT_FOUND') throw analysisNotFound(id);
    if (refusal === 'HALF') {
      throw loneSurrogate(`The text ends with the first half of a character, at index ${analysis.length - 1}`);
    }
    if (analysis.grows && !isEnded(analysis)) await this.#queue(analysis);
    return analysis;
  }

  /** Finds an analysis; `null` if there is none or it belongs to somebody else. */
  async find(id: string, owner: string): Promise<Analysis | null> {
    const analysis = await this.#store.find(id);
    return analysis?.owner === owner ? analysis : null;
  }

  /** A page of an owner's analyses, newest first. Throws BAD_ARGUMENT. */
  async list(
    request: PageRequest & { readonly state?: AnalysisState | null | undefined },
    owner: string,
  ): Promise<Page<Analysis>> {
    const size = pageSize(request);
    const [after] = positionAfter('analyses', request, 1) ?? [];
    const all = await this.#store.list(owner);
    const wanted = request.state == null ? all : all.filter(({ state }) => state === request.state);
    const at = after === undefined ? 0 : wanted.findIndex(({ order }) => order < after);
    const from = at < 0 ? wanted.length : at;
    return pageOf(wanted, from, wanted.slice(from, from + size), ({ order }) => pageCursor('analyses', order));
  }

  /** A page of the entities of an analysis so far. Throws BAD_ARGUMENT, CURSOR_EXPIRED. */
  async entities(analysis: Analysis, query: EntityQuery, reader: Reader): Promise<Page<Entity<Document>>> {
    return entityPage(this.#store, analysis, query, reader);
  }

  /** A page of the entities of an analysis so far, grouped by name, most mentions first. Throws as {@link entities}. */
  async entityGroups(
    analysis: Analysis,
    query: PageRequest,
    reader: Reader,
  ): Promise<Page<EntityGroup<Entity<Document>>>> {
    return groupPage(this.#store, analysis, query, reader);
  }

  /** The text of an analysis so far; `null` if it is no longer kept. */
  async text({ id }: Analysis): Promise<string | null> {
    return (await this.#store.source(id))?.text ?? null;
  }

  /** The sentiment of the whole text; `null` before the end, or if it was not requested. Throws CURSOR_EXPIRED. */
  async sentiment(analysis: Analysis, reader: Reader): Promise<SentimentResult | null> {
    if (analysis.state !== 'COMPLETED' || analysis.options.sentimentModel === null) return null;
    const text = await this.text(analysis);
    const [event] = await this.#store.events(analysis.id, [analysis.lastSequence]);
    if (event === undefined) return null;
    const completed = reviveEvent(event, contextOf(analysis, reader, textOf(analysis, reader, text ?? '')));
    return completed.kind === 'AnalysisCompleted' ? (completed.sentiment ?? null) : null;
  }

  /** Cancels an analysis; does nothing if it has ended. Throws ANALYSIS_NOT_FOUND. */
  async cancel(id: string, owner: string): Promise<Analysis> {
    await this.#own(id, owner);
    const message = 'The analysis was cancelled with cancelAnalysis.';
    const analysis = await endAnalysis(this.#store, id, { state: 'CANCELLED', code: 'CANCELLED', message });
    if (!analysis) throw analysisNotFound(id);
    return analysis;
  }

  /**
   * The events of an analysis after a cursor, or all of them: first the existing ones, then each new one. A failure
   * after that is the last item. Throws ANALYSIS_NOT_FOUND, CURSOR_EXPIRED, and BAD_ARGUMENT for a cursor of another
   * analysis.
   *
   * @param withTails whether to yield tails between the events of an open text
   */
  async events(
    id: string,
    after: string | null | undefined,
    withTails: boolean,
    reader: Reader,
  ): Promise<AsyncGenerator<EventOrFailure, void, void>> {
    const analysis = await this.#own(id, reader.owner);
    const { fingerprint, finalFingerprint } = analysis;
    const cursor = after == null ? undefined : decodeCursor(after, fingerprint, finalFingerprint ?? fingerprint);
    // Throws now if the events are gone, instead of after the stream has begun.
    await this.#store.read(id, (cursor?.sequence ?? -1) + 1, 1);
    return this.#follow(analysis, cursor, withTails, reader);
  }

  async *#follow(
    analysis: Analysis,
    cursor: Cursor | undefined,
    withTails: boolean,
    reader: Reader,
  ): AsyncGenerator<EventOrFailure, void, void> {
    const { id, grows } = analysis;
    const from = (cursor?.sequence ?? -1) + 1;
    try {
      const growing = grows ? growingTextOf(analysis, reader) : undefined;
      // If its source is gone, so are its events: only the end is left to report.
      const text = growing ?? textOf(analysis, reader, (await this.#store.source(id))?.text ?? '');
      const context = contextOf(analysis, reader, text, cursor?.fingerprint);
      for await (const followed of followAnalysis(this.#store, id, from, withTails && grows, reader.signal)) {
        growing?.append(await this.#store.text(id, growing.length));
        if ('tail' in followed) {
          yield reviveTail(followed.tail.tail, context);
          continue;
        }
        const { event, sequence } = followed.line;
        const revived = reviveEvent(event, context);
        // If it was started again after a failure, the analysis may have a chunk in place of that failure.
        if (!(cursor?.failed && sequence === from && revived.kind === 'AnalysisFailed')) yield revived;
        // Entities of the next event begin here or later, except one that is longer than a chunk.
        if (revived.kind === 'ChunkAnalyzed') growing?.leave(revived.chunk.span.start);
      }
    } catch (error) {
      yield { kind: 'StreamFailed', error };
    }
  }

  /**
   * How many analyses are queued, running and open, in all processes that share the store. Throws STORE_UNAVAILABLE.
   */
  async counts(): Promise<AnalysisCounts> {
    const { jobs, textJobs } = this.#parts;
    const [whole, texts, { openTexts }] = await Promise.all([jobs.counts(), textJobs.counts(), this.#store.counts()]);
    return {
      waiting: whole.waiting + texts.waiting,
      running: whole.running + texts.running,
      oldestMs: Math.max(whole.oldestMs, texts.oldestMs),
      openTexts,
    };
  }

  /** Why the store of analyses cannot be used now, as in `is full`; `undefined` if it can. */
  get trouble(): string | undefined {
    return this.#store.trouble;
  }

  /** Number of parts that were appended through this process since its start. */
  get appends(): number {
    return this.#appends;
  }

  /**
   * Takes no more jobs and releases those that run here; they fail with SHUTTING_DOWN unless other processes resume
   * them.
   */
  async stop(): Promise<void> {
    clearInterval(this.#sweeper);
    const message = 'The server is stopping. Start the analysis again, or resume with `analyze` after its last cursor.';
    const ending = { state: 'FAILED', code: 'SHUTTING_DOWN', message } as const;
    const left = await Promise.all([this.#parts.jobs.close(), this.#parts.textJobs.close()]);
    for (const { id, run } of left.flat()) await endAnalysis(this.#store, id, ending, run);
    for (const id of this.#store.endsWithProcess()) await endAnalysis(this.#store, id, ending);
  }

  /** Closes the store. */
  close(): Promise<void> {
    return this.#store.close();
  }

  async #own(id: string, owner: string): Promise<Analysis> {
    const analysis = await this.find(id, owner);
    if (!analysis) throw analysisNotFound(id);
    return analysis;
  }

  #queue({ id, run, grows, wake }: Analysis): Promise<void> {
    const { jobs, textJobs } = this.#parts;
    return grows ? textJobs.add({ id, run, wake }) : jobs.add({ id, run });
  }

  /** Closes idle open texts, and queues analyses that were never queued. */
  async #sweep(): Promise<void> {
    const { openTextIdleMs, jobLockMs, reportFailure } = this.#parts;
    const message = `Finished by the server, since nothing was appended for ${openTextIdleMs} ms (OPEN_TEXT_IDLE_MS).`;
    try {
      const finished = await this.#store.finishIdle(Date.now() - openTextIdleMs, message);
      const waiting = await this.#store.waiting(Date.now() - jobLockMs);
      for (const analysis of [...finished, ...waiting]) await this.#queue(analysis);
    } catch (error) {
      // A lost store is reported by its connection, and the next round finds the same texts again.
      if (!(error instanceof BertqlError)) reportFailure(error);
    }
  }
}

/**
 * Picks the models of an analysis from ids in any order: at most one per task, and the task's default if there is none.
 * Throws UNKNOWN_MODEL, and BAD_ARGUMENT for two models of one task or for a model of another task.
 */
function modelsOf(registry: ModelRegistry, { models, sentiment }: StartAnalysis): AnalysisModels {
  const chosen = new Map<string, Model>();
  for (const id of models ?? []) {
    const task = registry.models.find((model) => model.id === id)?.task === 'SENTIMENT' ? 'SENTIMENT' : 'NER';
    const model = registry.resolve(task, id);
    const other = chosen.get(task);
    if (other && other !== model) {
      throw new BertqlError(
        'BAD_ARGUMENT',
        `models: "${other.id}" and "${id}" are both for ${task}; send one per task.`,
      );
    }
    chosen.set(task, model);
  }
  return {
    ner: chosen.get('NER') ?? registry.resolve('NER'),
    sentiment: sentiment ? (chosen.get('SENTIMENT') ?? registry.resolve('SENTIMENT')) : undefined,
  };
}

function checkKey(key: string | null | undefined): string | undefined {
  if (key == null) return undefined;
  if (key.trim() !== '' && key.length <= LONGEST_KEY) return key;
  throw new BertqlError(
    'BAD_ARGUMENT',
    `idempotencyKey must have 1 to ${LONGEST_KEY} characters and not be blank, but it has ${key.length}.`,
  );
}

/** The analysis after an append. Throws the error for a refused part. */
function accepted(
  id: string,
  { refusal, analysis }: TextChange,
  { at, text, maxLength }: TextPart & { readonly maxLength: number },
): Analysis {
  if (!analysis || refusal === 'NOT_FOUND') throw analysisNotFound(id);
  if (refusal === 'CLOSED') {
    throw new BertqlError(
      'TEXT_CLOSED',
      `The text of analysis "${id}" was closed at ${analysis.length} UTF-16 code units, so nothing can be appended.`,
      { length: analysis.length },
    );
  }
  if (refusal === 'MISFIT') {
    const why = at > analysis.length ? 'that is past the end' : 'the text has other content there';
    throw misfit(at, analysis.length, why);
  }
  if (refusal === 'TOO_LONG') throw tooLong(at + text.length, maxLength);
  if (refusal === 'HALF') {
    throw loneSurrogate(`The part does not fit the character that the text ends with, at index ${analysis.length - 1}`);
  }
  return analysis;
}

function misfit(at: number, length: number, why: string): BertqlError {
  return new BertqlError(
    'BAD_ARGUMENT',
    `at must be ${length}, the length of the text so far in UTF-16 code units, but it is ${at}: ${why}.`,
    { length },
  );
}

function loneSurrogate(what: string): BertqlError {
  return new BertqlError(
    'INVALID_TEXT',
    `${what}, so the text would not be well-formed Unicode. Send both halves of each surrogate pair, in order.`,
  );
}
