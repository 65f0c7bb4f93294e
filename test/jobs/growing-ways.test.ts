import { EventEmitter, once } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Aggregation } from '../../src/documents/aggregation.ts';
import { Document } from '../../src/documents/document.ts';
import type { Entity } from '../../src/documents/entities.ts';
import type { OffsetEncoding } from '../../src/documents/offsets.ts';
import type { SentimentResult } from '../../src/documents/sentiment.ts';
import { withoutHalf } from '../../src/documents/surrogates.ts';
import { asBertqlError } from '../../src/errors.ts';
import type { Loaders, LoadersOptions } from '../../src/inference/loaders.ts';
import { Analyses, type EventOrFailure, type Reader } from '../../src/jobs/analyses.ts';
import { MemoryJobQueue } from '../../src/jobs/memory-queue.ts';
import { MemoryAnalysisStore } from '../../src/jobs/memory-store.ts';
import { RedisConnections } from '../../src/jobs/redis/connections.ts';
import { RedisAnalysisStore } from '../../src/jobs/redis/store.ts';
import { JobRunner } from '../../src/jobs/runner.ts';
import type { AnalysisStore } from '../../src/jobs/store.ts';
import { answerByWindow } from '../documents/fake-model.ts';
import { anyText, TIMES } from '../documents/growing-texts.ts';
import { growthSetting } from '../documents/growth-settings.ts';
import { useService } from '../service.ts';
import { type Death, MortalWorkers, patiently } from './mortal-workers.ts';
import { STORES } from './stores.ts';

const RETENTION = {
  analysisTtlMs: 60_000,
  analysesKept: 10,
  analysesBytes: 100_000_000,
  analysisLogBytes: 100_000_000,
  maxOpenTexts: 10,
};
const QUEUE = { jobConcurrency: 8, jobQueue: 100 };
/** Milliseconds after which a case counts as stuck. On a machine that does much else, one took 12,000. */
const STUCK_MS = 60_000;
/** Milliseconds after which the cases end, or the search for a smaller one that fails. */
const ENOUGH_MS = 240_000 * TIMES;

/** How a text is read. */
interface Setting {
  readonly chunkTokens: number;
  readonly overlapTokens: number;
  readonly aggregation: Aggregation;
  readonly offsetEncoding: OffsetEncoding;
  readonly sentiment: boolean;
  /** Of the model. */
  readonly seed: number;
  readonly workers: number;
}

/** What happens to a text while it grows. */
type Step =
  /** So many code units come. */
  | { readonly append: number }
  /** The writer lost an answer: it sends a stretch again that is there, or is there in part. */
  | { readonly again: number; readonly length: number }
  /** A part overtakes the one before it, and is sent again after the refusal. */
  | { readonly early: number }
  /** Parts are sent at once, and those that were refused once more. */
  | { readonly burst: readonly number[]; readonly backwards: boolean }
  /** The reader waits until all is read. */
  | 'read'
  /** A reader loses its connection, and comes back with its last cursor. */
  | 'reconnect'
  | Death;

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ append: fc.integer({ min: 0, max: 300 }) }) },
    { weight: 2, arbitrary: fc.record({ again: fc.nat({ max: 2000 }), length: fc.integer({ min: 1, max: 300 }) }) },
    { weight: 1, arbitrary: fc.record({ early: fc.integer({ min: 1, max: 100 }) }) },
    {
      weight: 2,
      arbitrary: fc.record({
        burst: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 2, maxLength: 5 }),
        backwards: fc.boolean(),
      }),
    },
    { weight: 4, arbitrary: fc.constant('read' as const) },
    { weight: 2, arbitrary: fc.constant('reconnect' as const) },
    { weight: 3, arbitrary: fc.record({ calls: fc.integer({ min: 1, max: 6 }), reached: fc.boolean() }) },
  ),
  { maxLength: 14, size: 'max' },
);
const setting = fc
  .tuple(growthSetting, fc.integer({ min: 1, max: 2 }))
  .map(([growth, workers]) => ({ ...growth, workers }));

/** What counts of an entity. */
const plain = ({ text, type, confidence, start, end, span, tokens, chunkIndex }: Entity) => {
  return { text, type, confidence, start, end, span: { start: span.start, end: span.end }, tokens, chunkIndex };
};
const scores = (sentiment: SentimentResult | null | undefined) =>
  sentiment && { label: sentiment.label, confidence: sentiment.confidence, tokenCount: sentiment.tokenCount };

/** What counts of an event, whenever it is read. */
function factsOf(event: EventOrFailure) {
  if (event.kind === 'ChunkAnalyzed') {
    const { kind, sequence, chunk, entities, sentiment, progress } = event;
    const { chunksDone, tokensDone } = progress;
    return {
      kind,
      sequence,
      chunk,
      entities: entities.map(plain),
      sentiment: scores(sentiment),
      chunksDone,
      tokensDone,
    };
  }
  if (event.kind !== 'AnalysisCompleted') throw new Error(`There should be no ${event.kind}.`);
  const { kind, sequence, entityCount, entityGroups, sentiment, progress, abandoned } = event;
  const groups = entityGroups.map(({ mentions, ...group }) => ({ ...group, mentions: mentions.map(plain) }));
  return { kind, sequence, entityCount, groups, sentiment: scores(sentiment), progress, abandoned };
}

type Facts = ReturnType<typeof factsOf>;

/** One who follows an analysis, through as many connections as it takes. */
class Follower {
  readonly events: Facts[] = [];
  /** Emits `tail` for each tail. */
  readonly #changed = new EventEmitter();
  readonly #analyses: Analyses;
  readonly #id: string;
  readonly #reader: (signal: AbortSignal) => Reader;
  #cursor: string | undefined;
  #tail: { readonly length: number; readonly entities: readonly unknown[] } | undefined;
  #connection = new AbortController();
  #ended: Promise<void>;

  constructor(analyses: Analyses, id: string, reader: (signal: AbortSignal) => Reader) {
    this.#analyses = analyses;
    this.#id = id;
    this.#reader = reader;
    this.#ended = this.#follow();
  }

  /** All entities that it knows of once it has read so far: the settled ones and the tail. */
  async entitiesAt(length: number): Promise<readonly unknown[]> {
    while (this.#tail?.length !== length) await once(this.#changed, 'tail');
    return [...this.events.flatMap((event) => ('entities' in event ? event.entities : [])), ...this.#tail.entities];
  }

  async reconnect(): Promise<void> {
    this.#connection.abort();
    await this.#ended;
    this.#connection = new AbortController();
    this.#ended = this.#follow();
  }

  async end(): Promise<readonly Facts[]> {
    await this.#ended;
    return this.events;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#connection;
    const open = () => this.#analyses.events(this.#id, this.#cursor, true, this.#reader(signal));
    const events = await patiently(open);
    for await (const event of events) {
      if (event.kind === 'StreamFailed') {
        if (signal.aborted) return;
        if (asBertqlError(event.error)?.code === 'STORE_UNAVAILABLE') return this.#follow();
        throw event.error;
      }
      if (event.kind === 'TailAnalyzed') {
        this.#tail = { length: event.length, entities: event.entities.map(plain) };
        this.#changed.emit('tail');
        continue;
      }
      this.#cursor = event.cursor;
      this.events.push(factsOf(event));
    }
  }
}

for (const [name, open, missing, cases] of STORES.map((store, index) => [...store, index === 0 ? 300 : 150] as const)) {
  describe.skipIf(missing)(`open texts, in ${name}`, { timeout: ENOUGH_MS + 2 * STUCK_MS }, () => {
    const place = open();
    const service = useService();
    const openStore = async (): Promise<AnalysisStore> => {
      const { REDIS_URL } = place.settings();
      if (REDIS_URL === undefined) return new MemoryAnalysisStore(RETENTION);
      return new RedisAnalysisStore(await RedisConnections.open(REDIS_URL, String), RETENTION);
    };
    let turn = 0;

    test('have the same end and are correct at any moment, whatever happens on the way', async () => {
      const { inference } = service.server;
      const { registry } = inference;
      let seed = 0;
      const real = inference.loaders.bind(inference);
      const loaders = vi.spyOn(inference, 'loaders').mockImplementation((options?: LoadersOptions): Loaders => {
        const made = real(options);
        answerByWindow(made, seed);
        return made;
      });
      const store = await openStore();
      const failures: unknown[] = [];
      const reportFailure = (error: unknown) => {
        failures.push(error);
        return String(error);
      };
      let settledEarly = 0;
      let deaths = 0;

      const check = async (text: string, steps: readonly Step[], setting: Setting) => {
        seed = setting.seed;
        const { chunkTokens, overlapTokens, aggregation, offsetEncoding, sentiment } = setting;
        const documents = { chunkTokens, overlapTokens, windowsInFlight: 4, maxTextLength: 100_000 };
        const parts = { store, inference, documents, reportFailure, textsAtOnce: 4 };
        const jobs = new MemoryJobQueue(QUEUE);
        const textJobs = new MemoryJobQueue(QUEUE);
        const analyses = new Analyses({ ...parts, jobs, textJobs, openTextIdleMs: 60_000, jobLockMs: 60_000 });
        const wholeTexts = new JobRunner(parts);
        const workers = new MortalWorkers(parts, setting.workers);
        await jobs.work((job, signal) => patiently(() => wholeTexts.run(job, signal)));
        await textJobs.work(workers.run);
        const owner = `case ${turn++}`;
        const reader = (signal: AbortSignal): Reader => ({
          owner,
          signal,
          registry,
          document: (text, unit, stretch) =>
            new Document(text, unit, inference.loaders(), registry, documents, stretch),
        });
        const me = reader(new AbortController().signal);
        const options = { aggregation, offsetEncoding, sentiment, minConfidence: 0 };

        const { id } = await patiently(() => analyses.start({ ...options, text: '', open: true }, me));
        const steady = new Follower(analyses, id, reader);
        const unsteady = new Follower(analyses, id, reader);
        let length = 0;
        const send = async (at: number, part: string) => {
          await patiently(() => analyses.append(id, { at, text: part }, me));
          length = Math.max(length, at + part.length);
        };
        const refused = (at: number, part: string) =>
          patiently(() => analyses.append(id, { at, text: part }, me)).then(() => false, isMisfit);
        const read = async () => {
          const document = me.document(withoutHalf(text.slice(0, length)), offsetEncoding);
          const expected = (await document.entities({ aggregation, minConfidence: 0 })).map(plain);
          expect(await steady.entitiesAt(length)).toEqual(expected);
          expect(await unsteady.entitiesAt(length)).toEqual(expected);
        };
        for (const step of steps) {
          if (step === 'read') await read();
          else if (step === 'reconnect') await unsteady.reconnect();
          else if ('calls' in step) workers.kill(step);
          else if ('append' in step) await send(length, text.slice(length, length + step.append));
          else if ('again' in step) {
            const at = length - Math.min(length, step.again);
            await send(at, text.slice(at, at + step.length));
          } else if ('early' in step) {
            const at = length + step.early;
            if (at < text.length) expect(await refused(at, text.slice(at, at + 1))).toBe(true);
          } else {
            const parts: { at: number; part: string }[] = [];
            for (const size of step.burst) {
              const at = length + parts.reduce((sum, { part }) => sum + part.length, 0);
              parts.push({ at, part: text.slice(at, at + size) });
            }
            const sent = step.backwards ? parts.toReversed() : parts;
            await Promise.allSettled(sent.map(({ at, part }) => analyses.append(id, { at, text: part }, me)));
            for (const { at, part } of parts) await send(at, part);
          }
        }
        settledEarly += steady.events.length;
        await send(length, text.slice(length));
        await patiently(() => analyses.finish(id, me));

        const whole = await patiently(() => analyses.start({ ...options, text, open: false }, me));
        const expected = await new Follower(analyses, whole.id, reader).end();
        expect(await steady.end()).toEqual(expected);
        expect(await unsteady.end()).toEqual(expected);
        expect(await new Follower(analyses, id, reader).end()).toEqual(expected);
        deaths += workers.deaths;
        await Promise.all([jobs.close(), textJobs.close()]);
      };
      await fc.assert(fc.asyncProperty(anyText, steps, setting, check), {
        numRuns: cases * TIMES,
        timeout: STUCK_MS,
        interruptAfterTimeLimit: ENOUGH_MS,
        markInterruptAsFailure: true,
      });
      expect(failures).toEqual([]);
      expect(settledEarly).toBeGreaterThan(cases / 2);
      expect(deaths).toBeGreaterThan(cases / 2);
      loaders.mockRestore();
      await store.close();
    });
  });
}

function isMisfit(error: unknown): boolean {
  return asBertqlError(error)?.code === 'BAD_ARGUMENT';
}
