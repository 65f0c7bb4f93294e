import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { Document } from '../../src/documents/document.ts';
import { type Analysis, type AnalysisSource, EVERYBODY, type Job } from '../../src/jobs/analysis.ts';
import { endAnalysis } from '../../src/jobs/events.ts';
import { identityOf } from '../../src/jobs/identity.ts';
import { MemoryAnalysisStore } from '../../src/jobs/memory-store.ts';
import { RedisConnections } from '../../src/jobs/redis/connections.ts';
import { RedisAnalysisStore } from '../../src/jobs/redis/store.ts';
import { JobRunner } from '../../src/jobs/runner.ts';
import type { AnalysisStore } from '../../src/jobs/store.ts';
import { documentOptions } from '../../src/server/document-options.ts';
import { useService } from '../service.ts';
import { STORES } from './stores.ts';

const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');
const source: AnalysisSource = {
  text: `😀 ${story.slice(0, 4000)}`,
  model: 'bertql/conll-ner-minilm',
  revision: 'a revision',
  sentimentModel: 'bertql/sst2-minilm',
  aggregation: 'FIRST',
  types: null,
  minConfidence: 0,
  offsetEncoding: 'UTF8_BYTE',
};

const service = useService({ CACHE_BYTES: '67108864' });
const config = loadConfig();
const never = new AbortController().signal;

const partsOn = (log: AnalysisStore) => ({
  store: log,
  inference: service.server.inference,
  documents: documentOptions(config),
  reportFailure: (error: unknown) => {
    throw error;
  },
});

async function create(log: AnalysisStore, id: string, content?: string): Promise<Job> {
  const { inference } = service.server;
  const options = documentOptions(config);
  const document = new Document(source.text, source.offsetEncoding, inference.loaders(), inference.registry, options);
  const ner = inference.registry.resolve('NER');
  const sentiment = inference.registry.resolve('SENTIMENT');
  const { fingerprint, content: real } = await identityOf(document, source, { ner, sentiment });
  return log.create({ id, owner: EVERYBODY, content: content ?? real, fingerprint, source, restart: false });
}

/** The stored events, byte for byte, except for their timing. */
async function stored(log: AnalysisStore, id: string): Promise<string[]> {
  const { lines } = await log.read(id, 0, 10_000);
  return lines.map(({ event }) => event.replaceAll(/"timing":\{[^{}]*\}/g, '"timing":{}'));
}

/** A store that does something before each call of a method. */
function before(log: AnalysisStore, method: 'append' | 'read', act: (calls: number) => Promise<void>): AnalysisStore {
  let calls = 0;
  return new Proxy(log, {
    get: (target, key) => {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      if (key !== method) return member.bind(target);
      return async (...args: unknown[]): Promise<unknown> => {
        await act(calls++);
        return member.apply(target, args);
      };
    },
  });
}

for (const [name, open, missing] of STORES) {
  describe.skipIf(missing)(`jobs on the log in ${name}`, () => {
    const store = open();
    const openLog = async (): Promise<AnalysisStore> => {
      const { REDIS_URL } = store.settings();
      if (REDIS_URL === undefined) return new MemoryAnalysisStore(config);
      return new RedisAnalysisStore(await RedisConnections.open(REDIS_URL, () => 'Unexpected error.'), config);
    };

    test('write the same bytes wherever they were interrupted', async () => {
      const calm = new MemoryAnalysisStore(config);
      await new JobRunner(partsOn(calm)).run(await create(calm, 'calm'), never);
      const whole = await stored(calm, 'calm');
      expect(whole.length).toBeGreaterThan(8);

      const log = await openLog();
      for (const cut of whole.keys()) {
        const id = `cut ${cut}`;
        const job = await create(log, id);
        const interruption = new AbortController();
        const interrupted = before(log, 'append', async (appended) => {
          if (appended === cut) interruption.abort();
        });
        await new JobRunner(partsOn(interrupted)).run(job, interruption.signal).catch(() => undefined);
        const left = await log.find(id);
        if (cut < whole.length - 1) expect(left?.state).toBe('RUNNING');
        await new JobRunner(partsOn(log)).run(job, never);
        expect(await stored(log, id)).toEqual(whole);
      }
      await log.close();
    });

    test('write the same bytes if two workers run one job', async () => {
      const log = await openLog();
      const job = await create(log, 'alone');
      await new JobRunner(partsOn(log)).run(job, never);
      const both = await create(log, 'both');
      await Promise.all([1, 2].map(() => new JobRunner(partsOn(log)).run(both, never)));
      expect(await stored(log, 'both')).toEqual(await stored(log, 'alone'));
      await log.close();
    });

    test('leave an analysis that is started again while they resume it', async () => {
      const log = await openLog();
      const job = await create(log, 'again');
      const interruption = new AbortController();
      const first = before(log, 'append', async (appended) => {
        if (appended === 2) interruption.abort();
      });
      await new JobRunner(partsOn(first)).run(job, interruption.signal).catch(() => undefined);
      const resumed = before(log, 'read', async (reads) => {
        if (reads > 0) return;
        const ending = { state: 'CANCELLED', code: 'CANCELLED', message: 'Cancelled.' } as const;
        const cancelled = await endAnalysis(log, 'again', ending);
        await log.create({ ...(cancelled as Analysis), source, restart: true });
      });
      await new JobRunner(partsOn(resumed)).run(job, never);
      expect(await log.find('again')).toMatchObject({ run: 2, state: 'QUEUED', lastSequence: -1 });
      await log.close();
    });

    test('are not resumed by a worker with other settings or models', async () => {
      const log = await openLog();
      const job = await create(log, 'other', 'of another revision');
      await new JobRunner(partsOn(log)).run(job, never);
      expect(await log.find('other')).toMatchObject({ state: 'FAILED', code: 'MODEL_UNAVAILABLE', lastSequence: 0 });
      await log.close();
    });
  });
}
