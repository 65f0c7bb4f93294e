import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type AccessConfig, loadAccess } from './config/access.ts';
import { ConfigError, Environment, type Variables } from './config/environment.ts';
import { type Limits, loadLimits } from './config/limits.ts';
import { loadOperation, type OperationConfig } from './config/operation.ts';

export { ConfigError };

/**
 * Everything that can be set from outside. This file is the only reader of the environment;
 * the rest of the program is handed a {@link Config}.
 */
export interface Config extends Limits, AccessConfig, OperationConfig {
  /** TCP port of the server; 0 lets the system choose. `PORT`, default 4000. */
  readonly port: number;
  /** Address to listen on. `HOST`, default `127.0.0.1`; a container sets `0.0.0.0`. */
  readonly host: string;
  /** Folder of the bundled models. `MODELS_DIR`, default the `models/` of the package. */
  readonly modelsDirectory: string;
  /** Inference threads. `WORKERS`, default one for each core: a worker with one thread of its own beats shared threads. */
  readonly workers: number;
  /** Padded tokens in one batch. `BATCH_TOKENS`, default 256: larger batches only add padding on a CPU. */
  readonly batchTokens: number;
  /** Tokens that may wait for a worker before new work is refused with OVERLOADED. `QUEUE_TOKENS`, default 1,000,000. */
  readonly queueTokens: number;
  /** Bytes of remembered scores. `CACHE_BYTES`, default 64 MiB; 0 turns the cache off. */
  readonly cacheBytes: number;
  /** Tokens of a request that count as interactive; what it asks for beyond them waits in the bulk lane. `INTERACTIVE_TOKENS`, default 1024. */
  readonly interactiveTokens: number;
  /** Tokens of a chunk's window, with its context and special tokens. `CHUNK_TOKENS`, default 128: longer windows cost more a token and gain nothing. */
  readonly chunkTokens: number;
  /** Tokens of context on each side of a chunk. `OVERLAP_TOKENS`, default 8: on prose, more costs time and changes nothing that can be measured. */
  readonly overlapTokens: number;
  /** Milliseconds that a stopping server waits for open requests. `SHUTDOWN_TIMEOUT_MS`, default 10,000. */
  readonly shutdownTimeoutMs: number;
}

/** Reads the configuration. An empty variable counts as not set. Throws {@link ConfigError}. */
export function loadConfig(variables: Variables = process.env): Config {
  const environment = new Environment(variables);
  const config: Config = {
    ...loadLimits(environment),
    ...loadAccess(environment),
    ...loadOperation(environment),
    port: environment.integer('PORT', 4000, 0, 65_535),
    host: environment.text('HOST', '127.0.0.1'),
    modelsDirectory: environment.text('MODELS_DIR', fileURLToPath(new URL('../models/', import.meta.url))),
    workers: environment.integer('WORKERS', availableParallelism(), 1, 256),
    batchTokens: environment.integer('BATCH_TOKENS', 256, 1, 1_000_000),
    queueTokens: environment.integer('QUEUE_TOKENS', 1_000_000, 1),
    cacheBytes: environment.integer('CACHE_BYTES', 64 * 1024 * 1024, 0),
    interactiveTokens: environment.integer('INTERACTIVE_TOKENS', 1024, 0),
    chunkTokens: environment.integer('CHUNK_TOKENS', 128, 8, 512),
    overlapTokens: environment.integer('OVERLAP_TOKENS', 8, 0, 128),
    shutdownTimeoutMs: environment.integer('SHUTDOWN_TIMEOUT_MS', 10_000, 1),
  };
  if (config.overlapTokens * 4 > config.chunkTokens) {
    throw new ConfigError(
      `OVERLAP_TOKENS (${config.overlapTokens}) must be at most a quarter of CHUNK_TOKENS (${config.chunkTokens}).`,
    );
  }
  return config;
}
