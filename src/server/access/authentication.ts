import type { AccessConfig } from '../../config.ts';
import { EVERYBODY } from '../../jobs/analysis.ts';
import type { Caller } from '../call.ts';
import type { ClientBudget } from '../limits/rates.ts';
import { ApiKeys } from './api-keys.ts';
import { TokenVerifier } from './token-verifier.ts';
import { unauthenticated } from './unauthenticated.ts';

const NO_BUDGET: ClientBudget = { requestsPerMinute: 0, tokensPerMinute: 0 };

/** Decides who a caller is. Without keys and without a key set everybody is welcome, and is known by the address. */
export class Authentication {
  readonly #keys: ApiKeys | undefined;
  readonly #tokens: TokenVerifier | undefined;
  readonly #budget: ClientBudget;

  private constructor(budget: ClientBudget, keys?: ApiKeys, tokens?: TokenVerifier) {
    this.#budget = budget;
    this.#keys = keys;
    this.#tokens = tokens;
  }

  /** Reads the keys. Throws `ConfigError` where they cannot be used. */
  static async open(config: AccessConfig, budget: ClientBudget): Promise<Authentication> {
    const keys = await ApiKeys.open(config.apiKeys, config.apiKeysFile, budget);
    const tokens = config.jwt && (await TokenVerifier.open(config.jwt, budget));
    return new Authentication(budget, keys, tokens);
  }

  /** Whether a caller needs a key or token. */
  get required(): boolean {
    return this.#keys !== undefined || this.#tokens !== undefined;
  }

  /** Somebody who did not have to say who it is; knows no budget, since it may ask for no operation. */
  stranger(address: string): Caller {
    return { id: `address ${address}`, budget: NO_BUDGET, owner: EVERYBODY, mayLoadModels: false };
  }

  /**
   * Who the caller is. Throws UNAUTHENTICATED.
   * @param credentials what came in `Authorization`, as in `Bearer …`
   */
  async authenticate(credentials: string | undefined, address: string): Promise<Caller> {
    if (!this.required) return { ...this.stranger(address), budget: this.#budget, mayLoadModels: true };
    const secret = /^Bearer +(\S+)$/i.exec(credentials?.trim() ?? '')?.[1];
    if (secret === undefined) {
      throw unauthenticated(credentials ? 'the credentials that came are not of that form' : 'none came');
    }
    // A JSON Web Token has three parts, which an API key never has.
    const caller =
      this.#tokens && secret.split('.').length === 3 ? await this.#tokens.verify(secret) : this.#keys?.find(secret);
    if (!caller) throw unauthenticated('the one that came is not known');
    return caller;
  }
}
