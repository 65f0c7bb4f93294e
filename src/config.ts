import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

/**
 * Everything that can be set from outside. This file is the only reader of the environment;
 * the rest of the program is handed a {@link Config}.
 */
export interface Config {
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
  /** Tokens of context on each side of a chunk. `OVERLAP_TOKENS`, default 4: on CoNLL-2003 test, F1 is 88.2 ± 0.3 for any value from 0 to 32, and more costs time. */
  readonly overlapTokens: number;
  /** UTF-16 code units in one text. `MAX_TEXT_LENGTH`, default 2,000,000. */
  readonly maxTextLength: number;
  /** Texts in one list. `MAX_TEXTS`, default 10,000. */
  readonly maxTexts: number;
  /** Bytes of a request's body or a WebSocket message. `MAX_BODY_BYTES`, default 8 MiB: a longest text in UTF-8. */
  readonly maxBodyBytes: number;
  /** Milliseconds after which a query is given up. `REQUEST_TIMEOUT_MS`, default 60,000; streams have no such limit. */
  readonly requestTimeoutMs: number;
  /** Milliseconds that a stopping server waits for open requests. `SHUTDOWN_TIMEOUT_MS`, default 10,000. */
  readonly shutdownTimeoutMs: number;
}

/** A setting that cannot be used; the message names the variable, what was expected and what came. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the configuration. An empty variable counts as not set. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): Config {
  const integer = (name: string, fallback: number, least: number, most = Number.MAX_SAFE_INTEGER): number => {
    const raw = environment[name]?.trim();
    if (!raw) return fallback;
    const value = Number(raw);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new ConfigError(`${name} must be a whole number ${range}, but it is "${raw}".`);
  };
  const text = (name: string, fallback: string): string => environment[name]?.trim() || fallback;

  const config: Config = {
    port: integer('PORT', 4000, 0, 65_535),
    host: text('HOST', '127.0.0.1'),
    modelsDirectory: text('MODELS_DIR', fileURLToPath(new URL('../models/', import.meta.url))),
    workers: integer('WORKERS', availableParallelism(), 1, 256),
    batchTokens: integer('BATCH_TOKENS', 256, 1, 1_000_000),
    queueTokens: integer('QUEUE_TOKENS', 1_000_000, 1),
    cacheBytes: integer('CACHE_BYTES', 64 * 1024 * 1024, 0),
    interactiveTokens: integer('INTERACTIVE_TOKENS', 1024, 0),
    chunkTokens: integer('CHUNK_TOKENS', 128, 8, 512),
    overlapTokens: integer('OVERLAP_TOKENS', 4, 0, 128),
    maxTextLength: integer('MAX_TEXT_LENGTH', 2_000_000, 1),
    maxTexts: integer('MAX_TEXTS', 10_000, 1),
    maxBodyBytes: integer('MAX_BODY_BYTES', 8 * 1024 * 1024, 1024),
    requestTimeoutMs: integer('REQUEST_TIMEOUT_MS', 60_000, 1),
    shutdownTimeoutMs: integer('SHUTDOWN_TIMEOUT_MS', 10_000, 1),
  };
  if (config.overlapTokens * 4 > config.chunkTokens) {
    throw new ConfigError(
      `OVERLAP_TOKENS (${config.overlapTokens}) must be at most a quarter of CHUNK_TOKENS (${config.chunkTokens}).`,
    );
  }
  return config;
}
