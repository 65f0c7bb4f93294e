import { setTimeout as delay } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { type AnalysisCompleted, fingerprintOf } from '../documents/analysis.ts';
import { encodeCursor } from '../documents/cursor.ts';
import { Document } from '../documents/document.ts';
import type { Entity } from '../documents/entities.ts';
import { groupYielding } from '../documents/group-yielding.ts';
import {
  type Checkpoint,
  GrowingText,
  type GrowingTools,
  type GrownEntity,
  type OpenEnd,
  type SettledChunk,
} from '../documents/growing.ts';
import { abortError, asBertqlError } from '../errors.ts';
import { type Analysis, type AnalysisSource, isEnded, type Job } from './analysis.ts';
import { entryOf } from './entity-index.ts';
import { endAnalysis, storeChunk, storeCompleted, storeTail } from './events.ts';
import { type AnalysisModels, canReadOn } from './identity.ts';
import { earlierEntities, type JobRunnerParts, OVERLOADED_PAUSE_MS, otherModels } from './runner.ts';
import { Slots } from './slots.ts';
import type { LogEntry } from './store.ts';

/** The most jobs of open texts in one process: those that read a text's end, those that wait to, and long readings. */
export const TEXT_JOBS = 64;

/** The most chunks that a text settles in its slot. If it has more, it continues without a slot, in parallel. */
const CHUNKS_IN_SLOT = 8;

/** The most texts whose state is cached between two appends; other states are rebuilt from the store. */
const TEXTS_KEPT = 1000;

/** The dependencies of jobs of open texts. */
export interface TextRunnerParts extends JobRunnerParts {
  /**
   * The most texts whose end is read at a time. Parts that are appended while a text waits for a slot share one
   * reading.
   */
  readonly textsAtOnce: number;
  /** Called when a tail was published, with the milliseconds that it took from the start of its job. */
  readonly onTail?: ((tookMs: number) => void) | undefined;
}

/** The cached state of a text. */
interface KnownText {
  readonly text: GrowingText;
  readonly models: AnalysisModels;
  /** Sequence number of the last event in that state. */
  sequence: number;
}

/** A reading that has waited for its slot. */
interface Turn {
  /** When it began to wait. */
  readonly startedAt: number;
  readonly giveSlotBack: () => void;
}

/** A text to read further. */
interface Found {
  readonly known: KnownText;
  readonly analysis: Analysis;
  readonly source: AnalysisSource;
}

/**
 * Reads open texts: each job reads what was appended, settles what it can, publishes the rest as a tail, and ends. A
 * worker that does not know a text starts after its last settled chunk. Two workers on one text write the same.
 */
export class TextRunner {
  readonly #parts: TextRunnerParts;
  readonly #slots: Slots;
  readonly #known = new LRUCache<string, KnownText>({ max: TEXTS_KEPT });
  /** The running job of each text; the next job of the same text waits for it. */
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(parts: TextRunnerParts) {
    this.#parts = parts;
    this.#slots = new Slots(parts.textsAtOnce);
  }

  /**
   * Reads a text to its current end. Resolves with a job for what was appended meanwhile, if anything was. Rejects with
   * the signal's reason if it was interrupted, and with STORE_UNAVAILABLE if the store was lost; the job must then be
   * run again.
   */
  async run(job: Job, interrupted: AbortSignal): Promise<Job | undefined> {
    const before = this.#running.get(job.id) ?? Promise.resolve();
    const run = before.catch(() => undefined).then(() => this.#run(job, interrupted));
    this.#running.set(job.id, run);
    try {
      return await run;
    } finally {
      if (this.#running.get(job.id) === run) this.#running.delete(job.id);
    }
  }

  async #run(job: Job, interrupted: AbortSignal): Promise<Job | undefined> {
    const { store, inference, documents, reportFailure } = this.#parts;
    const key = `${job.id} ${job.run}`;
    while (true) {
      const startedAt = performance.now();
      const giveSlotBack = await this.#slots.take(interrupted);
      // No client waits for an answer, so it waits for models as long as necessary.
      const loaders = inference.loaders({ signal: interrupted, patient: true });
      try {
        const tools = { loaders, registry: inference.registry, documents };
        return await this.#readOn(key, job, tools, { startedAt, giveSlotBack });
      } catch (error) {
        // The cached state may be ahead of what was written.
        this.#known.delete(key);
        if (interrupted.aborted) throw abortError(interrupted);
        const expected = asBertqlError(error);
        if (expected?.code === 'STORE_UNAVAILABLE') throw expected;
        if (expected?.code !== 'OVERLOADED') {
          if (!expected) reportFailure(error);
          const [code, message] = expected
            ? [expected.code, expected.message]
            : (['INTERNAL', 'Unexpected error.'] as const);
          await endAnalysis(store, job.id, { state: 'FAILED', code, message }, job.run);
          return undefined;
        }
      } finally {
        giveSlotBack();
        loaders.dispose();
      }
      await delay(OVERLOADED_PAUSE_MS, undefined, { signal: interrupted });
    }
  }

  async #readOn(
    key: string,
    job: Job,
    tools: GrowingTools,
    { startedAt, giveSlotBack }: Turn,
  ): Promise<Job | undefined> {
    const { store } = this.#parts;
    const found = await this.#take(key, job, tools);
    if (!found) return undefined;
    const { known, analysis, source } = found;
    const { text, models } = known;
    await tools.loaders.use(models.ner);
    if (models.sentiment) await tools.loaders.use(models.sentiment);
    // Waiting for a model takes long, so another text gets the slot meanwhile.
    if (models.ner.state !== 'READY' || (models.sentiment && models.sentiment.state !== 'READY')) giveSlotBack();
    const { sequence } = known;
    for await (const chunk of text.settle(tools, !analysis.open)) {
      known.sequence++;
      if ((await store.append(job, this.#chunkEntry(known, analysis, chunk))) === 'ENDED') return undefined;
      if (known.sequence - sequence === CHUNKS_IN_SLOT) giveSlotBack();
    }
    if (!analysis.open) {
      giveSlotBack();
      await store.append(job, await this.#completion(known, analysis, source, tools));
      this.#known.delete(key);
      return undefined;
    }
    const end = await text.openEnd(tools);
    const tail = { after: known.sequence, tail: tailOf(end, text.length) };
    const rested = await store.rest(job, text.length, tail);
    this.#parts.onTail?.(performance.now() - startedAt);
    if (!rested) this.#known.delete(key);
    return rested?.state === 'QUEUED' ? { ...job, wake: rested.wake } : undefined;
  }

  /** The text, including what was appended since; `undefined` if this run has ended. */
  async #take(key: string, job: Job, tools: GrowingTools): Promise<Found | undefined> {
    const { store } = this.#parts;
    const known = this.#known.get(key);
    if (known) {
      const taken = await store.take(job, known.text.length);
      // Another worker may have read further, or half a surrogate pair was dropped.
      if (
        taken?.source &&
        taken.analysis.lastSequence === known.sequence &&
        taken.analysis.length >= known.text.length
      ) {
        known.text.push(taken.text);
        return { known, analysis: taken.analysis, source: taken.source };
      }
      this.#known.delete(key);
    }
    return this.#begin(key, job, tools);
  }

  /** Starts after the last settled chunk. */
  async #begin(key: string, job: Job, tools: GrowingTools): Promise<Found | undefined> {
    const { store } = this.#parts;
    const found = await store.find(job.id);
    if (!found || found.run !== job.run || isEnded(found)) return undefined;
    const from = checkpointOf(found)?.textFrom ?? 0;
    const taken = await store.take(job, from);
    if (!taken?.source) return undefined;
    const { analysis, source } = taken;
    const checkpoint = checkpointOf(analysis);
    // Another worker has settled more in the meantime.
    if ((checkpoint?.textFrom ?? 0) !== from) return this.#begin(key, job, tools);
    const models = await this.#models(analysis, tools);
    const { aggregation, offsetEncoding, types, minConfidence } = source;
    const options = {
      model: models.ner,
      sentiment: models.sentiment,
      aggregation,
      offsetEncoding,
      types,
      minConfidence,
    };
    const text = new GrowingText(options, checkpoint, taken.text);
    const known: KnownText = { text, models, sequence: analysis.lastSequence };
    this.#known.set(key, known);
    return { known, analysis, source };
  }

  /** The models to read the text with, which must be those of the machine that began it. */
  async #models(
    { options, content }: Analysis,
    { loaders, registry, documents }: GrowingTools,
  ): Promise<AnalysisModels> {
    const ner = registry.resolve('NER', options.model);
    const sentiment =
      options.sentimentModel === null ? undefined : registry.resolve('SENTIMENT', options.sentimentModel);
    const models = { ner, sentiment };
    await Promise.all([loaders.use(ner), sentiment && loaders.use(sentiment)]);
    const { chunkTokens, overlapTokens } = documents;
    if (!(await canReadOn(content, [chunkTokens, overlapTokens], options, models))) throw otherModels();
    return models;
  }

  #chunkEntry(known: KnownText, { fingerprint }: Analysis, settled: SettledChunk): LogEntry {
    const { sequence, text } = known;
    const { resumeAt, entities, progress } = settled;
    const cursor = encodeCursor({ fingerprint, sequence, resumeAt });
    return {
      sequence,
      cursor,
      event: storeChunk({ ...settled, cursor, sequence }),
      state: 'RUNNING',
      entities: entities.map(entryOf),
      progress,
      checkpoint: JSON.stringify(text.checkpoint),
    };
  }

  /** The last event, the same as at the end of one reading of the whole text. */
  async #completion(
    known: KnownText,
    analysis: Analysis,
    source: AnalysisSource,
    { loaders, registry, documents }: GrowingTools,
  ): Promise<LogEntry> {
    const { store } = this.#parts;
    const { ner, sentiment } = known.models;
    const text = (await store.source(analysis.id))?.text ?? '';
    const document = new Document(text, source.offsetEncoding, loaders, registry, documents);
    const entities: readonly (Entity | GrownEntity)[] =
      (await earlierEntities(store, { ...analysis, lastSequence: known.sequence }, document, registry)) ??
      (await document.entities(source));
    const sequence = known.sequence + 1;
    const { chunks, coreStart } = known.text.checkpoint;
    const cursor = encodeCursor({ fingerprint: analysis.fingerprint, sequence, resumeAt: coreStart });
    const progress = {
      chunksDone: chunks,
      chunksTotal: chunks,
      tokensDone: coreStart,
      tokensTotal: coreStart,
      fraction: 1,
    };
    const completed: Omit<AnalysisCompleted, 'document' | 'entityGroups'> = {
      kind: 'AnalysisCompleted',
      cursor,
      sequence,
      entityCount: entities.length,
      sentiment: sentiment ? await document.sentimentIfAny(text, sentiment.id) : null,
      progress,
      // Said when it was finished.
      abandoned: analysis.message !== null,
    };
    return {
      sequence,
      cursor,
      event: storeCompleted({ ...completed, entityGroups: await groupYielding(entities, document.signal) }),
      state: 'COMPLETED',
      entities: [],
      progress,
      finalFingerprint: await fingerprintOf(document, ner, source),
    };
  }
}

function checkpointOf({ checkpoint }: Analysis): Checkpoint | undefined {
  return checkpoint === null ? undefined : (JSON.parse(checkpoint) as Checkpoint);
}

function tailOf({ sentiment, ...end }: OpenEnd, length: number): string {
  return storeTail({ kind: 'TailAnalyzed', ...end, sentiment, length });
}
