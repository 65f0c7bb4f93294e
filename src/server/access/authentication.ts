import type { AccessConfig } from '../../config.ts';
import { EVERYBODY } from '../../jobs/analysis.ts';
import type { Caller } from '../call.ts';
import type { ClientBudget } from '../limits/rates.ts';
import { ApiKeys } from './api-keys.ts';
import { TokenVerifier } from './token-verifier.ts';
import { unauthenticated } from './unauthenticated.ts';

const NO_BUDGET: ClientBudget = { requestsPerMinute: 0, tokensPerMinute: 0 };

/** Identifies callers. Without keys and a key set, everybody is accepted and identified by address. */
export class Authentication {
  readonly #keys: ApiKeys | undefined;
  readonly #tokens: TokenVerifier | undefined;
  readonly #budget: ClientBudget;

  private constructor(budget: ClientBudget, keys?: ApiKeys, tokens?: TokenVerifier) {
    this.#budget = budget;
    this.#keys = keys;
    this.#tokens = tokens;
  }

  /** Reads the keys. Throws `ConfigError` if they cannot be used. */
  static async open(config: AccessConfig, budget: ClientBudget): Promise<Authentication> {
    const keys = await ApiKeys.open(config.apiKeys, config.apiKeysFile, budget);
    const tokens = config.jwt && (await TokenVerifier.open(config.jwt, budget));
    return new Authentication(budget, keys, tokens);
  }

  /** Whether a caller needs a key or token. */
  get required(): boolean {
    return this.#keys !== undefined || this.#tokens !== undefined;
  }

  /** A caller on a path without authentication. It has no budget, since it cannot run operations. */
  stranger(address: string): Caller {
    return { id: `address ${address}`, budget: NO_BUDGET, owner: EVERYBODY, mayLoadModels: false };
  }

  /**
   * Identifies the caller. Throws UNAUTHENTICATED.
   *
   * @param credentials the value of `Authorization`, as in `Bearer …`
   */
  async authenticate(credentials: string | undefined, address: string): Promise<Caller> {
    if (!this.required) return { ...this.stranger(address), budget: this.#budget, mayLoadModels: true };
    const secret = /^Bearer +(\S+)$/i.exec(credentials?.trim() ?? '')?.[1];
    if (secret === undefined) {
      throw unauthenticated(credentials ? 'the credentials are not of that form' : 'there is none');
    }
    // A JSON Web Token has three parts, which an API key never has.
    const caller =
      this.#tokens && secret.split('.').length === 3 ? await this.#tokens.verify(secret) : this.#keys?.find(secret);
    if (!caller) throw unauthenticated('this one is not known');
    return caller;
  }
}
