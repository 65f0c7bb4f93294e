import { fileURLToPath } from 'node:url';
import { type AccessConfig, loadAccess } from './config/access.ts';
import { type DeviceConfig, loadDevices } from './config/devices.ts';
import { ConfigError, Environment, type Variables } from './config/environment.ts';
import { type Limits, loadLimits } from './config/limits.ts';
import { loadModels, type ModelsConfig } from './config/models.ts';
import { loadOperation, type OperationConfig } from './config/operation.ts';

export { ConfigError };

/**
 * Everything that can be set from outside. This file is the only reader of the environment;
 * the rest of the program is handed a {@link Config}.
 */
export interface Config extends Limits, AccessConfig, OperationConfig, DeviceConfig, ModelsConfig {
  /** TCP port of the server; 0 lets the system choose. `PORT`, default 4000. */
  readonly port: number;
  /** Address to listen on. `HOST`, default `127.0.0.1`; a container sets `0.0.0.0`. */
  readonly host: string;
  /** Path of the graph. `ENDPOINT`, default `/graphql`. */
  readonly endpoint: string;
  /** Folder of the bundled models. `MODELS_DIR`, default the `models/` of the package. */
  readonly modelsDirectory: string;
  /** Tokens that may wait for a worker before new work is refused with OVERLOADED. `QUEUE_TOKENS`, default 1,000,000. */
  readonly queueTokens: number;
  /** Bytes of remembered scores. `CACHE_BYTES`, default 64 MiB; 0 turns the cache off. */
  readonly cacheBytes: number;
  /** Tokens of a request that count as interactive; what it asks for beyond them waits in the bulk lane. `INTERACTIVE_TOKENS`, default 1024. */
  readonly interactiveTokens: number;
  /** Tokens of a chunk's window, with its context and special tokens. `CHUNK_TOKENS`, default 128: longer windows cost more a token and gain nothing. */
  readonly chunkTokens: number;
  /** Tokens of context on each side of a chunk. `OVERLAP_TOKENS`, default 4: on CoNLL-2003 test, F1 is 88.2 ± 0.3 for any value from 0 to 32, and more costs time. */
  readonly overlapTokens: number;
  /** Milliseconds that a stopping server waits for open requests. `SHUTDOWN_TIMEOUT_MS`, default 10,000. */
  readonly shutdownTimeoutMs: number;
  /** Milliseconds after which a connection whose client reads nothing of what waits for it is cut off. `STALL_TIMEOUT_MS`, default 30,000: a phone in a tunnel comes back in that time or reconnects. */
  readonly stallTimeoutMs: number;
  /** What this process does: `api` answers clients, `worker` runs analyses, `all` does both. `ROLE`, default `all`; the others need `REDIS_URL`. */
  readonly role: 'api' | 'worker' | 'all';
  /** Redis that several processes share for analyses, as in `redis://host:6379`. `REDIS_URL`, default none: analyses are kept in memory. */
  readonly redisUrl: string | undefined;
  /** Milliseconds without a sign of life after which an analysis goes to another worker. `JOB_LOCK_MS`, default 10,000: well above any pause of a process that lives. */
  readonly jobLockMs: number;
  /** Analyses that run in this process at a time. `JOB_CONCURRENCY`, default 2: one alone cannot keep the threads busy at its start and end. */
  readonly jobConcurrency: number;
  /** Analyses that may wait before a new one is refused with OVERLOADED. `JOB_QUEUE`, default 1,000. */
  readonly jobQueue: number;
  /** Milliseconds that an analysis' events are kept after its end. `ANALYSIS_TTL_MS`, default 3,600,000: an hour. */
  readonly analysisTtlMs: number;
  /** Ended analyses whose events are kept. `ANALYSES_KEPT`, default 1,000. */
  readonly analysesKept: number;
  /** Bytes of texts and events of all analyses together. `ANALYSES_BYTES`, default 256 MiB. */
  readonly analysesBytes: number;
  /** Bytes of events of one analysis; where it has more, the first go. `ANALYSIS_LOG_BYTES`, default 64 MiB: those of a longest text fit. */
  readonly analysisLogBytes: number;
}

/**
 * Reads the configuration. An empty variable counts as not set. Throws {@link ConfigError}.
 *
 * @param over variables that go before those of the environment
 */
export function loadConfig(variables: Variables = process.env, over: Variables = {}): Config {
  const environment = new Environment({ ...variables, ...over });
  const config: Config = {
    ...loadLimits(environment),
    ...loadAccess(environment),
    ...loadOperation(environment),
    ...loadModels(environment),
    ...loadDevices(environment),
    port: environment.integer('PORT', 4000, 0, 65_535),
    host: environment.text('HOST', '127.0.0.1'),
    endpoint: environment.path('ENDPOINT', '/graphql'),
    modelsDirectory: environment.text('MODELS_DIR', fileURLToPath(new URL('../models/', import.meta.url))),
    queueTokens: environment.integer('QUEUE_TOKENS', 1_000_000, 1),
    cacheBytes: environment.integer('CACHE_BYTES', 64 * 1024 * 1024, 0),
    interactiveTokens: environment.integer('INTERACTIVE_TOKENS', 1024, 0),
    chunkTokens: environment.integer('CHUNK_TOKENS', 128, 8, 512),
    overlapTokens: environment.integer('OVERLAP_TOKENS', 4, 0, 128),
    shutdownTimeoutMs: environment.integer('SHUTDOWN_TIMEOUT_MS', 10_000, 1),
    stallTimeoutMs: environment.integer('STALL_TIMEOUT_MS', 30_000, 1, 2 ** 31 - 1),
    role: environment.choice('ROLE', 'all', ['api', 'worker', 'all']),
    redisUrl: environment.optional('REDIS_URL'),
    jobLockMs: environment.integer('JOB_LOCK_MS', 10_000, 100, 2 ** 30),
    jobConcurrency: environment.integer('JOB_CONCURRENCY', 2, 1, 1000),
    jobQueue: environment.integer('JOB_QUEUE', 1000, 1),
    analysisTtlMs: environment.integer('ANALYSIS_TTL_MS', 60 * 60 * 1000, 1),
    analysesKept: environment.integer('ANALYSES_KEPT', 1000, 1),
    analysesBytes: environment.integer('ANALYSES_BYTES', 256 * 1024 * 1024, 1),
    analysisLogBytes: environment.integer('ANALYSIS_LOG_BYTES', 64 * 1024 * 1024, 1),
  };
  if (config.overlapTokens * 4 > config.chunkTokens) {
    throw new ConfigError(
      `OVERLAP_TOKENS (${config.overlapTokens}) must be at most a quarter of CHUNK_TOKENS (${config.chunkTokens}).`,
    );
  }
  if (config.role !== 'all' && config.redisUrl === undefined) {
    throw new ConfigError(`ROLE is ${config.role}, which needs REDIS_URL: without Redis one process must do it all.`);
  }
  return config;
}
