import { existsSync, readFileSync } from 'node:fs';
import { homedir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import type { HubSettings } from '../models/hub/hub-settings.ts';
import { ConfigError, type Environment } from './environment.ts';

/** Which models there are, where they come from and how much memory they may take. */
export interface ModelsConfig {
  /**
   * JSON that registers more models: its text, or the file that it is in. `MODELS_CONFIG`, default
   * `bertql.config.json` in the working directory where there is one.
   */
  readonly modelsConfig: { readonly name: string; readonly text: string } | undefined;
  /** Whether a request waits for a model that is not loaded, or fails with MODEL_UNAVAILABLE while the load goes on. `LOAD`: `WAIT` (default) or `FAIL`. */
  readonly load: 'WAIT' | 'FAIL';
  /** Bytes that loaded models may take, all threads together; the least recently used goes first. `MODEL_MEMORY_BYTES`, default half of the machine's memory or of the container's. */
  readonly modelMemoryBytes: number;
  readonly hub: HubSettings;
}

const CONFIG_FILE = 'bertql.config.json';
const HUB = 'https://huggingface.co';

export function loadModels(environment: Environment): ModelsConfig {
  return {
    modelsConfig: loadModelsConfig(environment.optional('MODELS_CONFIG')),
    load: environment.choice('LOAD', 'WAIT', ['WAIT', 'FAIL']),
    modelMemoryBytes: environment.integer('MODEL_MEMORY_BYTES', Math.floor(machineMemory() / 2), 1),
    hub: loadHub(environment),
  };
}

function loadModelsConfig(setting: string | undefined): ModelsConfig['modelsConfig'] {
  if (setting?.startsWith('{') || setting?.startsWith('[')) return { name: 'MODELS_CONFIG', text: setting };
  if (setting === undefined && !existsSync(CONFIG_FILE)) return undefined;
  const file = resolve(setting ?? CONFIG_FILE);
  try {
    return { name: file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`MODELS_CONFIG must be a JSON file, or JSON itself, but ${file} cannot be read: ${reason}.`);
  }
}

/** What the container may use, where it is bounded. */
function machineMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}

/** The variables of the Python package huggingface_hub, with the meaning that they have there. */
function loadHub(environment: Environment): HubSettings {
  const cache = environment.text('XDG_CACHE_HOME', join(homedir(), '.cache'));
  const home = environment.text('HF_HOME', join(cache, 'huggingface'));
  const endpoint = environment.text('HF_ENDPOINT', HUB).replace(/\/+$/, '');
  if (!/^https?:$/.test(URL.canParse(endpoint) ? new URL(endpoint).protocol : '')) {
    throw new ConfigError(`HF_ENDPOINT must be a URL such as ${HUB}, but it is "${endpoint}".`);
  }
  const legacyCache = environment.text('HUGGINGFACE_HUB_CACHE', join(home, 'hub'));
  return {
    endpoint,
    isHub: new URL(endpoint).host === new URL(HUB).host,
    token: loadToken(environment, environment.text('HF_TOKEN_PATH', join(home, 'token'))),
    cacheDirectory: resolve(environment.text('HF_HUB_CACHE', legacyCache)),
    offline: ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].find((name) => isTrue(environment.optional(name))),
    stallMs: 1000 * environment.integer('HF_HUB_DOWNLOAD_TIMEOUT', 10, 1, 3600),
    retryMs: environment.integer('HUB_RETRY_MS', 500, 1, 60_000),
  };
}

/** `HF_TOKEN`, or the file that `huggingface-cli login` writes. */
function loadToken(environment: Environment, file: string): string | undefined {
  const given = environment.optional('HF_TOKEN') ?? environment.optional('HUGGING_FACE_HUB_TOKEN');
  if (given !== undefined) return given;
  if (isTrue(environment.optional('HF_HUB_DISABLE_IMPLICIT_TOKEN'))) return undefined;
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

function isTrue(value: string | undefined): boolean {
  return /^(1|on|yes|true)$/i.test(value ?? '');
}
