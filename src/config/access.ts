import { ConfigError, type Environment } from './environment.ts';

/** How JSON Web Tokens are verified. */
export interface JwtConfig {
  /** URL or file of the JSON Web Key Set. `JWT_KEY_SET`, default none: tokens are not accepted. */
  readonly keySet: string;
  /** The `iss` that a token must have. `JWT_ISSUER`, needed with `JWT_KEY_SET`. */
  readonly issuer: string;
  /** The `aud` that a token must have. `JWT_AUDIENCE`, needed with `JWT_KEY_SET`: a token for another service must not open this one. */
  readonly audience: string;
}

/** Who may ask, from which web pages, and what. */
export interface AccessConfig {
  /** API keys as `name:hash`, between commas. `API_KEYS`, default none. With keys or a key set, callers must have one. */
  readonly apiKeys: readonly string[];
  /** JSON file of API keys with budgets of their own. `API_KEYS_FILE`, default none. */
  readonly apiKeysFile: string | undefined;
  readonly jwt: JwtConfig | undefined;
  /** Origins of web pages that may use the server, between commas, as in `https://app.example.org`; `*` for all. `ALLOWED_ORIGINS`, default none but the server's own. */
  readonly allowedOrigins: readonly string[];
  /** A folder of `.graphql` files, or a JSON file of documents by hash: only these operations are run. `PERSISTED_OPERATIONS`, default none: any operation is. */
  readonly persistedOperations: string | undefined;
  /** Whether the schema can be asked for. `INTROSPECTION`, default true: it is the documentation, and no secret. */
  readonly introspection: boolean;
  /** Whether GraphiQL is served. `GRAPHIQL`, default true. */
  readonly graphiql: boolean;
  /** Whether the demo page is served at `/`. `PAGE`, default true. */
  readonly page: boolean;
}

export function loadAccess(environment: Environment): AccessConfig {
  return {
    apiKeys: environment.list('API_KEYS'),
    apiKeysFile: environment.optional('API_KEYS_FILE'),
    jwt: loadJwt(environment),
    allowedOrigins: environment.list('ALLOWED_ORIGINS').map((origin) => checkOrigin(origin)),
    persistedOperations: environment.optional('PERSISTED_OPERATIONS'),
    introspection: environment.flag('INTROSPECTION', true),
    graphiql: environment.flag('GRAPHIQL', true),
    page: environment.flag('PAGE', true),
  };
}

function loadJwt(environment: Environment): JwtConfig | undefined {
  const keySet = environment.optional('JWT_KEY_SET');
  if (keySet === undefined) return undefined;
  const needed = (name: string): string => {
    const value = environment.optional(name);
    if (value === undefined) throw new ConfigError(`${name} must be set where JWT_KEY_SET is.`);
    return value;
  };
  return { keySet, issuer: needed('JWT_ISSUER'), audience: needed('JWT_AUDIENCE') };
}

function checkOrigin(origin: string): string {
  if (origin === '*' || (URL.canParse(origin) && new URL(origin).origin === origin)) return origin;
  throw new ConfigError(
    `ALLOWED_ORIGINS must be origins such as https://app.example.org between commas, or *, but one is "${origin}".`,
  );
}
