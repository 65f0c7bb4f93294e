import type { AccessConfig } from '../../config.ts';
import { BertqlError } from '../../errors.ts';
import { EVERYBODY } from '../../jobs/analysis-record.ts';
import type { Caller } from '../call.ts';
import type { ClientBudget } from '../limits/client-ledger.ts';
import { ApiKeys } from './api-keys.ts';
import { TokenVerifier } from './token-verifier.ts';

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

  /**
   * Who the caller is. Throws UNAUTHENTICATED.
   * @param credentials what came in `Authorization`, as in `Bearer …`
   */
  async authenticate(credentials: string | undefined, address: string): Promise<Caller> {
    if (!this.required) return { id: `address ${address}`, budget: this.#budget, owner: EVERYBODY };
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

/** @param why what is wrong with what came */
export function unauthenticated(why: string): BertqlError {
  return new BertqlError(
    'UNAUTHENTICATED',
    `This server wants a key or token as "Authorization: Bearer …", over WebSocket in connectionParams; ${why}.`,
  );
}
