import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AnalysisDocument } from '../../src/client/graphql.ts';
import { startProcess } from '../process/child.ts';
import { STREAMING, type Transport } from '../server/transports.ts';
import { useService } from '../service.ts';
import { hasRedis, startRedis, type TestRedis } from './redis.ts';
import { collect, type Event, start, watch } from './watching.ts';

const story = readFileSync(new URL('../texts/scandal-in-bohemia.txt', import.meta.url), 'utf8');
const text = story.slice(0, 10_000);

describe.skipIf(!hasRedis())('workers in separate processes', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  const alone = useService();
  const replica = useService(() => ({ REDIS_URL: redis.url, ROLE: 'api' }));
  const startWorker = () =>
    startProcess({ REDIS_URL: redis.url, ROLE: 'worker', WORKERS: '1', CACHE_BYTES: '0', JOB_LOCK_MS: '500' });

  let watched: Transport;
  let undisturbed: Event[];
  beforeAll(async () => {
    const connect = STREAMING[1]?.[1];
    if (!connect) throw new Error('There is a second transport.');
    const calm = connect(await alone.server.listen());
    watched = connect(await replica.server.listen());
    undisturbed = await collect(watch(calm, (await start(alone, { text, sentiment: true })).id));
    await calm.dispose();
  });
  afterAll(() => watched.dispose());

  test('leave an analysis queued until there is one, and do not answer clients', async () => {
    const { id } = await start(replica, { text: 'Anna lives in Berlin.' });
    const worker = startWorker();
    const url = await worker.ready;
    expect((await collect(watch(watched, id))).at(-1)?.__typename).toBe('AnalysisCompleted');
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(new URL('/ready', url))).status).toBe(200);
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 0, signal: null });
  });

  test.each(['SIGKILL', 'SIGTERM'] as const)('resume where another one was ended by %s', async (signal) => {
    const first = startWorker();
    await first.ready;
    const { id } = await start(replica, { text, sentiment: true, idempotencyKey: signal });
    const events: Event[] = [];
    let second: ReturnType<typeof startWorker> | undefined;
    for await (const event of watch(watched, id)) {
      events.push(event);
      if (events.length !== 4) continue;
      first.child.kill(signal);
      await first.ended;
      const { analysis } = await replica.data(AnalysisDocument, { id });
      expect(analysis?.state).toBe('RUNNING');
      second = startWorker();
    }
    expect(events).toEqual(undisturbed);
    expect(await collect(watch(watched, id))).toEqual(undisturbed);
    second?.child.kill('SIGTERM');
    expect((await second?.ended)?.code).toBe(0);
    expect(replica.failures).toEqual([]);
  });
});
