import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config.ts';
import { Document } from '../../src/documents/document.ts';
import { BertqlError } from '../../src/errors.ts';
import { type AnalysisSource, EVERYBODY, type Job } from '../../src/jobs/analysis.ts';
import { openIdentityOf } from '../../src/jobs/identity.ts';
import { MemoryAnalysisStore } from '../../src/jobs/memory-store.ts';
import { RedisConnections } from '../../src/jobs/redis/connections.ts';
import { RedisAnalysisStore } from '../../src/jobs/redis/store.ts';
import type { AnalysisStore } from '../../src/jobs/store.ts';
import { TextRunner } from '../../src/jobs/text-runner.ts';
import { documentOptions } from '../../src/server/document-options.ts';
import { useService } from '../service.ts';
import { STORES } from './stores.ts';

const OPTIONS = {
  model: 'bertql/conll-ner-minilm',
  revision: 'a revision',
  sentimentModel: null,
  aggregation: 'FIRST',
  types: null,
  minConfidence: 0,
  offsetEncoding: 'UTF16',
} as const;
const MOST = { maxLength: 1000 };

const service = useService({ CACHE_BYTES: '67108864' });
const config = loadConfig();
const never = new AbortController().signal;

async function create(store: AnalysisStore, id: string, text: string): Promise<Job> {
  const { inference } = service.server;
  const source: AnalysisSource = { text, ...OPTIONS };
  const document = new Document(text, 'UTF16', inference.loaders(), inference.registry, documentOptions(config));
  const models = { ner: inference.registry.resolve('NER'), sentiment: undefined };
  const identity = await openIdentityOf(id, document, source, models);
  return store.create({ id, owner: EVERYBODY, ...identity, source, restart: false, open: true });
}

const runnerOn = (store: AnalysisStore) =>
  new TextRunner({
    store,
    inference: service.server.inference,
    documents: documentOptions(config),
    reportFailure: (error) => {
      throw error;
    },
    textsAtOnce: 1,
  });

/** A store in which the reading of one text stops before it gives out its tail, until it is let go. */
function stopping(store: AnalysisStore, id: string) {
  let reached: () => void = () => undefined;
  let letGo: () => void = () => undefined;
  const isReached = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const isLetGo = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const rest: AnalysisStore['rest'] = async (job, ...others) => {
    if (job.id === id) {
      reached();
      await isLetGo;
    }
    return store.rest(job, ...others);
  };
  const stopped = new Proxy(store, {
    get: (target, key) => {
      if (key === 'rest') return rest;
      const member: unknown = Reflect.get(target, key);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { store: stopped, isReached, letGo: () => letGo() };
}

for (const [name, open, missing] of STORES) {
  describe.skipIf(missing)(`readings of open texts, in ${name}`, () => {
    const place = open();
    const openStore = async (): Promise<AnalysisStore> => {
      const { REDIS_URL } = place.settings();
      if (REDIS_URL === undefined) return new MemoryAnalysisStore(config);
      return new RedisAnalysisStore(await RedisConnections.open(REDIS_URL, String), config);
    };
    const readTo = async (store: AnalysisStore, id: string) => JSON.parse((await store.tail(id))?.tail ?? '{}').length;

    test('include what was appended while the text waited for its turn', async () => {
      const store = await openStore();
      const first = await create(store, 'first', 'Anna');
      const second = await create(store, 'second', 'Bob');
      const stop = stopping(store, 'first');
      const runner = runnerOn(stop.store);
      const reading = runner.run(first, never);
      await stop.isReached;
      const waiting = runner.run(second, never);
      await store.appendText('second', { at: 3, text: ' lives in ', ...MOST });
      await store.appendText('second', { at: 13, text: 'Rome.', ...MOST });
      expect(await store.tail('second')).toBeUndefined();
      stop.letGo();
      expect(await reading).toBeUndefined();
      expect(await waiting).toBeUndefined();
      expect(await readTo(store, 'second')).toBe(18);
      // It was read once.
      expect(await store.find('second')).toMatchObject({ state: 'OPEN', wake: 1 });
      await store.close();
    });

    test('leave what was appended meanwhile, or the end, to a later job', async () => {
      const store = await openStore();
      const job = await create(store, 'grows', 'Anna');
      const stop = stopping(store, 'grows');
      const runner = runnerOn(stop.store);
      const reading = runner.run(job, never);
      await stop.isReached;
      await store.appendText('grows', { at: 4, text: ' lives in Rome.', ...MOST });
      stop.letGo();
      const rest = await reading;
      expect(rest).toMatchObject({ id: 'grows', run: 1, wake: 1 });
      expect(await readTo(store, 'grows')).toBe(4);
      expect(await store.find('grows')).toMatchObject({ state: 'QUEUED' });
      await store.finishText('grows');
      expect(rest && (await runner.run(rest, never))).toBeUndefined();
      expect(await store.find('grows')).toMatchObject({ state: 'COMPLETED', length: 19 });
      await store.close();
    });

    test('end if they are interrupted while they wait, and others continue', async () => {
      const store = await openStore();
      const first = await create(store, 'reads', 'Anna');
      const stop = stopping(store, 'reads');
      const runner = runnerOn(stop.store);
      const reading = runner.run(first, never);
      await stop.isReached;
      const interruption = new AbortController();
      const interrupted = runner.run(await create(store, 'interrupted', 'Bob'), interruption.signal);
      const waiting = runner.run(await create(store, 'waits', 'Zoë'), never);
      interruption.abort(new BertqlError('SHUTTING_DOWN', 'It stops.'));
      await expect(interrupted).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
      stop.letGo();
      await Promise.all([reading, waiting]);
      expect(await readTo(store, 'waits')).toBe(3);
      expect(await store.find('interrupted')).toMatchObject({ state: 'QUEUED' });
      await store.close();
    });
  });
}
