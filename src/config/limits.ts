import type { Environment } from './environment.ts';

/**
 * What one request and one client may ask for. Each limit is there because what lies beyond it costs the
 * server far more than it costs the one who asks. A refusal names the limit and what came.
 */
export interface Limits {
  /** Bytes of a request's body or a WebSocket message. `MAX_BODY_BYTES`, default 8 MiB: room for a longest text in UTF-8, escaped. */
  readonly maxBodyBytes: number;
  /** UTF-16 code units in one text. `MAX_TEXT_LENGTH`, default 2,000,000: a thousand pages. */
  readonly maxTextLength: number;
  /** Texts in one list. `MAX_TEXTS`, default 1,000: more gain nothing, since batches are formed of all requests. */
  readonly maxTexts: number;
  /** Tokens of one operation: of all texts of all fields and aliases, once for each model that reads them. `MAX_REQUEST_TOKENS`, default 1,000,000: some four million characters of prose. */
  readonly maxRequestTokens: number;
  /** Characters of a result: every object counts 64 and the text it brings. `MAX_RESULT_SIZE`, default 200,000,000: nested lists grow with the product of their lengths. */
  readonly maxResultSize: number;
  /** Tokens of the GraphQL document. `MAX_GRAPHQL_TOKENS`, default 5,000: ten times the longest example. */
  readonly maxGraphqlTokens: number;
  /** Nesting of fields. `MAX_DEPTH`, default 15: the graph's longest way without a turn is 8. */
  readonly maxDepth: number;
  /** Aliases, counted wherever their fragment is used. `MAX_ALIASES`, default 100. */
  readonly maxAliases: number;
  /** Directives, counted wherever their fragment is used. `MAX_DIRECTIVES`, default 50. */
  readonly maxDirectives: number;
  /** Milliseconds after which a query is given up. `REQUEST_TIMEOUT_MS`, default 60,000; streams have no such limit. */
  readonly requestTimeoutMs: number;
  /** Milliseconds that a stream waits for its client to take an event. `STREAM_IDLE_MS`, default 60,000: a client that does not read would hold its place for ever. */
  readonly streamIdleMs: number;
  /** WebSockets and SSE streams of one address at a time. `MAX_SOCKETS`, default 100. */
  readonly maxSockets: number;
  /** Operations on one WebSocket at a time. `MAX_SUBSCRIPTIONS`, default 100. */
  readonly maxSubscriptions: number;
  /** Tokens, as `MAX_REQUEST_TOKENS` counts them, that one client may have under way. `MAX_CLIENT_TOKENS`, default 4,000,000: four of the largest requests. */
  readonly maxClientTokens: number;
  /** Operations that one client may start in a minute. `REQUESTS_PER_MINUTE`, default 0: no limit. An API key may have its own. */
  readonly requestsPerMinute: number;
  /** Tokens that one client may spend in a minute. `TOKENS_PER_MINUTE`, default 0: no limit. An API key may have its own. */
  readonly tokensPerMinute: number;
  /** Proxies in front of the server that add to `X-Forwarded-For`. `TRUSTED_PROXIES`, default 0: the header is not believed, since anyone can send it. */
  readonly trustedProxies: number;
}

export function loadLimits(environment: Environment): Limits {
  return {
    maxBodyBytes: environment.integer('MAX_BODY_BYTES', 8 * 1024 * 1024, 1024),
    maxTextLength: environment.integer('MAX_TEXT_LENGTH', 2_000_000, 1),
    maxTexts: environment.integer('MAX_TEXTS', 1000, 1),
    maxRequestTokens: environment.integer('MAX_REQUEST_TOKENS', 1_000_000, 1),
    maxResultSize: environment.integer('MAX_RESULT_SIZE', 200_000_000, 1000),
    maxGraphqlTokens: environment.integer('MAX_GRAPHQL_TOKENS', 5000, 100),
    maxDepth: environment.integer('MAX_DEPTH', 15, 1),
    maxAliases: environment.integer('MAX_ALIASES', 100, 0),
    maxDirectives: environment.integer('MAX_DIRECTIVES', 50, 0),
    requestTimeoutMs: environment.integer('REQUEST_TIMEOUT_MS', 60_000, 1, 2_147_483_647),
    streamIdleMs: environment.integer('STREAM_IDLE_MS', 60_000, 1, 2_147_483_647),
    maxSockets: environment.integer('MAX_SOCKETS', 100, 1),
    maxSubscriptions: environment.integer('MAX_SUBSCRIPTIONS', 100, 1),
    maxClientTokens: environment.integer('MAX_CLIENT_TOKENS', 4_000_000, 1),
    requestsPerMinute: environment.integer('REQUESTS_PER_MINUTE', 0, 0),
    tokensPerMinute: environment.integer('TOKENS_PER_MINUTE', 0, 0),
    trustedProxies: environment.integer('TRUSTED_PROXIES', 0, 0, 10),
  };
}
