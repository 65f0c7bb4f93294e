import { LRUCache } from 'lru-cache';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { BertqlError } from '../../errors.ts';

/** What one client may spend per minute; 0 for no limit. */
export interface ClientBudget {
  readonly requestsPerMinute: number;
  readonly tokensPerMinute: number;
}

/** The part of a Redis client that counting needs. */
export interface RateStore {
  /** Closes the connection. */
  disconnect(): void;
}

const MINUTE_S = 60;
/** Milliseconds that a request waits for Redis. */
const REDIS_MS = 500;
/** The most clients that are remembered to have spent their budget. */
const CLIENTS_KEPT = 10_000;

type Unit = 'requests' | 'tokens';

/**
 * What clients spend per minute. With a store, all replicas count together; while it is down, each counts by itself
 * with the whole budget, so that a client has at most one budget per replica.
 */
export class Rates {
  readonly #store: RateStore | undefined;
  readonly #limiters = new Map<string, RateLimiterAbstract>();
  /** When clients that have spent their requests may send the next one, on a monotonic clock. */
  readonly #spentUntil = new LRUCache<string, number>({ max: CLIENTS_KEPT });

  constructor(store?: RateStore) {
    this.#store = store;
  }

  /**
   * Opens its own connection to Redis, whose commands fail at once while Redis is down. If Redis hangs, the requests
   * that wait for it are delayed by the time limit; the connection is then closed, and no other request waits.
   */
  static async open(redisUrl: string | undefined): Promise<Rates> {
    if (redisUrl === undefined) return new Rates();
    const { Redis } = await import('ioredis');
    const store = new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 0, socketTimeout: REDIS_MS });
    // Only the shared count is lost; the limiter counts by itself meanwhile.
    store.on('error', () => undefined);
    return new Rates(store);
  }

  /** Spends one request and its tokens. Throws RATE_LIMITED, and spends nothing then. */
  async spend(client: string, budget: ClientBudget, tokens: number): Promise<void> {
    this.check(client, budget);
    await this.#take('requests', client, budget.requestsPerMinute, 1);
    try {
      await this.#take('tokens', client, budget.tokensPerMinute, tokens);
    } catch (error) {
      if (budget.requestsPerMinute > 0) await this.#limiter('requests', budget.requestsPerMinute).reward(client, 1);
      throw error;
    }
  }

  /**
   * Spends a request whose document was refused. If the budget is used up, the client's next request is refused at
   * once.
   */
  spendRefused(client: string, budget: ClientBudget): void {
    this.#take('requests', client, budget.requestsPerMinute, 1).catch(() => undefined);
  }

  /** Throws RATE_LIMITED if the client is known to have spent its requests. */
  check(client: string, { requestsPerMinute }: ClientBudget): void {
    if (requestsPerMinute === 0) return;
    const left = (this.#spentUntil.get(client) ?? 0) - performance.now();
    if (left > 0) throw spent('requests', Math.ceil(left), requestsPerMinute, 1);
  }

  dispose(): void {
    this.#store?.disconnect();
  }

  async #take(unit: Unit, client: string, perMinute: number, amount: number): Promise<void> {
    if (perMinute === 0) return;
    try {
      // An amount beyond a minute's budget waits for a whole budget.
      await this.#limiter(unit, perMinute).consume(client, Math.min(amount, perMinute));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
      const { msBeforeNext } = error;
      if (unit === 'requests') this.#spentUntil.set(client, performance.now() + msBeforeNext);
      throw spent(unit, msBeforeNext, perMinute, amount);
    }
  }

  #limiter(unit: Unit, perMinute: number): RateLimiterAbstract {
    const key = `${unit} ${perMinute}`;
    let limiter = this.#limiters.get(key);
    if (!limiter) this.#limiters.set(key, (limiter = this.#create(unit, perMinute)));
    return limiter;
  }

  #create(unit: Unit, perMinute: number): RateLimiterAbstract {
    const options = { keyPrefix: `bertql:rate:${unit}`, points: perMinute, duration: MINUTE_S };
    const alone = new RateLimiterMemory(options);
    if (!this.#store) return alone;
    return new RateLimiterRedis({ ...options, storeClient: this.#store, insuranceLimiter: alone });
  }
}

function spent(unit: Unit, retryAfterMs: number, limit: number, actual: number): BertqlError {
  return new BertqlError(
    'RATE_LIMITED',
    `This client has spent its ${unit}: at most ${limit} a minute are accepted, and this needs ${actual}. Try again in ${retryAfterMs} ms.`,
    { retryAfterMs, limit, actual },
  );
}
