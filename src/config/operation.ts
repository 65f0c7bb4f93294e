import type { Environment } from './environment.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const FORMATS = ['auto', 'json', 'pretty'] as const;

/** What the operator is told, and how. */
export interface LogConfig {
  /** What is worth a line: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. `LOG_LEVEL`, default `info`: one line an operation. */
  readonly logLevel: (typeof LEVELS)[number];
  /** `json`, `pretty`, or `auto`: pretty on a terminal. `LOG_FORMAT`, default `auto`. */
  readonly logFormat: (typeof FORMATS)[number];
}

/** How the server is watched, and what it does when something hangs. */
export interface OperationConfig extends LogConfig {
  /** Whether `/metrics` answers. `METRICS`, default true; where keys are wanted, it wants one too. */
  readonly metrics: boolean;
  /**
   * Whether traces are sent. They are where one of the usual variables says so: `OTEL_EXPORTER_OTLP_ENDPOINT`,
   * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, or `OTEL_TRACES_EXPORTER=otlp`, unless `OTEL_SDK_DISABLED=true` or
   * `OTEL_TRACES_EXPORTER=none`. OpenTelemetry reads all its other variables itself.
   */
  readonly tracing: boolean;
  /** Milliseconds after which a batch counts as hung and its thread as lost. `BATCH_TIMEOUT_MS`, default 30,000: a hundred times what the longest batch takes. */
  readonly batchTimeoutMs: number;
}

export function loadOperation(environment: Environment): OperationConfig {
  const exporter = environment.optional('OTEL_TRACES_EXPORTER');
  const endpoint =
    environment.optional('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? environment.optional('OTEL_EXPORTER_OTLP_ENDPOINT');
  const disabled = environment.optional('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || exporter === 'none';
  return {
    logLevel: environment.choice('LOG_LEVEL', 'info', LEVELS),
    logFormat: environment.choice('LOG_FORMAT', 'auto', FORMATS),
    metrics: environment.flag('METRICS', true),
    tracing: !disabled && (exporter === 'otlp' || endpoint !== undefined),
    batchTimeoutMs: environment.integer('BATCH_TIMEOUT_MS', 30_000, 10, 2_147_483_647),
  };
}
