import { readFile } from 'node:fs/promises';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { ConfigError, type JwtConfig } from '../../config.ts';
import type { Caller } from '../call.ts';
import type { ClientBudget } from '../limits/rates.ts';
import { unauthenticated } from './unauthenticated.ts';

/** Only signatures with public keys: a shared secret in a key set would let every reader of it sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

/** Verifies JSON Web Tokens by a key set. */
export class TokenVerifier {
  readonly #keys: JWTVerifyGetKey;
  readonly #config: JwtConfig;
  readonly #budget: ClientBudget;

  private constructor(keys: JWTVerifyGetKey, config: JwtConfig, budget: ClientBudget) {
    this.#keys = keys;
    this.#config = config;
    this.#budget = budget;
  }

  /**
   * Opens a key set. Throws `ConfigError` if it is a file that cannot be used; one at a URL is fetched when it is
   * needed.
   */
  static async open(config: JwtConfig, budget: ClientBudget): Promise<TokenVerifier> {
    if (/^https?:/.test(config.keySet)) {
      return new TokenVerifier(createRemoteJWKSet(new URL(config.keySet)), config, budget);
    }
    try {
      const keySet: JSONWebKeySet = JSON.parse(await readFile(config.keySet, 'utf8'));
      return new TokenVerifier(createLocalJWKSet(keySet), config, budget);
    } catch (cause) {
      throw new ConfigError(`JWT_KEY_SET: ${config.keySet} is not a JSON Web Key Set that can be read.`, { cause });
    }
  }

  /** Verifies a token. Throws UNAUTHENTICATED if it is expired, not yet valid, or of another issuer. */
  async verify(token: string): Promise<Caller> {
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer: this.#config.issuer,
        audience: this.#config.audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['sub', 'exp'],
      });
      const id = `subject ${payload.sub}`;
      const mayLoadModels = scopesOf(payload).includes(LOAD_MODELS);
      return { id, owner: id, budget: this.#budget, mayLoadModels, expiresAt: (payload.exp ?? 0) * 1000 };
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw unauthenticated('the token is expired');
      if (error instanceof errors.JOSEError) throw unauthenticated(`the token was refused (${error.code})`);
      throw error;
    }
  }
}

/** The scope of a token that may load models. */
const LOAD_MODELS = 'bertql:load-models';

/** The scopes of a token: words in a string (RFC 8693), or a list, as with some issuers. */
function scopesOf({ scope, scp }: JWTPayload): readonly string[] {
  const scopes = scope ?? scp;
  if (typeof scopes === 'string') return scopes.split(' ');
  return Array.isArray(scopes) ? scopes.map(String) : [];
}
