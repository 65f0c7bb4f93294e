import { setMaxListeners } from 'node:events';
import type { Redis } from 'ioredis';
import type { ReportFailure } from '../../documents/analysis.ts';
import { messageOf } from '../../thrown.ts';
import { storeUnavailable } from '../store-errors.ts';
import { KEY_PREFIX } from './commands.ts';

/** Milliseconds between two health checks. */
const BEAT_MS = 500;
/**
 * Unanswered checks after which Redis counts as hung. Counted instead of timed, since this process may have been
 * suspended.
 */
const MOST_MISSED = 3;

/** Why Redis refuses commands, by how its reply begins. If it is full or read-only, it still answers reads. */
const REASONS: readonly (readonly [reply: RegExp, reason: string, readable: boolean])[] = [
  [/^OOM/, 'is full: Redis has reached its maxmemory and refuses writes', true],
  [/^READONLY/, 'is read-only: this Redis is a replica, or is failing over', true],
  [/^MISCONF/, 'refuses writes: Redis cannot write to its disk', true],
  [/^NOREPLICAS/, 'refuses writes: Redis has too few replicas', true],
  [/^LOADING/, 'is loading its data', false],
  [/^(?:MASTERDOWN|TRYAGAIN|CLUSTERDOWN|UNBLOCKED)/, 'is failing over', false],
  [/timed out/i, 'does not answer', false],
];

interface Trouble {
  readonly reason: string;
  /** Whether reads are answered. */
  readonly readable: boolean;
}

/** What is wrong with Redis according to an error; `undefined` if the command itself was wrong. */
export function troubleIn(error: unknown): Trouble | undefined {
  const message = messageOf(error);
  const known = REASONS.find(([reply]) => reply.test(message));
  if (known) return { reason: known[1], readable: known[2] };
  const isWrong = error instanceof Error && error.name === 'ReplyError';
  return isWrong ? undefined : { reason: 'cannot be reached', readable: false };
}

/**
 * Checks Redis by writing to it twice a second. A Redis that is full, read-only, hung or lost is noticed without a
 * client having to wait for it, reported once with the reason, and used again as soon as it accepts a write.
 */
export class RedisHealth {
  readonly #redis: Redis;
  readonly #reportFailure: ReportFailure;
  readonly #onHang: () => void;
  readonly #timer: NodeJS.Timeout;
  #trouble: Trouble | undefined;
  /** Number of checks since the unanswered one; `undefined` if all are answered. */
  #missed: number | undefined;
  #waiting = controllerOfMany();

  /** @param onHang called each time that Redis is found to hang */
  constructor(redis: Redis, reportFailure: ReportFailure, onHang: () => void) {
    this.#redis = redis;
    this.#reportFailure = reportFailure;
    this.#onHang = onHang;
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS).unref();
  }

  /** What is wrong, as in `is full`; `undefined` if nothing is. */
  get trouble(): string | undefined {
    return this.#trouble?.reason;
  }

  /** Throws STORE_UNAVAILABLE if a command would be refused, so that clients need not wait for it. */
  check(writes: boolean): void {
    if (this.#trouble && (writes || !this.#trouble.readable)) throw storeUnavailable(this.#trouble.reason);
  }

  /** Aborted when Redis is found to hang, with the error to throw as its reason. */
  get signal(): AbortSignal {
    return this.#waiting.signal;
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  async #beat(): Promise<void> {
    if (this.#missed !== undefined) {
      this.#missed++;
      const hangs = this.#missed >= MOST_MISSED && (this.#trouble?.readable ?? true);
      if (!hangs) return;
      this.#fail({ reason: 'does not answer', readable: false });
      this.#onHang();
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
    // A lost connection reports itself.
    if (trouble.reason !== 'cannot be reached') {
      this.#reportFailure(new Error(`The store of analyses ${trouble.reason}. Analyses resume when it is back.`));
    }
    if (trouble.readable) return;
    const waiting = this.#waiting;
    this.#waiting = controllerOfMany();
    waiting.abort(storeUnavailable(trouble.reason));
  }
}

/** Any number of pending commands may listen to it. */
function controllerOfMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}
