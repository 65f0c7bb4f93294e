import { readFileSync } from 'node:fs';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  AnalysisDocument,
  AnalysisEventsDocument,
  FinishTextDocument,
  TypedDocumentString,
} from '../../src/client/graphql.ts';
import { startProcess } from '../process/child.ts';
import { STREAMING, type Transport } from '../server/transports.ts';
import { useService } from '../service.ts';
import { hasRedis, startRedis, type TestRedis } from './redis.ts';
import { collect, type Event, start, watch } from './watching.ts';

const Append = new TypedDocumentString<{ appendText: { length: number } }, { id: string; at: number; text: string }>(
  'mutation ($id: ID!, $at: Int!, $text: String!) { appendText(id: $id, at: $at, text: $text) { length } }',
);
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

  /** Undoes what was queued, as if the replica had died after it stored something and before it could queue it. */
  const loseJobs = async () => {
    const client = new Redis(redis.url);
    const jobs = await client.keys('bertql:jobs:*');
    expect(jobs.length).toBeGreaterThan(0);
    await client.del(...jobs);
    client.disconnect();
  };

  test('read what a replica stored but could not queue before it died', async () => {
    const whole = await start(replica, { text: 'Anna lives in Berlin.' });
    const grows = await start(replica, { text: 'Angela Merkel', open: true });
    await loseJobs();
    const first = startWorker();
    await first.ready;
    expect((await collect(watch(watched, whole.id))).at(-1)?.__typename).toBe('AnalysisCompleted');
    const untilRead = async (length: number) => {
      for await (const { data } of watched.run(AnalysisEventsDocument, { id: grows.id, after: null })) {
        const event = data?.analysisEvents;
        if (event?.__typename === 'TailAnalyzed' && event.length === length)
          return event.entities.map(({ text }) => text);
      }
      throw new Error('The stream ended.');
    };
    expect(await untilRead(13)).toEqual(['Angela Merkel']);
    first.child.kill('SIGTERM');
    await first.ended;

    await replica.data(Append, { id: grows.id, at: 13, text: ' met Emmanuel Macron.' });
    await loseJobs();
    const second = startWorker();
    await second.ready;
    expect(await untilRead(34)).toEqual(['Angela Merkel', 'Emmanuel Macron']);
    second.child.kill('SIGTERM');
    await second.ended;

    await replica.data(FinishTextDocument, { id: grows.id });
    await loseJobs();
    const third = startWorker();
    await third.ready;
    const answers = await collect(watched.run(AnalysisEventsDocument, { id: grows.id, after: null }));
    expect(answers.at(-1)?.data?.analysisEvents).toMatchObject({ __typename: 'AnalysisCompleted', entityCount: 2 });
    third.child.kill('SIGTERM');
    await third.ended;
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
