import { Redis } from 'ioredis';
import { afterAll, beforeAll } from 'vitest';
import { hasRedis, startRedis, type TestRedis } from './redis.ts';

/** A place where analyses are kept, for the tests of a file. */
export interface Store {
  /** The settings of a server that keeps its analyses there. Known once the hooks before the tests have run. */
  settings(): Readonly<Record<string, string>>;
  /** Drops the events of an analysis as time does; in memory their number does it. */
  drop(id: string): Promise<void>;
}

const inMemory = (): Store => ({ settings: () => ({}), drop: async () => undefined });

/** A Redis of its own for each file. */
const inRedis = (): Store => {
  let redis: TestRedis | undefined;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.stop());
  return {
    settings: () => {
      if (!redis) throw new Error('Redis does not run yet; ask inside a hook or a test.');
      return { REDIS_URL: redis.url };
    },
    drop: async (id) => {
      const client = new Redis(redis?.url ?? '');
      await client.del(...['source', 'events', 'index', 'text'].map((name) => `bertql:analysis:${id}:${name}`));
      client.disconnect();
    },
  };
};

/** The stores; both must behave the same. */
export const STORES: readonly (readonly [name: string, open: () => Store, missing: boolean])[] = [
  ['memory', inMemory, false],
  ['Redis', inRedis, !hasRedis()],
];
