import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  AnalysisDocument,
  AnalysisEventsDocument,
  FinishTextDocument,
  StartAnalysisDocument,
} from '../../src/client/graphql.ts';
import { startProcess } from '../process/child.ts';
import { STREAMING } from '../server/transports.ts';
import { useService } from '../service.ts';
import { freePort, hasRedis, startRedis, type TestRedis } from './redis.ts';
import { collect, type Event, start, type WatchError, watch } from './watching.ts';

const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');
const text = story.slice(0, 9000);

test('a Redis that does not answer at the start is reported in one line', async () => {
  const port = await freePort();
  const { code, output } = await startProcess({ REDIS_URL: `redis://:secret@127.0.0.1:${port}` }).ended;
  expect(output).toMatch(
    new RegExp(`^bertql cannot start: REDIS_URL: there is no Redis at redis://127.0.0.1:${port} .*ECONNREFUSED.*\n$`),
  );
  expect(code).toBe(1);
});

test.each(['api', 'worker'])('ROLE=%s without Redis is reported in one line', async (role) => {
  const { code, output } = await startProcess({ ROLE: role, REDIS_URL: '' }).ended;
  expect(output).toMatch(/^bertql cannot start: ROLE is \w+, which needs REDIS_URL.*\n$/);
  expect(code).toBe(1);
});

describe.skipIf(!hasRedis())('a Redis that is lost', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  const service = useService(() => ({ REDIS_URL: redis.url, JOB_LOCK_MS: '500', WORKERS: '1' }));
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });

  test.each([...STREAMING])(
    'ends streams with a code, and everything resumes when it is back: %s',
    async (name, connect) => {
      const transport = connect(url);
      onTestFinished(() => void transport.dispose());
      const { id } = await start(service, { text, idempotencyKey: `paused ${name}` });
      const seen: Event[] = [];
      const streamed = (async () => {
        for await (const event of watch(transport, id)) {
          seen.push(event);
          // Cut off from its clients, with all that it holds: as a network is that fails.
          if (seen.length === 3) await redis.disconnectClients();
        }
      })();
      await expect(streamed).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' } satisfies Partial<WatchError>);
      await vi.waitFor(() => service.data(AnalysisDocument, { id }), { timeout: 10_000, interval: 50 });
      // Streams have a connection of their own, which comes back by itself.
      const resume = () => collect(watch(transport, id, seen.at(-1)?.cursor));
      const rest = await vi.waitFor(resume, { timeout: 10_000, interval: 50 });
      const all = [...seen, ...rest];
      expect(all.map(({ sequence }) => sequence)).toEqual([...all.keys()]);
      expect(all.at(-1)?.__typename).toBe('AnalysisCompleted');
      expect(await collect(watch(transport, id))).toEqual(all);
    },
  );

  test('makes requests fail with a code while it is down, and accept new analyses when another one is up', async () => {
    await redis.stop();
    expect(await service.code(AnalysisDocument, { id: 'x' })).toBe('STORE_UNAVAILABLE');
    redis = await startRedis(redis.port);
    await vi.waitFor(() => service.data(AnalysisDocument, { id: 'x' }), { timeout: 10_000, interval: 50 });
    const connect = STREAMING[0]?.[1];
    const transport = connect?.(url);
    if (!transport) throw new Error('There is a transport.');
    onTestFinished(() => void transport.dispose());
    const { id } = await start(service, { text: 'Anna lives in Berlin.' });
    // Streams have a connection of their own, which comes back by itself.
    const events = await vi.waitFor(() => collect(watch(transport, id)), { timeout: 10_000, interval: 50 });
    expect(events.at(-1)?.__typename).toBe('AnalysisCompleted');
    // Each outage was reported, once.
    expect(service.failures).toHaveLength(3);
  });
});

describe.skipIf(!hasRedis())('a Redis that refuses writes or hangs', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  const service = useService(() => ({ REDIS_URL: redis.url, WORKERS: '1' }));
  let url: string;
  beforeAll(async () => {
    url = await service.server.listen();
  });
  const configure = async (...command: [string, ...string[]]) => {
    const admin = new Redis(redis.url);
    await admin.call(...command);
    admin.disconnect();
  };
  const isReady = async () => {
    const response = await service.server.graph.fetch('http://localhost/ready');
    return (await response.json()) as { ready: boolean; reasons: string[] };
  };
  const startCode = async (about: string) => {
    const input = { text: about, aggregation: 'FIRST', minConfidence: 0, offsetEncoding: 'UTF16' } as const;
    const { errors } = await service.ask(StartAnalysisDocument, { input: { ...input, open: false, sentiment: false } });
    return { code: errors?.[0]?.extensions?.['code'], message: errors?.[0]?.message };
  };

  test.each([
    ['is full', () => configure('CONFIG', 'SET', 'maxmemory', '1'), () => configure('CONFIG', 'SET', 'maxmemory', '0')],
    ['is read-only', () => configure('REPLICAOF', '127.0.0.1', '1'), () => configure('REPLICAOF', 'NO', 'ONE')],
    ['does not answer', async () => redis.child.kill('SIGSTOP'), async () => redis.child.kill('SIGCONT')],
  ])(
    'is reported, not ready, refused at once and used again later: it %s',
    { timeout: 60_000 },
    async (reason, stop, resume) => {
      const before = service.failures.length;
      const { id } = await start(service, { text: `${reason}: ${text}` });
      await stop();
      await vi.waitUntil(async () => !(await isReady()).ready, { timeout: 15_000, interval: 50 });
      expect((await isReady()).reasons.join()).toContain(reason);
      expect(await startCode('Anna lives in Berlin.')).toMatchObject({
        code: 'STORE_UNAVAILABLE',
        message: expect.stringContaining(reason),
      });
      expect(service.failures.slice(before).map(String)).toEqual([expect.stringContaining(reason)]);
      await resume();
      await vi.waitUntil(async () => (await isReady()).ready, { timeout: 30_000, interval: 50 });
      const state = async () => (await service.data(AnalysisDocument, { id })).analysis?.state;
      await vi.waitUntil(async () => (await state()) === 'COMPLETED', { timeout: 30_000, interval: 50 });
    },
  );

  test.each([false, true])('ends streams when it hangs, which resume when it answers (if full: %s)', async (full) => {
    const connect = STREAMING[0]?.[1];
    const transport = connect?.(url);
    if (!transport) throw new Error('There is a transport.');
    onTestFinished(() => void transport.dispose());
    const { id } = await start(service, { text: 'Anna lives in Berlin.', open: true });
    let waits = () => {};
    const waiting = new Promise<void>((resolve) => {
      waits = resolve;
    });
    const followed = (async () => {
      // All that is there has been read once there is a tail.
      for await (const { errors } of transport.run(AnalysisEventsDocument, { id, after: null })) {
        if (errors) throw new Error(String(errors[0]?.extensions?.['code']));
        waits();
      }
    })();
    await waiting;
    if (full) {
      await configure('CONFIG', 'SET', 'maxmemory', '1');
      await vi.waitUntil(async () => !(await isReady()).ready, { timeout: 15_000, interval: 50 });
    }
    redis.child.kill('SIGSTOP');
    await expect(followed).rejects.toThrow('STORE_UNAVAILABLE');
    redis.child.kill('SIGCONT');
    await configure('CONFIG', 'SET', 'maxmemory', '0');
    const finish = () => service.data(FinishTextDocument, { id });
    await vi.waitFor(finish, { timeout: 30_000, interval: 50 });
    const events = await vi.waitFor(() => collect(watch(transport, id)), { timeout: 30_000, interval: 50 });
    expect(events.at(-1)?.__typename).toBe('AnalysisCompleted');
  });
});
