import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ConfigError } from '../../config.ts';
import type { Caller } from '../call.ts';
import type { ClientBudget } from '../limits/rates.ts';

/** The SHA-256 of a key. Keys are long and random (`bertql key` makes them), so a slow hash would add nothing. */
function hashKey(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

interface ApiKey {
  readonly hash: Buffer;
  readonly caller: Caller;
}

/** The API keys of a server, which only knows their hashes. */
export class ApiKeys {
  readonly #keys: readonly ApiKey[];

  private constructor(keys: readonly ApiKey[]) {
    this.#keys = keys;
  }

  /**
   * Reads the keys from settings and from a file; `undefined` if there are none. Throws `ConfigError`.
   *
   * @param list words `name:hash`
   * @param file JSON, a list of `{ "name", "sha256", "requestsPerMinute"?, "tokensPerMinute"?, "scopes"? }`
   */
  static async open(
    list: readonly string[],
    file: string | undefined,
    budget: ClientBudget,
  ): Promise<ApiKeys | undefined> {
    const entries = [...list.map((word) => fromWord(word)), ...(file === undefined ? [] : await fromFile(file))];
    if (entries.length === 0 && file === undefined) return undefined;
    const names = new Set<string>();
    const keys = entries.map(({ name, sha256, ...own }) => {
      if (names.has(name)) throw new ConfigError(`There are two API keys named "${name}"; names must differ.`);
      names.add(name);
      if (!/^[0-9a-f]{64}$/i.test(sha256)) {
        throw new ConfigError(`The API key "${name}" must have the SHA-256 of the key in 64 hexadecimal digits.`);
      }
      const id = `key ${name}`;
      const { scopes = [], ...ownBudget } = own;
      const mayLoadModels = scopes.includes(LOAD_MODELS);
      const caller = { id, owner: id, budget: { ...budget, ...ownBudget }, mayLoadModels };
      return { hash: Buffer.from(sha256, 'hex'), caller };
    });
    return new ApiKeys(keys);
  }

  /** The holder of a key. Every hash is compared in constant time, so that timing reveals nothing. */
  find(key: string): Caller | undefined {
    const hash = hashKey(key);
    let found: Caller | undefined;
    for (const each of this.#keys) if (timingSafeEqual(each.hash, hash)) found = each.caller;
    return found;
  }
}

/** The scope of a key that may load models. */
const LOAD_MODELS = 'load-models';

interface Entry extends Partial<ClientBudget> {
  readonly scopes?: readonly string[];
  readonly name: string;
  readonly sha256: string;
}

function fromWord(word: string): Entry {
  const [, name, sha256, scope] = /^(.+?):([^:]+)(?::([a-z-]+))?$/.exec(word) ?? [];
  if (name === undefined || sha256 === undefined) {
    throw new ConfigError(
      'API_KEYS must be words "name:hash" or "name:hash:load-models" between commas, but one of them has no name or hash.',
    );
  }
  return { name, sha256, scopes: checkScopes(scope === undefined ? [] : [scope], name) };
}

function checkScopes(scopes: readonly string[], name: string): readonly string[] {
  const unknown = scopes.find((scope) => scope !== LOAD_MODELS);
  if (unknown === undefined) return scopes;
  throw new ConfigError(`The API key "${name}" has the scope "${unknown}", but the only one is "${LOAD_MODELS}".`);
}

async function fromFile(file: string): Promise<readonly Entry[]> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new ConfigError(`API_KEYS_FILE: ${file} cannot be read as JSON.`, { cause });
  }
  if (!Array.isArray(parsed)) throw new ConfigError(`API_KEYS_FILE: ${file} must hold a list of keys.`);
  return parsed.map((each: unknown, index) => {
    const entry = typeof each === 'object' && each !== null ? Object.entries(each) : [];
    const { name, sha256, scopes = [], ...rest }: Record<string, unknown> = Object.fromEntries(entry);
    const rates = Object.entries(rest);
    const known = rates.every(
      ([key, value]) =>
        ['requestsPerMinute', 'tokensPerMinute'].includes(key) && Number.isSafeInteger(value) && Number(value) >= 0,
    );
    if (typeof name !== 'string' || typeof sha256 !== 'string' || !isListOfStrings(scopes) || !known) {
      throw new ConfigError(
        `API_KEYS_FILE: entry ${index} of ${file} must be { "name", "sha256", "requestsPerMinute"?, "tokensPerMinute"?, "scopes"? }.`,
      );
    }
    const budget = Object.fromEntries(rates.map(([key, value]) => [key, Number(value)]));
    return { name, sha256, scopes: checkScopes(scopes, name), ...budget };
  });
}

function isListOfStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}
