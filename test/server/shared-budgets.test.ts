import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { hasRedis, startRedis, type TestRedis } from '../jobs/redis.ts';
import { type Answer, useService } from '../service.ts';

/** Requests per minute. */
const BUDGET = 8;
/** Keys, which are named by themselves. */
const BACK = Array.from({ length: 50 }, (_, index) => `back${index}`);
const CLIENTS = ['one', 'other', 'tokens', 'first0', 'first1', 'away', 'hung', ...BACK];
const TEXT = 'Anna lives in Berlin and works in Paris.';
const ENTITIES = 'query ($text: String!) { entities(text: $text) { type } }';

describe.skipIf(!hasRedis())('budgets of two replicas with one Redis', () => {
  let redis: TestRedis;
  let admin: Redis;
  beforeAll(async () => {
    redis = await startRedis();
    admin = new Redis(redis.url);
    // It is stopped by a test.
    admin.on('error', () => undefined);
  });
  afterAll(async () => {
    admin.disconnect();
    await redis.stop();
  });
  const settings = () => ({
    REDIS_URL: redis.url,
    WORKERS: '1',
    REQUESTS_PER_MINUTE: `${BUDGET}`,
    TOKENS_PER_MINUTE: '60',
    API_KEYS: CLIENTS.map((key) => `${key}:${createHash('sha256').update(key).digest('hex')}`).join(),
  });
  const services = [useService(settings), useService(settings)];
  let urls: readonly string[];
  beforeAll(async () => {
    urls = await Promise.all(services.map(({ server }) => server.listen()));
  });

  /** The code of the error in an answer of one replica, if it has one. */
  async function ask(replica: number, key: string, query = '{ __typename }', text?: string) {
    const response = await fetch(urls[replica] ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query, variables: { text } }),
    });
    const { errors } = (await response.json()) as Answer<unknown>;
    return errors?.[0]?.extensions?.['code'];
  }

  /** Asks both replicas by turns. Gives how many operations were answered before each said RATE_LIMITED. */
  async function answered(key: string, query?: string, text?: string): Promise<number> {
    const refused = new Set<number>();
    let count = 0;
    for (let turn = 0; refused.size < 2; turn = 1 - turn) {
      const code = await ask(turn, key, query, text);
      expect([undefined, 'RATE_LIMITED']).toContain(code);
      if (code) refused.add(turn);
      else count++;
    }
    return count;
  }

  test('requests are counted together', async () => {
    expect(await answered('one')).toBe(BUDGET);
    // Another client has a budget of its own.
    expect(await ask(0, 'other')).toBeUndefined();
  });

  test('tokens are counted together', async () => {
    // Before a model has been used, its tokens are estimated.
    for (const replica of [0, 1]) expect(await ask(replica, `first${replica}`, ENTITIES, TEXT)).toBeUndefined();
    // 60 tokens, of which each request takes 11.
    expect(await answered('tokens', ENTITIES, TEXT)).toBe(5);
  });

  test('each replica counts by itself while Redis is away', async () => {
    await redis.stop();
    onTestFinished(async () => {
      redis = await startRedis(redis.port);
    });
    expect(await answered('away')).toBe(2 * BUDGET);
  });

  test('replicas count together again when Redis is back', async () => {
    await vi.waitFor(async () => expect(await admin.ping()).toBe('PONG'), { timeout: 10_000 });
    // Each replica connects in its own time, so each try needs a client that has spent nothing.
    const clients = [...BACK];
    const tried = async () => answered(clients.pop() ?? 'none');
    await vi.waitFor(async () => expect(await tried()).toBe(BUDGET), { timeout: 10_000, interval: 100 });
  });

  test('a Redis that hangs is asked once, and clients are answered', async () => {
    await admin.config('RESETSTAT');
    const calls = async () => Number(/cmdstat_evalsha:calls=(\d+)/.exec(await admin.info('commandstats'))?.[1] ?? 0);
    redis.child.kill('SIGSTOP');
    try {
      for (let turn = 0; turn < BUDGET; turn++) expect(await ask(0, 'hung')).toBeUndefined();
      expect(await ask(0, 'hung')).toBe('RATE_LIMITED');
    } finally {
      redis.child.kill('SIGCONT');
    }
    expect(await calls()).toBeLessThanOrEqual(1);
  });
});
