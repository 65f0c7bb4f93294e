import { Redis } from 'ioredis';
import type { ReportFailure } from '../../documents/analysis.ts';
import { BertqlError, orAborted } from '../../errors.ts';
import { messageOf } from '../../thrown.ts';
import { storeUnavailable } from '../store-errors.ts';
import { RedisHealth, troubleIn } from './health.ts';

/** Thrown if Redis cannot be reached. The message names the setting and the address, and says what is wrong. */
class RedisUnreachable extends Error {
  override readonly name = 'RedisUnreachable';
}

/** Milliseconds after which a connection attempt or a command fails. */
const TIMEOUT_MS = 5000;

/**
 * Milliseconds without an answer after which a connection is replaced, since the machine at its other end may be gone.
 * Longer than any command of BullMQ blocks.
 */
const SILENCE_MS = 20_000;

/** Longest pause between two attempts to connect, in milliseconds. */
const LONGEST_PAUSE_MS = 1000;

const COMMON = {
  lazyConnect: true,
  connectTimeout: TIMEOUT_MS,
  keepAlive: 10_000,
  socketTimeout: SILENCE_MS,
  retryStrategy: (attempt: number) => Math.min(50 * 2 ** attempt, LONGEST_PAUSE_MS),
};

/** Commands fail at once while Redis is down: it is better to tell a client to retry than to let it wait. */
const FAIL_FAST = { ...COMMON, enableOfflineQueue: false, maxRetriesPerRequest: 0 };

/**
 * The connections of one process to Redis. They reconnect by themselves after an outage, which is reported once. Their
 * owner must close them.
 */
export class RedisConnections {
  /** For commands. */
  readonly commands: Redis;
  /** For subscriptions only, as Redis requires; they are not renewed after an outage. */
  readonly subscriber: Redis;
  /** Whether Redis accepts commands now. */
  readonly health: RedisHealth;
  readonly #workers: Redis[] = [];
  readonly #url: string;

  private constructor(url: string, reportFailure: ReportFailure) {
    this.#url = url;
    this.commands = new Redis(url, { ...FAIL_FAST, commandTimeout: TIMEOUT_MS });
    this.subscriber = new Redis(url, { ...FAIL_FAST, autoResubscribe: false });
    this.subscriber.on('error', () => undefined);
    // It may wait for a message for ever, which then never comes, and nobody notices.
    this.health = new RedisHealth(this.commands, reportFailure, () => this.subscriber.disconnect(true));
    let last: Error | undefined;
    let wasReady = false;
    this.commands.on('error', (error) => {
      last = error;
    });
    this.commands.on('ready', () => {
      wasReady = true;
      last = undefined;
    });
    // `close` comes before the `error` of the first attempt to reconnect, and again for each further attempt.
    this.commands.on('close', () => {
      if (!wasReady || this.commands.status === 'end') return;
      wasReady = false;
      reportFailure(new Error(`Redis was lost${last ? `: ${last.message}` : ''}. Analyses resume when it is back.`));
    });
  }

  /** Connects. Throws {@link RedisUnreachable} if Redis does not answer. */
  static async open(url: string, reportFailure: ReportFailure): Promise<RedisConnections> {
    const connections = new RedisConnections(url, reportFailure);
    let reason: unknown;
    connections.commands.once('error', (error) => {
      reason = error;
    });
    try {
      await connections.commands.connect();
      await connections.commands.ping();
      await connections.subscriber.connect();
      return connections;
    } catch (error) {
      await connections.close();
      throw unreachable(url, reason ?? error);
    }
  }

  /** A connection for a BullMQ worker, whose commands wait until Redis is back. */
  forWorker(): Redis {
    const connection = new Redis(this.#url, { ...COMMON, maxRetriesPerRequest: null });
    this.#workers.push(connection);
    return connection;
  }

  async close(): Promise<void> {
    this.health.dispose();
    for (const connection of [this.subscriber, ...this.#workers, this.commands]) connection.disconnect();
  }
}

/**
 * Awaits the result of a command. Rejects with STORE_UNAVAILABLE and the reason if Redis does not accept commands, or
 * as soon as it is found to hang, and with Redis' own error if the command is wrong.
 */
export async function withStoreErrors<T>(command: Promise<T>, health?: RedisHealth): Promise<T> {
  try {
    return await (health ? orAborted(command, health.signal) : command);
  } catch (error) {
    if (error instanceof BertqlError) throw error;
    const trouble = troubleIn(error);
    throw trouble ? storeUnavailable(trouble.reason) : error;
  }
}

function unreachable(url: string, reason: unknown): RedisUnreachable {
  const why = messageOf(reason);
  return new RedisUnreachable(
    `REDIS_URL: there is no Redis at ${withoutPassword(url)} (${why}). Start it, or leave REDIS_URL empty to keep analyses in memory.`,
  );
}

function withoutPassword(url: string): string {
  if (!URL.canParse(url)) return `"${url}"`;
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
