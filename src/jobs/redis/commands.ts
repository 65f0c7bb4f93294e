import { readFileSync } from 'node:fs';
import type { Redis, RedisKey, RedisValue, Result } from 'ioredis';

type Flat = readonly string[];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    createAnalysis(...args: RedisValue[]): Result<[outcome: string, record: Flat], Context>;
    beginAnalysis(...args: RedisValue[]): Result<number, Context>;
    appendEvent(...args: RedisValue[]): Result<string, Context>;
    appendToText(...args: RedisValue[]): Result<[outcome: string, record: Flat], Context>;
    finishText(...args: RedisValue[]): Result<[outcome: string, record: Flat], Context>;
    takeTextBuffer(
      ...args: RedisValue[]
    ): Result<[] | [record: readonly Buffer[], text: Buffer, source: Buffer], Context>;
    restText(...args: RedisValue[]): Result<Flat, Context>;
  }
}

/** The name, the file and the number of keys of each command. */
const COMMANDS = [
  ['createAnalysis', 'create', 11],
  ['beginAnalysis', 'begin', 2],
  ['appendEvent', 'append', 8],
  ['appendToText', 'append-text', 8],
  ['finishText', 'finish-text', 8],
  ['takeText', 'take', 4],
  ['restText', 'rest', 3],
] as const;

/** Adds the commands of the Lua files in this folder to a connection. Each changes an analysis atomically. */
export function defineCommands(redis: Redis): void {
  for (const [name, file, numberOfKeys] of COMMANDS) {
    redis.defineCommand(name, {
      numberOfKeys,
      lua: readFileSync(new URL(`./${file}.lua`, import.meta.url), 'utf8'),
    });
  }
}

/** The prefix of all keys. */
export const KEY_PREFIX = 'bertql:';

/** Open texts, by the time of their last append. */
export const OPEN_KEY = `${KEY_PREFIX}open`;

/** Analyses that wait for a worker, by since when. */
export const QUEUED_KEY = `${KEY_PREFIX}queued`;

/** The last `order` that was assigned. */
export const CLOCK_KEY = `${KEY_PREFIX}clock`;

/** The keys of one analysis, in the order in which the commands take them. */
export function keysOf(id: string) {
  const record = `${KEY_PREFIX}analysis:${id}`;
  const own = (name: string): RedisKey => `${record}:${name}`;
  return {
    record,
    source: own('source'),
    text: own('text'),
    events: own('events'),
    index: own('index'),
    tail: own('tail'),
  };
}

/** The keys of an owner's analyses and open texts. */
export function ownerKeys(owner: string) {
  return { listed: `${KEY_PREFIX}owner:${owner}:analyses`, open: `${KEY_PREFIX}owner:${owner}:open` };
}
