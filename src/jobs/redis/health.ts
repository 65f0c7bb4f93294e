import type { Redis } from 'ioredis';
import type { ReportFailure } from '../../documents/analysis.ts';
import { storeUnavailable } from '../store-errors.ts';
import { KEY_PREFIX } from './commands.ts';

/** Milliseconds between two looks at Redis. */
const BEAT_MS = 500;
/** Looks without an answer after which Redis counts as hung: counted, since this process may have stood still itself. */
const MOST_MISSED = 3;

/** Why Redis takes no commands now, by how its reply begins. It answers reads all the same if it is full or read-only. */
const REASONS: readonly (readonly [reply: RegExp, reason: string, readable: boolean])[] = [
  [/^OOM/, 'is full: Redis has reached its maxmemory and takes nothing', true],
  [/^READONLY/, 'is read-only: this Redis is a replica, or is failing over', true],
  [/^MISCONF/, 'takes nothing: Redis cannot write to its disk', true],
  [/^NOREPLICAS/, 'takes nothing: Redis has too few replicas', true],
  [/^LOADING/, 'is loading its data', false],
  [/^(?:MASTERDOWN|TRYAGAIN|CLUSTERDOWN|UNBLOCKED)/, 'is failing over', false],
  [/timed out/i, 'does not answer', false],
];

interface Trouble {
  readonly reason: string;
  /** Whether reads are answered. */
  readonly readable: boolean;
}

/** What an error says of Redis; `undefined` if the command was wrong and not Redis. */
export function troubleIn(error: unknown): Trouble | undefined {
  const message = error instanceof Error ? error.message : String(error);
  const known = REASONS.find(([reply]) => reply.test(message));
  if (known) return { reason: known[1], readable: known[2] };
  const isWrong = error instanceof Error && error.name === 'ReplyError';
  return isWrong ? undefined : { reason: 'cannot be reached', readable: false };
}

/**
 * Looks after a Redis by writing to it twice a second: a full, a read-only, a hung and a lost one are noticed without a
 * client having to wait for it, reported once with the reason, and used again as soon as they take a write.
 */
export class RedisHealth {
  readonly #redis: Redis;
  readonly #reportFailure: ReportFailure;
  readonly #timer: NodeJS.Timeout;
  #trouble: Trouble | undefined;
  /** Looks since the one that is not answered yet; `undefined` if all are. */
  #missed: number | undefined;
  #waiting = new AbortController();

  constructor(redis: Redis, reportFailure: ReportFailure) {
    this.#redis = redis;
    this.#reportFailure = reportFailure;
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS).unref();
  }

  /** What is wrong, as in `is full`; nothing if all is well. */
  get trouble(): string | undefined {
    return this.#trouble?.reason;
  }

  /** Throws STORE_UNAVAILABLE if a command would be refused, so that nobody waits for it. */
  check(writes: boolean): void {
    if (this.#trouble && (writes || !this.#trouble.readable)) throw storeUnavailable(this.#trouble.reason);
  }

  /** Aborted when Redis is found to be hung, with what is then to be thrown. */
  get signal(): AbortSignal {
    return this.#waiting.signal;
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  async #beat(): Promise<void> {
    if (this.#missed !== undefined) {
      this.#missed++;
      const hangs = this.#missed >= MOST_MISSED && this.#trouble === undefined;
      if (hangs) this.#fail({ reason: 'does not answer', readable: false });
      return;
    }
    this.#missed = 0;
    try {
      await this.#redis.set(`${KEY_PREFIX}beat`, '1', 'PX', 10 * BEAT_MS);
      this.#trouble = undefined;
    } catch (error) {
      const trouble = troubleIn(error);
      if (trouble && trouble.reason !== this.#trouble?.reason) this.#fail(trouble);
    } finally {
      this.#missed = undefined;
    }
  }

  #fail(trouble: Trouble): void {
    this.#trouble = trouble;
    // A connection that is lost is reported by itself.
    if (trouble.reason !== 'cannot be reached') {
      this.#reportFailure(new Error(`The store of analyses ${trouble.reason}. Analyses resume when it is back.`));
    }
    const waiting = this.#waiting;
    this.#waiting = new AbortController();
    if (!trouble.readable) waiting.abort(storeUnavailable(trouble.reason));
  }
}
