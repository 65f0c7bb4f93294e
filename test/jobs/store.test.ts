import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import { type Analysis, type AnalysisSource, EVERYBODY, type Job } from '../../src/jobs/analysis.ts';
import { MemoryJobQueue } from '../../src/jobs/memory-queue.ts';
import { MemoryAnalysisStore } from '../../src/jobs/memory-store.ts';
import type { JobQueue } from '../../src/jobs/queue.ts';
import { RedisConnections } from '../../src/jobs/redis/connections.ts';
import { RedisJobQueue } from '../../src/jobs/redis/queue.ts';
import { RedisAnalysisStore } from '../../src/jobs/redis/store.ts';
import type { AnalysisStore, Change, LogEntry, Retention } from '../../src/jobs/store.ts';
import { storeUnavailable } from '../../src/jobs/store-errors.ts';
import { hasRedis, startRedis, type TestRedis } from './redis.ts';

const RETENTION: Retention = {
  analysisTtlMs: 60_000,
  analysesKept: 3,
  analysesBytes: 20_000,
  analysisLogBytes: 2000,
  maxOpenTexts: 3,
};
const QUEUE = { jobConcurrency: 2, jobQueue: 3, jobLockMs: 500 };

const source = (text: string): AnalysisSource => ({
  text,
  model: 'm',
  revision: 'a revision',
  sentimentModel: null,
  aggregation: 'FIRST',
  types: null,
  minConfidence: 0,
  offsetEncoding: 'UTF16',
});
const entry = (sequence: number, more: Partial<LogEntry> = {}): LogEntry => ({
  sequence,
  cursor: `c${sequence}`,
  event: `{"sequence":${sequence},"text":"Zoë 😀"}`,
  state: 'RUNNING',
  entities: [
    { text: 'Zoë', type: 'PER', confidence: 0.5, start: sequence, end: sequence + 3 },
    { text: 'Rome', type: 'LOC', confidence: 0.9, start: sequence, end: sequence + 4 },
  ],
  ...more,
});
const completed = (sequence: number) => entry(sequence, { state: 'COMPLETED', entities: [] });

let redis: TestRedis | undefined;
let connections: RedisConnections | undefined;
beforeAll(async () => {
  if (hasRedis()) redis = await startRedis();
});
afterAll(() => redis?.stop());

async function connect(): Promise<RedisConnections> {
  if (!redis) throw new Error('Redis does not run.');
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
  connections = await RedisConnections.open(redis.url, String);
  return connections;
}

const LOGS = [
  ['memory', false, async (retention: Retention): Promise<AnalysisStore> => new MemoryAnalysisStore(retention)],
  ['Redis', !hasRedis(), async (retention: Retention) => new RedisAnalysisStore(await connect(), retention)],
] as const;

for (const [name, missing, open] of LOGS) {
  describe.skipIf(missing)(`the log in ${name}`, () => {
    let log: AnalysisStore;
    beforeEach(async () => {
      log = await open(RETENTION);
    });
    afterEach(() => log.close());

    const create = (id: string, { content = 'same', restart = true, text = 'Anna' } = {}): Promise<Analysis> =>
      log.create({ id, owner: EVERYBODY, content, fingerprint: 'f', source: source(text), restart });
    const sequences = async (id: string, from = 0, limit = 100) =>
      (await log.read(id, from, limit)).lines.map(({ sequence }) => sequence);
    /** Creates an analysis with `chunks` events, and ends it. */
    const finish = async (id: string, chunks = 2): Promise<Job> => {
      const job = await create(id);
      for (let sequence = 0; sequence < chunks; sequence++) await log.append(job, entry(sequence));
      await log.append(job, completed(chunks));
      return job;
    };

    test('returns events byte for byte', async () => {
      const job = await create('a', { text: 'Zoë 😀' });
      expect(job).toMatchObject({ id: 'a', run: 1, state: 'QUEUED', lastSequence: -1, cursor: null, startedAt: null });
      expect(await log.source('a')).toEqual(source('Zoë 😀'));
      await log.begin(job);
      const progress = { chunksDone: 1, chunksTotal: 2, tokensDone: 3, tokensTotal: 7, fraction: 3 / 7 };
      expect(await log.append(job, entry(0, { progress }))).toBe('WRITTEN');
      expect(await log.find('a')).toMatchObject({
        state: 'RUNNING',
        progress,
        entityCount: 2,
        lastSequence: 0,
        cursor: 'c0',
      });
      await log.append(job, completed(1));
      const page = await log.read('a', 0, 100);
      const lines = [entry(0), entry(1)].map(({ sequence, event }) => ({ sequence, event }));
      expect(page).toEqual({ lines, last: 1, ended: true });
      const done = await log.find('a');
      expect(done).toMatchObject({ state: 'COMPLETED', progress, entityCount: 2, code: null, message: null });
      expect([done?.createdAt, done?.startedAt, done?.finishedAt].toSorted()).not.toContain(null);
    });

    test('accepts each sequence number once, in order, of the current run', async () => {
      const job = await create('a');
      expect(await log.append(job, entry(0))).toBe('WRITTEN');
      expect(await log.append(job, entry(0, { event: 'another' }))).toBe('KNOWN');
      await expect(log.append(job, entry(2))).rejects.toThrow('gap');
      expect(await log.append({ id: 'a', run: 2 }, entry(1))).toBe('ENDED');
      expect(await log.append(job, entry(1, { state: 'FAILED', code: 'INTERNAL', message: 'why' }))).toBe('WRITTEN');
      expect(await log.append(job, entry(2))).toBe('ENDED');
      expect(await log.append({ id: 'nobody', run: 1 }, entry(0))).toBe('ENDED');
      expect((await log.read('a', 0, 9)).lines[0]?.event).toBe(entry(0).event);
      expect(await log.find('a')).toMatchObject({ state: 'FAILED', code: 'INTERNAL', message: 'why', entityCount: 4 });
    });

    test('reads from any number on, in pages', async () => {
      await finish('a', 5);
      expect(await sequences('a', 0, 2)).toEqual([0, 1]);
      expect(await sequences('a', 4, 9)).toEqual([4, 5]);
      expect(await log.read('a', 6, 9)).toEqual({ lines: [], last: 5, ended: true });
      expect(await log.read((await create('b')).id, 0, 9)).toEqual({ lines: [], last: -1, ended: false });
      await expect(log.read('nobody', 0, 9)).rejects.toMatchObject({ code: 'ANALYSIS_NOT_FOUND' });
      expect(await log.find('nobody')).toBeUndefined();
    });

    test('keeps one analysis per id', async () => {
      const first = await create('a');
      expect(await create('a')).toEqual(first);
      await expect(create('a', { content: 'other' })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
      await log.append(first, completed(0));
      expect(await create('a')).toMatchObject({ run: 1, state: 'COMPLETED' });
    });

    test('starts a failed analysis again, unless it is not to be restarted', async () => {
      const first = await create('a');
      await log.append(first, entry(0));
      await log.append(first, entry(1, { state: 'CANCELLED', code: 'CANCELLED', message: '' }));
      expect(await create('a', { restart: false })).toMatchObject({ run: 1, state: 'CANCELLED' });
      const second = await create('a');
      expect(second).toMatchObject({ run: 2, state: 'QUEUED', lastSequence: -1, entityCount: 0, code: null });
      expect(await sequences('a')).toEqual([]);
      expect(await log.append(first, entry(0))).toBe('ENDED');
      expect(await log.append(second, entry(0))).toBe('WRITTEN');
    });

    test('notifies subscribers of each change until they unsubscribe', async () => {
      const job = await create('a');
      const told: Change[] = [];
      const toldToo: Change[] = [];
      const leave = await log.subscribe('a', (change) => told.push(change));
      const leaveToo = await log.subscribe('a', (change) => toldToo.push(change));
      await log.append(job, entry(0));
      await vi.waitUntil(() => told.length === 1 && toldToo.length === 1);
      leave();
      await log.append(job, completed(1));
      await vi.waitUntil(() => toldToo.length === 2);
      expect([told, toldToo]).toEqual([['APPENDED'], ['APPENDED', 'ENDED']]);
      leaveToo();
    });

    test('drops the first events of an analysis with too many bytes', async () => {
      const job = await create('a');
      for (let sequence = 0; sequence < 10; sequence++) {
        await log.append(job, entry(sequence, { event: JSON.stringify('x'.repeat(300)) }));
      }
      await expect(log.read('a', 0, 9)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
      const kept = await sequences('a', 8);
      expect(kept).toEqual([8, 9]);
    });

    // Redis has a limit of its own, and drops events by time alone.
    test.runIf(name === 'memory')(
      'drops the events of analyses that ended first, and still has their end',
      async () => {
        for (const id of ['a', 'b', 'c', 'd']) await finish(id);
        for (const from of [0, 2]) {
          await expect(log.read('a', from, 9)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
        }
        expect(await log.read('a', 3, 9)).toMatchObject({ lines: [], ended: true });
        expect(await log.find('a')).toMatchObject({ state: 'COMPLETED', lastSequence: 2 });
        expect(await log.source('a')).toBeUndefined();
        expect(await sequences('b')).toEqual([0, 1, 2]);
        expect(await create('a')).toMatchObject({ run: 2, state: 'QUEUED' });
      },
    );

    // Redis has a limit of its own, and drops events by time alone.
    test.runIf(name === 'memory')('drops events for new texts, and accepts no more than fits', async () => {
      await finish('a');
      const large = { text: 'x'.repeat(9000) };
      await create('b', large);
      await create('c', { text: 'short' });
      await expect(create('d', { text: 'x'.repeat(12_000) })).rejects.toMatchObject({
        extensions: { code: 'OVERLOADED', retryAfterMs: expect.any(Number) },
      });
      expect(await log.find('d')).toBeUndefined();
      await expect(log.read('a', 0, 9)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
    });

    test('closes texts without an append since a time, and no others', async () => {
      const clock = vi.spyOn(Date, 'now');
      const openAt = (now: number, id: string, text: string) => {
        clock.mockReturnValue(now);
        const parts = { id, owner: EVERYBODY, content: id, fingerprint: 'f', restart: false, open: true };
        return log.create({ ...parts, source: source(text) });
      };
      const now = Date.now();
      await openAt(now, 'left', 'Anna \ud83d');
      await openAt(now, 'goes on', 'Bob');
      await openAt(now + 10, 'ended', 'Zoë');
      await log.finishText('ended');
      clock.mockReturnValue(now + 20);
      await log.appendText('goes on', { at: 3, text: '!', maxLength: 10 });
      clock.mockRestore();
      expect(await log.finishIdle(now - 1, 'why')).toEqual([]);
      expect(await log.counts()).toEqual({ openTexts: 2 });
      const left = { id: 'left', open: false, state: 'QUEUED', length: 5, message: 'why' };
      expect(await log.finishIdle(now + 19, 'why')).toMatchObject([left]);
      expect(await log.finishIdle(now + 19, 'why')).toEqual([]);
      expect(await log.find('goes on')).toMatchObject({ open: true, message: null, length: 4 });
      expect(await log.find('ended')).toMatchObject({ open: false, message: null });
      expect((await log.source('left'))?.text).toBe('Anna ');
      expect(await log.counts()).toEqual({ openTexts: 1 });
    });

    test('drops events after a time', async () => {
      const short = await open({ ...RETENTION, analysisTtlMs: 30 });
      try {
        const job = await short.create({
          id: 'a',
          owner: EVERYBODY,
          content: 'x',
          fingerprint: 'f',
          source: source('Anna'),
          restart: true,
        });
        await short.append(job, completed(0));
        const codeOfRead = () => short.read('a', 0, 9).then(String, ({ code }) => code);
        await vi.waitUntil(async () => (await codeOfRead()) === 'CURSOR_EXPIRED', { timeout: 5000, interval: 5 });
      } finally {
        await short.close();
      }
    });
  });
}

test.skipIf(!hasRedis())('every key in Redis has a time to live', async () => {
  const log = new RedisAnalysisStore(await connect(), RETENTION);
  for (const id of ['a', 'b']) {
    const job = await log.create({
      id,
      owner: EVERYBODY,
      content: 'x',
      fingerprint: 'f',
      source: source('Anna'),
      restart: true,
    });
    await log.append(job, id === 'a' ? completed(0) : entry(0));
  }
  const parts = { owner: EVERYBODY, content: 'x', fingerprint: 'f', restart: true, open: true };
  for (const id of ['open', 'finished']) {
    const job = await log.create({ id, ...parts, source: source('Anna') });
    await log.appendText(id, { at: 4, text: '!', maxLength: 10 });
    await log.append(job, entry(0, { checkpoint: '{}' }));
    await log.rest(job, 5, { after: 0, tail: '{}' });
  }
  await log.finishText('finished');
  const client = new Redis(redis?.url ?? '');
  const keys = await client.keys('bertql:*');
  expect(keys.length).toBeGreaterThan(18);
  for (const key of keys) expect(await client.pttl(key), key).toBeGreaterThan(0);
  client.disconnect();
  await log.close();
});

test.skipIf(!hasRedis())(
  'an owner has as many open texts in Redis as there are, however long they are open',
  async () => {
    const log = new RedisAnalysisStore(await connect(), RETENTION);
    const parts = { owner: 'Zoë', content: 'x', fingerprint: 'f', restart: true, open: true, source: source('Anna') };
    for (const id of ['a', 'b', 'c']) await log.create({ id, ...parts });
    await expect(log.create({ id: 'd', ...parts })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    const client = new Redis(redis?.url ?? '');
    // As if its time had passed.
    await client.del('bertql:analysis:b');
    await log.create({ id: 'd', ...parts });
    await expect(log.create({ id: 'e', ...parts })).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    // As if a day had nearly passed since the last start.
    const key = 'bertql:owner:Zoë:open';
    await client.pexpire(key, 60_000);
    await log.appendText('a', { at: 4, text: '!', maxLength: 10 });
    expect(await client.pttl(key)).toBeGreaterThan(60_000);
    await log.finishText('a');
    expect((await client.smembers(key)).sort()).toEqual(['c', 'd']);
    client.disconnect();
    await log.close();
  },
);

test.skipIf(!hasRedis())('Redis knows which analyses wait for a worker', async () => {
  const log = new RedisAnalysisStore(await connect(), RETENTION);
  const parts = { owner: EVERYBODY, content: 'x', fingerprint: 'f', restart: true, source: source('Anna') };
  const waiting = async () => (await log.waiting(Date.now() + 1)).map(({ id }) => id);
  const whole = await log.create({ id: 'whole', ...parts });
  const grows = await log.create({ id: 'grows', ...parts, open: true });
  expect((await waiting()).sort()).toEqual(['grows', 'whole']);
  await log.begin(whole);
  await log.take(grows, 0);
  expect(await waiting()).toEqual([]);
  await log.appendText('grows', { at: 4, text: '!', maxLength: 10 });
  await log.rest(grows, 4, { after: -1, tail: '{}' });
  expect(await waiting()).toEqual(['grows']);
  // Another worker that reads the same comes late.
  await log.append(grows, entry(0, { checkpoint: '{}' }));
  expect(await waiting()).toEqual(['grows']);
  await log.take(grows, 0);
  await log.rest(grows, 5, { after: 0, tail: '{}' });
  expect(await waiting()).toEqual([]);
  await log.finishText('grows');
  expect(await waiting()).toEqual(['grows']);
  await log.append(grows, completed(1));
  expect(await waiting()).toEqual([]);
  await log.close();
});

const NEVER_DYING = { reached: async () => -1, giveUp: async () => undefined };

const QUEUES = [
  ['memory', false, async (): Promise<JobQueue> => new MemoryJobQueue(QUEUE)],
  [
    'Redis',
    !hasRedis(),
    async (): Promise<JobQueue> => new RedisJobQueue(await connect(), 'analyses', QUEUE, NEVER_DYING),
  ],
] as const;

for (const [name, missing, open] of QUEUES) {
  describe.skipIf(missing)(`the queue in ${name}`, () => {
    let queue: JobQueue;
    beforeEach(async () => {
      connections = undefined;
      queue = await open();
    });
    afterEach(async () => {
      await queue.close();
      await connections?.close();
    });
    const job = (id: string): Job => ({ id, run: 1 });

    test('runs each job once, in order, a few at a time', async () => {
      const begun: string[] = [];
      const finish = new Map<string, () => void>();
      for (const id of ['a', 'b', 'c']) await queue.add(job(id));
      await queue.add(job('a'));
      await queue.work(({ id }) => {
        begun.push(id);
        return new Promise((resolve) => finish.set(id, () => resolve(undefined)));
      });
      await vi.waitUntil(() => begun.length === 2);
      finish.get('a')?.();
      await vi.waitUntil(() => begun.length === 3);
      expect(begun).toEqual(['a', 'b', 'c']);
      for (const done of finish.values()) done();
    });

    test('runs the rest of a job after the queued ones', async () => {
      const begun: string[] = [];
      const finish: (() => void)[] = [];
      for (const id of ['a', 'b', 'c']) await queue.add(job(id));
      await queue.work((begin) => {
        begun.push(`${begin.id} ${begin.wake ?? ''}`.trim());
        const rest = begin.id === 'a' && begin.wake === undefined ? { ...begin, wake: 1 } : undefined;
        return new Promise((resolve) => finish.push(() => resolve(rest)));
      });
      for (let done = 0; done < 4; done++) {
        await vi.waitUntil(() => finish[done]);
        finish[done]?.();
      }
      expect(begun).toEqual(['a', 'b', 'c', 'a 1']);
    });

    test('says when it is full', async () => {
      for (const id of ['a', 'b']) await queue.add(job(id));
      expect(await queue.fullness()).toBeUndefined();
      await queue.add(job('c'));
      expect(await queue.fullness()).toMatchObject({ code: 'OVERLOADED' });
    });

    test('interrupts its jobs when it closes', async () => {
      const interrupted: unknown[] = [];
      let running = false;
      for (const id of ['a', 'b', 'c']) await queue.add(job(id));
      await queue.work((_job, signal) => {
        running = true;
        return new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            interrupted.push(signal.reason.code);
            reject(signal.reason);
          }),
        );
      });
      await vi.waitUntil(() => running);
      const left = await queue.close();
      expect(new Set(interrupted)).toEqual(new Set(['SHUTTING_DOWN']));
      expect(left).toEqual(name === 'memory' ? [job('a'), job('b'), job('c')] : []);
    });
  });
}

describe.skipIf(!hasRedis())('a job in Redis', () => {
  let client: Redis;
  beforeEach(async () => {
    await connect();
    client = new Redis(redis?.url ?? '');
  });
  afterEach(async () => {
    await client.replicaof('NO', 'ONE');
    client.disconnect();
    await connections?.close();
  });

  describe('whose workers die', () => {
    /** A worker takes the job after others died over it, and is interrupted. Gives what became of the job. */
    async function take(deaths: number, reached: number): Promise<string> {
      if (!connections) throw new Error('Redis is not connected.');
      let decide = (_fate: string) => {};
      const fate = new Promise<string>((resolve) => {
        decide = resolve;
      });
      const progress = { reached: async () => reached, giveUp: async () => decide('given up') };
      const queue = new RedisJobQueue(connections, 'analyses', QUEUE, progress);
      await queue.add({ id: 'a', run: 1 });
      // BullMQ's own count of the workers that died over the job.
      await client.hset('bertql:jobs:analyses:a-1', 'stc', deaths);
      await queue.work(async (_job, signal) => {
        decide('run');
        signal.throwIfAborted();
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      });
      try {
        return await fate;
      } finally {
        await queue.close();
      }
    }

    test('is given up after the 25th of them if it does not advance', async () => {
      expect(await take(1, -1)).toBe('run');
      expect(await take(24, -1)).toBe('run');
      expect(await take(25, -1)).toBe('given up');
    });

    test('runs on as long as it advances', async () => {
      expect(await take(24, -1)).toBe('run');
      expect(await take(30, 3)).toBe('run');
      expect(await take(54, 3)).toBe('run');
      expect(await take(80, 4)).toBe('run');
      expect(await take(105, 4)).toBe('given up');
    });
  });

  describe('whose worker loses Redis', () => {
    const open = (jobLockMs: number) => {
      if (!connections) throw new Error('Redis is not connected.');
      return new RedisJobQueue(connections, 'analyses', { ...QUEUE, jobLockMs }, NEVER_DYING);
    };

    test('runs again as soon as Redis accepts writes, not when its lock expires', async () => {
      const queue = open(600_000);
      await queue.add({ id: 'a', run: 1 });
      let runs = 0;
      await queue.work(async () => {
        runs++;
        if (runs > 1) return;
        await client.replicaof('127.0.0.1', 1);
        throw storeUnavailable();
      });
      await vi.waitUntil(() => runs > 0);
      await client.replicaof('NO', 'ONE');
      await vi.waitUntil(async () => (await client.exists('bertql:jobs:analyses:a-1')) === 0, { timeout: 30_000 });
      expect(runs).toBe(2);
      await queue.close();
    });

    test('runs once, even if its lock expired and the worker takes it again', async () => {
      const queue = open(500);
      await queue.add({ id: 'a', run: 1 });
      const finish: (() => void)[] = [];
      await queue.work(() => new Promise((resolve) => finish.push(() => resolve(undefined))));
      await vi.waitUntil(() => finish.length === 1);
      const lock = 'bertql:jobs:analyses:a-1:lock';
      await client.del(lock);
      let last = Number.POSITIVE_INFINITY;
      const isRenewed = async () => {
        const before = last;
        last = await client.pttl(lock);
        return before > 0 && last > before;
      };
      // It was taken again, and is not only about to run: its new lock is renewed.
      await vi.waitUntil(isRenewed, { timeout: 30_000 });
      finish[0]?.();
      await vi.waitUntil(async () => (await client.exists('bertql:jobs:analyses:a-1')) === 0, { timeout: 30_000 });
      expect(finish).toHaveLength(1);
      await queue.close();
    });
  });
});
