import { setTimeout as delay } from 'node:timers/promises';
import { type AnalysisEvent, analyze, type ReportFailure } from '../documents/analysis.ts';
import { Document, type DocumentOptions } from '../documents/document.ts';
import type { Entity } from '../documents/entities.ts';
import { stretchOf } from '../documents/event-sentiment.ts';
import { abortError, asBertqlError, BertqlError } from '../errors.ts';
import type { Inference } from '../inference/inference.ts';
import type { Loaders } from '../inference/loaders.ts';
import type { ModelRegistry } from '../models/registry.ts';
import { type Analysis, type AnalysisSource, isEnded, type Job } from './analysis.ts';
import { entryOf } from './entity-index.ts';
import { contextOf } from './event-context.ts';
import { endAnalysis, reviveEvent, storeEvent } from './events.ts';
import { identityOf } from './identity.ts';
import type { AnalysisStore, Appended, LogEntry } from './store.ts';

/** Milliseconds that a job waits if the inference queue is full. */
export const OVERLOADED_PAUSE_MS = 250;

/** Lines of a resumed job's log that are read at a time. */
const PAGE = 64;

/** The dependencies of jobs. */
export interface JobRunnerParts {
  readonly store: AnalysisStore;
  readonly inference: Inference;
  readonly documents: DocumentOptions;
  readonly reportFailure: ReportFailure;
}

/**
 * Runs jobs: reads the text chunk by chunk and appends each event to the log. A job that was begun elsewhere resumes
 * after the last event in the log; since the work is deterministic, two workers on one job write the same.
 */
export class JobRunner {
  readonly #parts: JobRunnerParts;

  constructor(parts: JobRunnerParts) {
    this.#parts = parts;
  }

  /**
   * Runs a job until its analysis is completed, failed or cancelled. Rejects with the signal's reason if it was
   * interrupted, and with STORE_UNAVAILABLE if the store was lost; the job must then be run again.
   */
  async run(job: Job, interrupted: AbortSignal): Promise<undefined> {
    const { store, reportFailure } = this.#parts;
    const ended = new AbortController();
    const unsubscribe = await store.subscribe(job.id, (change) => {
      if (change === 'ENDED') ended.abort(new BertqlError('CANCELLED', 'The analysis was cancelled.'));
    });
    const signal = AbortSignal.any([interrupted, ended.signal]);
    try {
      while (!(await this.#readOn(job, signal))) await delay(OVERLOADED_PAUSE_MS, undefined, { signal });
    } catch (error) {
      if (interrupted.aborted) throw abortError(interrupted);
      if (ended.signal.aborted) return;
      const expected = asBertqlError(error);
      if (expected?.code === 'STORE_UNAVAILABLE') throw expected;
      if (!expected) reportFailure(error);
      const ending = { code: expected?.code ?? 'INTERNAL', message: expected?.message ?? 'Unexpected error.' } as const;
      await endAnalysis(store, job.id, { state: 'FAILED', ...ending }, job.run);
    } finally {
      unsubscribe();
    }
  }

  /** Resumes after the last event. Returns `false` if the inference queue was full; all other failures throw. */
  async #readOn(job: Job, signal: AbortSignal): Promise<boolean> {
    // No client waits for an answer, so it waits for models as long as necessary.
    const loaders = this.#parts.inference.loaders({ signal, patient: true });
    try {
      return await this.#readWith(loaders, job, signal);
    } finally {
      loaders.dispose();
    }
  }

  async #readWith(loaders: Loaders, job: Job, signal: AbortSignal): Promise<boolean> {
    const { store, inference, documents, reportFailure } = this.#parts;
    const [analysis, source] = await Promise.all([store.find(job.id), store.source(job.id)]);
    if (!analysis || !source || analysis.run !== job.run || isEnded(analysis)) return true;
    await store.begin(job);

    const { registry } = inference;
    const document = new Document(source.text, source.offsetEncoding, loaders, registry, documents);
    const ner = await document.use('NER', source.model);
    const sentiment =
      source.sentimentModel === null ? undefined : await document.use('SENTIMENT', source.sentimentModel);
    const { content } = await identityOf(document, source, { ner, sentiment });
    if (content !== analysis.content) throw otherModels();
    const earlier = await earlierEntities(store, analysis, document, registry);
    const events = await analyze(document, ner, source, analysis.cursor, reportFailure, earlier);
    for await (const event of events) {
      if (event.kind === 'AnalysisFailed') {
        if (event.code === 'OVERLOADED') return false;
        throw signal.aborted ? abortError(signal) : new BertqlError(event.code, event.message);
      }
      const whole = await withSentiment(event, source);
      if ((await store.append(job, toEntry(whole))) === ('ENDED' satisfies Appended)) return true;
    }
    return true;
  }
}

/** For a job that this machine would not read as the one that began it, so that its events would differ. */
export function otherModels(): BertqlError {
  return new BertqlError(
    'MODEL_UNAVAILABLE',
    'The analysis was started with another revision of the model or other chunk settings than this worker has. Start it again.',
  );
}

/**
 * The entities of the events so far, or `undefined` if some of the events are no longer kept, as when the analysis was
 * started again.
 */
export async function earlierEntities(
  store: AnalysisStore,
  analysis: Analysis,
  document: Document,
  registry: ModelRegistry,
): Promise<readonly Entity<Document>[] | undefined> {
  const entities: Entity<Document>[] = [];
  const context = contextOf(
    analysis,
    { registry },
    {
      document: () => document,
      whole: () => document,
      slice: (start, end) => document.text.slice(start, end),
    },
  );
  try {
    for (let next = 0; next <= analysis.lastSequence; ) {
      const { lines } = await store.read(analysis.id, next, PAGE);
      if (lines.length === 0) return undefined;
      for (const { event, sequence } of lines) {
        const revived = reviveEvent(event, context);
        if (sequence <= analysis.lastSequence && revived.kind === 'ChunkAnalyzed') entities.push(...revived.entities);
        next = sequence + 1;
      }
    }
  } catch (error) {
    if (asBertqlError(error)?.code === 'CURSOR_EXPIRED') return undefined;
    throw error;
  }
  return entities;
}

type ReadEvent = Exclude<AnalysisEvent, { kind: 'AnalysisFailed' }>;

async function withSentiment(event: ReadEvent, { sentimentModel }: AnalysisSource): Promise<ReadEvent> {
  if (sentimentModel === null) return { ...event, sentiment: null };
  return { ...event, sentiment: await event.document.sentimentIfAny(stretchOf(event), sentimentModel) };
}

function toEntry(event: ReadEvent): LogEntry {
  const { sequence, cursor, progress } = event;
  const completed = event.kind === 'AnalysisCompleted';
  return {
    sequence,
    cursor,
    event: storeEvent(event),
    state: completed ? 'COMPLETED' : 'RUNNING',
    entities: completed ? [] : event.entities.map(entryOf),
    progress,
  };
}
