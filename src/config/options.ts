import { type Config, loadConfig } from '../config.ts';
import { ConfigError, type Variables } from './environment.ts';

/** Settings whose variable is not simply their name. */
const VARIABLES: Readonly<Record<string, string>> = { modelsDirectory: 'MODELS_DIR' };

/**
 * A configuration from options, each checked as its variable is, over the variables of `environment`. Nothing else
 * is read from outside. Throws {@link ConfigError}, with the option named.
 */
export function configOf(options: Partial<Config>, environment: Variables = {}): Config {
  const { jwt, tracing, hub, modelsConfig, ...plain } = options;
  const given = Object.entries({
    ...plain,
    ...(jwt && { jwtKeySet: jwt.keySet, jwtIssuer: jwt.issuer, jwtAudience: jwt.audience }),
    ...(hub && hubVariables(hub)),
    ...(modelsConfig && { modelsConfig: modelsConfig.text }),
    ...(tracing !== undefined && { otelTracesExporter: tracing ? 'otlp' : 'none' }),
  }).filter(([, value]) => value !== undefined);
  const variables = Object.fromEntries(given.map(([name, value]) => [variableOf(name), written(value)]));
  try {
    return loadConfig(environment, variables);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const names = new Map(given.map(([name]) => [variableOf(name), name]));
    throw new ConfigError(error.message.replace(/\b[A-Z]+(?:_[A-Z]+)*\b/g, (word) => names.get(word) ?? word));
  }
}

function hubVariables(hub: Config['hub']): Readonly<Record<string, string | number | undefined>> {
  const offline = hub.offline === 'TRANSFORMERS_OFFLINE' ? 'transformersOffline' : 'hfHubOffline';
  return {
    hfEndpoint: hub.endpoint,
    hfToken: hub.token,
    hfHubDisableImplicitToken: hub.token === undefined ? '1' : '0',
    hfHubCache: hub.cacheDirectory,
    [offline]: hub.offline === undefined ? '0' : '1',
    hfHubDownloadTimeout: hub.stallMs / 1000,
    hubRetryMs: hub.retryMs,
  };
}

/** `batchTokens` is set by `BATCH_TOKENS`. */
function variableOf(name: string): string {
  return VARIABLES[name] ?? name.replace(/[A-Z]/g, '_$&').toUpperCase();
}

function written(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
