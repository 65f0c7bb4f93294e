/**
 * All settings, each in one entry: its type, its default, what it does, and the reason for the default. The environment
 * variables, the options of the library, the type {@link Config} and docs/settings.md come from these entries. Nothing
 * else reads the environment.
 */

import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, homedir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { chooseDevice, DEVICES, type DeviceChoice } from './models/device.ts';
import type { HubSettings } from './models/hub/hub-settings.ts';
import { DTYPES } from './models/weights-file.ts';
import { messageOf } from './thrown.ts';

/** Thrown for an invalid setting. The message names the setting, the expected value and the actual one. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Environment variables by name. An empty value counts as unset. */
export type Variables = Readonly<Record<string, string | undefined>>;

interface Entry {
  /** What it does, its unit, and the reason for its default. */
  readonly about: string;
  /**
   * Its environment variable; by default its name in capitals, as `MAX_TEXTS` for `maxTexts`. `null` if it can only be
   * set in code.
   */
  readonly variable?: string | null;
  /** The default in words, if it depends on the machine or on other settings. */
  readonly shownDefault?: string;
  /** Reads it from the environment, if reading its variable is not enough. */
  readonly read?: (variable: ReadVariable) => unknown;
}

type ReadVariable = (name: string) => string | undefined;

/** The description of a setting. `default` is missing if it has none. */
interface Setting extends Entry {
  readonly default?: unknown;
  /** Completes the message "must be {expected}". */
  readonly expected: string;
}

const settings = z.registry<Setting>();

/** A setting with a default. */
function setting<T extends z.ZodType>(type: T, entry: Entry & { readonly default: z.util.NoUndefined<z.output<T>> }) {
  return noted(type.default(entry.default), type, entry);
}

/** A setting that may be missing. */
function optional<T extends z.ZodType>(type: T, entry: Entry) {
  // Without the transformation its key would be optional in Config, too.
  const schema = type.optional().transform((value) => value);
  return noted(schema, type, entry);
}

/** A setting that is required if others of its group are set. */
function needed<T extends z.ZodType>(type: T, entry: Entry): T {
  return noted(type, type, entry);
}

function noted<T extends z.ZodType>(schema: T, { description = 'a text' }: z.ZodType, entry: Entry): T {
  settings.add<z.ZodType>(schema, { ...entry, expected: description });
  return schema;
}

function text() {
  return z.string();
}

function integer(least: number, most = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const toNumber = (value: unknown) => (typeof value === 'string' ? Number(value) : value);
  return z.preprocess(toNumber, z.int().min(least).max(most)).describe(`a whole number ${range}`);
}

function flag() {
  const toBoolean = (value: unknown) => (value === 'true' ? true : value === 'false' ? false : value);
  return z.preprocess(toBoolean, z.boolean()).describe('one of true, false');
}

function choice<const T extends readonly [string, ...string[]]>(choices: T) {
  return z.enum(choices).describe(`one of ${choices.join(', ')}`);
}

/** A list of words, separated by commas. */
function list(item: z.ZodType<string>, expected: string) {
  const words = (value: string) => value.split(',').map((word) => word.trim());
  const split = (value: unknown) => (typeof value === 'string' ? words(value).filter(Boolean) : value);
  return z.preprocess(split, z.array(item).readonly()).describe(expected);
}

/** The longest delay of Node's timers. */
const LONGEST_DELAY = 2 ** 31 - 1;
const MIB = 1024 * 1024;

const server = {
  port: setting(integer(0, 65_535), {
    default: 4000,
    shownDefault: '4000',
    about: 'TCP port of the server; with 0 the system chooses one.',
  }),
  host: setting(text(), {
    default: '127.0.0.1',
    about: 'Address to listen on. Set `0.0.0.0` to be reachable from outside, as the container image does.',
  }),
  endpoint: setting(
    text()
      .regex(/^\/[\w./-]*$/)
      .describe('a path such as /graphql'),
    {
      default: '/graphql',
      about: 'Path of the graph.',
    },
  ),
  page: setting(flag(), { default: true, about: 'Whether the page is served at `/`.' }),
  graphiql: setting(flag(), { default: true, about: 'Whether GraphiQL is served.' }),
  shutdownTimeoutMs: setting(integer(1), {
    default: 10_000,
    about: 'Milliseconds that a stopping server waits for open requests.',
  }),
};

const jwt = {
  keySet: needed(text(), {
    variable: 'JWT_KEY_SET',
    about: 'URL or file of the JSON Web Key Set that tokens are verified with. Without it, tokens are not accepted.',
  }),
  issuer: needed(text(), {
    variable: 'JWT_ISSUER',
    about: 'The `iss` that a token must have. Required with `JWT_KEY_SET`.',
  }),
  audience: needed(text(), {
    variable: 'JWT_AUDIENCE',
    about:
      'The `aud` that a token must have. Required with `JWT_KEY_SET`: a token for another service must not open this one.',
  }),
};

const access = {
  apiKeys: setting(list(text(), 'words name:hash between commas'), {
    default: [],
    about:
      'API keys as `name:hash`, separated by commas; `bertql key` makes them. If there are keys or a key set, clients must authenticate.',
  }),
  apiKeysFile: optional(text(), { about: 'JSON file of API keys, which may have their own limits.' }),
  jwt: z
    .object(jwt)
    .readonly()
    .optional()
    .transform((value) => value),
  allowedOrigins: setting(
    list(
      text().refine((origin) => origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)),
      'origins such as https://app.example.org between commas, or *',
    ),
    {
      default: [],
      about:
        "Origins of web pages that may use the server, separated by commas; `*` for all. The server's own page is always allowed.",
    },
  ),
  allowedHosts: setting(list(text(), 'host names between commas, or *'), {
    default: [],
    about:
      'Names under which the server answers on a loopback address, besides `localhost` and the like, separated by commas; `*` for all. A web page can point its own name to that address (DNS rebinding).',
  }),
  persistedOperations: optional(text(), {
    about: 'A folder of `.graphql` files, or a JSON file of documents by hash: only these operations are run.',
    shownDefault: 'none: any operation is run',
  }),
  introspection: setting(flag(), {
    default: true,
    about: 'Whether clients may read the schema: it is documentation, not a secret.',
  }),
  trustedProxies: setting(integer(0, 10), {
    default: 0,
    about:
      'Proxies in front of the server that add to `X-Forwarded-For`. With 0 the header is ignored, since anyone can send it; with more, clients must not be able to bypass the proxies, or they could choose their address.',
  }),
};

const limits = {
  maxBodyBytes: setting(integer(1024), {
    default: 8 * MIB,
    about: "The most bytes of a request's body or a WebSocket message: enough for the longest text in UTF-8, escaped.",
  }),
  maxTextLength: setting(integer(1), {
    default: 2_000_000,
    about: 'The most UTF-16 code units of one text: a thousand pages.',
  }),
  maxTexts: setting(integer(1), {
    default: 1000,
    about: 'The most texts in one list. More would gain nothing, since batches are formed across requests.',
  }),
  maxRequestTokens: setting(integer(1), {
    default: 1_000_000,
    about:
      'The most model tokens of one operation: of all texts of all fields and aliases, once for each model that reads them. The default is some four million characters of prose.',
  }),
  maxResultSize: setting(integer(1000, 256 * MIB), {
    default: 16 * MIB,
    about:
      'The most bytes of one result as JSON, with everything in it: enough for all entities of the longest text. Making it takes about ten times as much memory.',
  }),
  maxGraphqlTokens: setting(integer(100), {
    default: 5000,
    about: 'The most tokens of a GraphQL document: ten times the longest example.',
  }),
  maxDepth: setting(integer(1), {
    default: 15,
    about: 'The deepest nesting of fields. The longest path through the graph without a cycle is 8.',
  }),
  maxAliases: setting(integer(0), {
    default: 100,
    about: 'The most aliases, counted wherever their fragment is used.',
  }),
  maxDirectives: setting(integer(0), {
    default: 50,
    about: 'The most directives, counted wherever their fragment is used.',
  }),
  requestTimeoutMs: setting(integer(1, LONGEST_DELAY), {
    default: 60_000,
    about: 'Milliseconds after which a query or mutation is aborted. Streams have no such limit.',
  }),
  stallTimeoutMs: setting(integer(1, LONGEST_DELAY), {
    default: 30_000,
    about:
      'Milliseconds after which a client that reads nothing is disconnected. A phone in a tunnel comes back in that time, or reconnects.',
  }),
  maxSockets: setting(integer(1), {
    default: 100,
    about: 'The most WebSockets and SSE streams of one address at a time.',
  }),
  maxConnections: setting(integer(1), {
    default: 2000,
    about:
      'The most TCP connections of one address at a time. Not counted if `TRUSTED_PROXIES` is set, since all clients then share one address.',
  }),
  maxHeldBytes: setting(integer(1024), {
    default: 64 * MIB,
    about: 'The most bytes of requests of one address in memory, incomplete or running: eight of the largest bodies.',
  }),
  maxInitBytes: setting(integer(256), {
    default: 16 * 1024,
    about: 'The most bytes that a WebSocket may send before its `connection_init` is accepted: enough for any token.',
  }),
  bodyTimeoutMs: setting(integer(1, LONGEST_DELAY), {
    default: 10_000,
    about: 'The most milliseconds between two parts of a body.',
  }),
  maxSubscriptions: setting(integer(1), { default: 100, about: 'The most operations on one WebSocket at a time.' }),
  maxClientTokens: setting(integer(1), {
    default: 4_000_000,
    about:
      'The most model tokens, counted as for `MAX_REQUEST_TOKENS`, of one client that may be under way: four of the largest requests.',
  }),
  requestsPerMinute: setting(integer(0), {
    default: 0,
    about: 'The most operations of one client per minute; 0 for no limit. An API key may have its own limit.',
  }),
  tokensPerMinute: setting(integer(0), {
    default: 0,
    about: 'The most model tokens of one client per minute; 0 for no limit. An API key may have its own limit.',
  }),
};

const inference = {
  device: setting(choice(['auto', ...DEVICES]), {
    default: 'auto',
    about:
      'The device that models run on. `auto` is CUDA if its libraries and a driver are installed, otherwise the CPU. Models fall back to the CPU if the device cannot be used.',
  }),
  dtype: setting(z.enum(['auto', ...DTYPES]).describe(`one of auto, ${DTYPES.join(', ')}`), {
    default: 'auto',
    about:
      'Type of the weights. `auto` is `q8` on the CPU and `fp16` elsewhere, or `fp32` if the model has no such file. The bundled models are `q8`.',
  }),
  workers: optional(integer(1, 256), {
    shownDefault: 'one per core',
    about:
      "Number of inference threads: workers with one thread each are faster than shared threads. On a GPU the default is at most 4, since each keeps the models in the GPU's memory.",
  }),
  batchTokens: setting(integer(1, 1_000_000), {
    default: 256,
    about: 'The most padded tokens of one batch on the CPU, where larger batches only add padding.',
  }),
  gpuBatchTokens: setting(integer(1, 1_000_000), {
    default: 16_384,
    about: 'The most padded tokens of one batch on any other device, as in text-embeddings-inference.',
  }),
  chunkTokens: setting(integer(8, 512), {
    default: 128,
    about:
      "Tokens of a chunk's window, including context and special tokens. Longer windows cost more per token and gain nothing.",
  }),
  overlapTokens: setting(integer(0, 128), {
    variable: null,
    default: 4,
    about:
      'Tokens of context on each side of a chunk: on CoNLL-2003 test, F1 is 88.2 ± 0.3 for any value from 0 to 32, and more context costs time.',
  }),
  queueTokens: setting(integer(1), {
    default: 1_000_000,
    about:
      'The most queued tokens before new work is refused with `OVERLOADED`. An empty queue takes one text of any length.',
  }),
  cacheBytes: setting(integer(0), {
    default: 64 * MIB,
    about: 'The most bytes of cached results; 0 turns the cache off.',
  }),
  batchTimeoutMs: setting(integer(10, LONGEST_DELAY), {
    default: 30_000,
    about:
      'Milliseconds after which a batch counts as hung and its thread as lost: a hundred times the time of the longest batch.',
  }),
};

const HUB = 'https://huggingface.co';
const CONFIG_FILE = 'bertql.config.json';

const hub = {
  endpoint: setting(
    text()
      .transform((url) => url.replace(/\/+$/, ''))
      .refine((url) => /^https?:$/.test(URL.canParse(url) ? new URL(url).protocol : ''))
      .describe(`a URL such as ${HUB}`),
    { variable: 'HF_ENDPOINT', default: HUB, about: 'The hub, or a mirror of it.' },
  ),
  cacheDirectory: needed(
    text().transform((folder) => resolve(folder)),
    {
      variable: 'HF_HUB_CACHE',
      read: (variable) =>
        pathIn(variable, 'HF_HUB_CACHE') ?? pathIn(variable, 'HUGGINGFACE_HUB_CACHE') ?? join(hubHome(variable), 'hub'),
      shownDefault: '`hub/` below `HF_HOME`, which is `~/.cache/huggingface` or `huggingface/` below `XDG_CACHE_HOME`',
      about: 'Folder of fetched models, shared with the Python package huggingface_hub.',
    },
  ),
  token: optional(text(), {
    variable: 'HF_TOKEN',
    read: readHubToken,
    shownDefault: '`token` below `HF_HOME`, unless `HF_HUB_DISABLE_IMPLICIT_TOKEN=1`',
    about: 'Token for private and gated models; only sent to the hub.',
  }),
  offline: optional(text(), {
    variable: 'HF_HUB_OFFLINE',
    read: (variable) => ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].find((name) => isTrue(variable(name))),
    shownDefault: '0',
    about: 'With 1, nothing is downloaded; `TRANSFORMERS_OFFLINE` does the same.',
  }),
  stallMs: setting(integer(1000, 3_600_000).describe('from 1 to 3600 seconds'), {
    variable: 'HF_HUB_DOWNLOAD_TIMEOUT',
    read: (variable) => inMilliseconds(variable('HF_HUB_DOWNLOAD_TIMEOUT')),
    default: 10_000,
    shownDefault: '10',
    about: 'Seconds without a byte after which the connection is given up and the download resumed.',
  }),
  httpProxy: proxy('http'),
  httpsProxy: proxy('https'),
  noProxy: optional(text(), {
    variable: 'NO_PROXY',
    read: (variable) => variable('no_proxy') ?? variable('NO_PROXY'),
    shownDefault: '',
    about: 'Hosts to reach without a proxy, separated by commas; `*` for all.',
  }),
  retryMs: setting(integer(1, 60_000), {
    variable: null,
    default: 500,
    about: 'Milliseconds before the first retry of a download; it doubles with each further retry.',
  }),
};

const models = {
  modelsDirectory: setting(text(), {
    variable: 'MODELS_DIR',
    default: fileURLToPath(new URL('../models/', import.meta.url)),
    shownDefault: '`models/` of the package',
    about: 'Folder of the bundled models.',
  }),
  modelsConfig: optional(z.object({ name: text(), text: text() }).readonly(), {
    read: readModelsConfig,
    shownDefault: `\`${CONFIG_FILE}\` in the working directory, if there is one`,
    about: 'Registers more models: a JSON file, or the JSON itself. See [models.md](models.md).',
  }),
  load: setting(choice(['WAIT', 'FAIL']), {
    default: 'WAIT',
    about: 'Whether a request waits for a model that is not loaded, or fails with `MODEL_UNAVAILABLE` while it loads.',
  }),
  modelMemoryBytes: setting(integer(1), {
    default: Math.floor(machineMemory() / 2),
    shownDefault: "half of the machine's memory, or of the container's",
    about: 'The most bytes of loaded models in all threads together. The least recently used model is evicted first.',
  }),
  hub: z
    .object(hub)
    .transform((hub): HubSettings => ({ ...hub, isHub: new URL(hub.endpoint).host === new URL(HUB).host })),
};

const jobs = {
  role: setting(choice(['all', 'api', 'worker']), {
    default: 'all',
    about: 'What this process does: `api` only answers clients, `worker` only runs analyses. Both need `REDIS_URL`.',
  }),
  redisUrl: optional(text(), {
    shownDefault: 'none: analyses are kept in memory',
    about: 'URL of a Redis that several processes share for analyses, such as `redis://host:6379`.',
  }),
  jobLockMs: setting(integer(100, 2 ** 30), {
    default: 10_000,
    about:
      'Milliseconds without a sign of life from its worker after which another one takes an analysis, and after which one that no worker has begun to read is queued again: well above any pause of a live process.',
  }),
  jobConcurrency: setting(integer(1, 1000), {
    default: 2,
    about:
      'The most analyses that run in this process at a time: a single one cannot keep all threads busy at its start and end.',
  }),
  jobQueue: setting(integer(1), {
    default: 1000,
    about: 'The most queued analyses before a new one is refused with `OVERLOADED`.',
  }),
  analysisTtlMs: setting(integer(1), {
    default: 60 * 60 * 1000,
    about: "Milliseconds that an analysis's events are kept after its end: an hour.",
  }),
  analysesKept: setting(integer(1), {
    default: 1000,
    about: 'The most ended analyses whose events are kept in memory. In Redis, only `ANALYSIS_TTL_MS` applies.',
  }),
  analysesBytes: setting(integer(1), {
    default: 256 * MIB,
    about: 'The most bytes of the texts and events of all analyses in memory. Redis has its own limit, `maxmemory`.',
  }),
  maxOpenTexts: setting(integer(1), {
    default: 1000,
    about:
      'The most open texts of one client, or of all clients without authentication. One more is refused with `RATE_LIMITED`.',
  }),
  openTextIdleMs: setting(integer(100, 2 ** 31 - 1), {
    default: 10 * 60 * 1000,
    about: 'Milliseconds without an append after which the server closes an open text: ten minutes.',
  }),
  analysisLogBytes: setting(integer(1), {
    default: 64 * MIB,
    about:
      'The most bytes of events of one analysis: enough for the longest text. If it has more, the oldest are dropped.',
  }),
};

const log = {
  logLevel: setting(choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']), {
    default: 'info',
    about: 'The least severe messages to log; `info` has one line per operation.',
  }),
  logFormat: setting(choice(['auto', 'json', 'pretty']), {
    default: 'auto',
    about: '`auto` is `pretty` on a terminal and `json` elsewhere.',
  }),
  metrics: setting(flag(), {
    default: true,
    about: 'Whether `/metrics` is served. If clients must authenticate, it requires that, too.',
  }),
  tracing: setting(flag(), {
    variable: 'OTEL_TRACES_EXPORTER',
    read: readTracing,
    default: false,
    shownDefault: 'none',
    about:
      'With `otlp`, or if `OTEL_EXPORTER_OTLP_ENDPOINT` or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is set, traces are sent, unless `OTEL_SDK_DISABLED=true`. OpenTelemetry reads its other variables itself.',
  }),
};

/** The settings by topic, for docs/settings.md. */
const SECTIONS = {
  'The server': server,
  Access: access,
  Limits: limits,
  'Analyses and several processes': jobs,
  Inference: inference,
  'Models and the hub': models,
  'Logs, metrics, traces': log,
} as const satisfies Readonly<Record<string, z.ZodRawShape>>;

const SHAPE = { ...server, ...access, ...limits, ...jobs, ...inference, ...models, ...log };

/** Settings that are nested in an object. */
const GROUPS: Readonly<Record<string, z.core.$ZodShape>> = { jwt, hub };

const CONFIG = z
  .strictObject(SHAPE)
  .transform((config) => ({ ...config, workers: config.workers ?? defaultWorkers(config.device) }))
  .readonly();

/** All settings, checked, with their defaults. */
export interface Config extends z.output<typeof CONFIG> {}

type OutputOf<T extends z.ZodRawShape> = Readonly<z.output<z.ZodObject<T>>>;
/**
 * The limits of one request and one client. Each exists because exceeding it would cost the server far more than the
 * client.
 */
export type Limits = OutputOf<typeof limits>;
/** Who may use the server, from which web pages, and for which operations. */
export type AccessConfig = OutputOf<typeof access>;
/** How JSON Web Tokens are verified. */
export type JwtConfig = NonNullable<Config['jwt']>;
/** What is logged, and how. */
export type LogConfig = Pick<Config, 'logLevel' | 'logFormat'>;

/** All settings by name, each optional: the options of the library. */
export type Settings = {
  readonly [K in keyof Config]?: (K extends 'hub' ? Partial<Config[K]> : Config[K]) | undefined;
};

/**
 * Makes a configuration from settings, and from environment variables for those that are missing. Throws
 * {@link ConfigError}, which names the invalid setting or variable.
 */
export function loadConfig(environment: Variables = process.env, given: Settings = {}): Config {
  const own = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const variable: ReadVariable = (name) => environment[name]?.trim() || undefined;
  const read = fromEnvironment(SHAPE, variable);
  const input = { ...read, ...own, hub: { ...fromEnvironment(hub, variable), ...given.hub } };
  const nameOf: NameOf = (...path) => {
    const [first = '', second = ''] = path;
    const isGiven = first === 'hub' ? second in (given.hub ?? {}) : first in own;
    return isGiven ? path.join('.') : (variableOf(path.at(-1) ?? '', settingAt(path)) ?? path.join('.'));
  };
  const { error, data: config } = CONFIG.safeParse(input);
  if (error) throw new ConfigError(error.issues.map((issue) => describe(issue, input, nameOf)).join(' '));
  if (config.overlapTokens * 4 > config.chunkTokens) {
    throw new ConfigError(
      `${nameOf('chunkTokens')} (${config.chunkTokens}) must be at least four times ${nameOf('overlapTokens')} (${config.overlapTokens}).`,
    );
  }
  if (config.role !== 'all' && config.redisUrl === undefined) {
    throw new ConfigError(
      `${nameOf('role')} is ${config.role}, which needs ${nameOf('redisUrl')}: without Redis, one process must do everything.`,
    );
  }
  return config;
}

/** The name of a setting for a message: its variable or its option, wherever it was set. */
type NameOf = (...path: readonly string[]) => string;

/** The values of a shape's settings, each `undefined` if the environment does not set it. */
function fromEnvironment(shape: z.core.$ZodShape, variable: ReadVariable): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(shape).map(([key, type]) => [key, readSetting(key, type, variable)]));
}

function readSetting(key: string, type: z.core.$ZodType, variable: ReadVariable): unknown {
  const group = GROUPS[key];
  if (group) {
    const values = fromEnvironment(group, variable);
    return Object.values(values).some((value) => value !== undefined) ? values : undefined;
  }
  const entry = settings.get(type);
  if (entry?.read) return entry.read(variable);
  const name = variableOf(key, entry);
  return name === undefined ? undefined : variable(name);
}

function settingAt([first = '', second = '']: readonly string[]): Setting | undefined {
  const type = GROUPS[first]?.[second] ?? Object.entries(SHAPE).find(([key]) => key === first)?.[1];
  return type && settings.get(type);
}

/** `maxTexts` is set by `MAX_TEXTS`. */
function variableOf(key: string, entry: Setting | undefined): string | undefined {
  if (entry?.variable === null) return undefined;
  return entry?.variable ?? key.replace(/[A-Z]/g, '_$&').toUpperCase();
}

/** Describes an invalid setting in one sentence: its name, the expected value and the actual one. */
function describe(issue: z.core.$ZodIssue, input: object, nameOf: NameOf): string {
  if (issue.code === 'unrecognized_keys') return `There is no setting ${issue.keys.join(', ')}.`;
  const path = issue.path.map(String);
  const depth = path[0] !== undefined && path[0] in GROUPS ? 2 : 1;
  const place = path.slice(0, depth);
  const value = path.reduce(fieldOf, input);
  const name = nameOf(...place);
  if (value === undefined && depth === 2) {
    const group = Object.entries(Object(fieldOf(input, place[0] ?? '')));
    const [other = ''] = group.find(([, each]) => each !== undefined) ?? [];
    return `${name} must be set if ${nameOf(place[0] ?? '', other)} is.`;
  }
  const what = path.length > depth ? 'one is' : 'it is';
  return `${name} must be ${settingAt(place)?.expected ?? 'another value'}, but ${what} "${String(value)}".`;
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

/** Threads on a GPU: one prepares a batch while another's runs, and the bundled models still have CPUs. */
const GPU_WORKERS = 4;

function defaultWorkers(device: DeviceChoice): number {
  const cores = availableParallelism();
  return chooseDevice(device) === 'cpu' ? cores : Math.min(cores, GPU_WORKERS);
}

/** The memory of the machine, or the limit of the container, in bytes. */
function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}

function readTracing(variable: ReadVariable): boolean {
  const exporter = variable('OTEL_TRACES_EXPORTER');
  const endpoint = variable('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? variable('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (variable('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || exporter === 'none') return false;
  return exporter === 'otlp' || endpoint !== undefined;
}

function readModelsConfig(variable: ReadVariable): unknown {
  const given = variable('MODELS_CONFIG');
  if (given?.startsWith('{') || given?.startsWith('[')) return { name: 'MODELS_CONFIG', text: given };
  if (given === undefined && !existsSync(CONFIG_FILE)) return undefined;
  const file = resolve(given ?? CONFIG_FILE);
  try {
    return { name: file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    throw new ConfigError(
      `MODELS_CONFIG must be a JSON file, or JSON itself, but ${file} cannot be read: ${messageOf(error)}.`,
    );
  }
}

/** The folder of huggingface_hub, with `~` and variables expanded as Python does. */
function hubHome(variable: ReadVariable): string {
  return (
    pathIn(variable, 'HF_HOME') ?? join(pathIn(variable, 'XDG_CACHE_HOME') ?? join(homedir(), '.cache'), 'huggingface')
  );
}

function pathIn(variable: ReadVariable, name: string): string | undefined {
  return variable(name)
    ?.replace(/^~(?=$|[/\\])/, homedir())
    .replace(
      /\$(?:(\w+)|\{(\w+)\})/g,
      (whole, plain?: string, braced?: string) => variable(plain ?? braced ?? '') ?? whole,
    );
}

/** `HF_TOKEN`, or the file that `huggingface-cli login` writes. */
function readHubToken(variable: ReadVariable): string | undefined {
  const given = variable('HF_TOKEN') ?? variable('HUGGING_FACE_HUB_TOKEN');
  if (given !== undefined) return given;
  if (isTrue(variable('HF_HUB_DISABLE_IMPLICIT_TOKEN'))) return undefined;
  try {
    return readFileSync(join(hubHome(variable), 'token'), 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The proxy for a protocol, from the same variables as curl and Python. */
function proxy(protocol: 'http' | 'https') {
  const names = [`${protocol}_proxy`, `${protocol.toUpperCase()}_PROXY`, 'all_proxy', 'ALL_PROXY'];
  return optional(text(), {
    variable: `${protocol.toUpperCase()}_PROXY`,
    read: (variable) => names.map(variable).find((url) => url !== undefined),
    shownDefault: '`ALL_PROXY`',
    about: `Proxy for downloads from ${protocol}:// addresses.`,
  });
}

function isTrue(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? '');
}

function inMilliseconds(seconds: string | undefined): unknown {
  return /^\d+$/.test(seconds ?? '') ? 1000 * Number(seconds) : seconds;
}

/** The settings that have a variable, by topic, for docs/settings.md. */
export function describedSettings() {
  const described = ([key, type]: readonly [string, z.core.$ZodType], group = '') => {
    const entry = settings.get(type);
    const variable = variableOf(key, entry);
    return entry && variable !== undefined ? [{ ...entry, variable, option: group + key }] : [];
  };
  return Object.entries(SECTIONS).map(([title, shape]) => ({
    title,
    settings: Object.entries<z.core.$ZodType>(shape).flatMap(([key, type]) => {
      const group = GROUPS[key];
      return group ? Object.entries(group).flatMap((member) => described(member, `${key}.`)) : described([key, type]);
    }),
  }));
}
