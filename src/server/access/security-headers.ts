import type { Plugin } from 'graphql-yoga';
import type { ServerContext } from '../call.ts';

const POLICY = 'content-security-policy';

/**
 * GraphiQL's page contains its script and styles, starts workers from them, and only talks to this server. Nothing is
 * loaded from elsewhere, and no other page may show it in a frame.
 */
const GRAPHIQL_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
  "worker-src 'self' blob:",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self' ws: wss:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Answers that are not pages have nothing to run or show. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

const COMMON_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};
const GRAPHIQL_HEADERS: Readonly<Record<string, string>> = { [POLICY]: GRAPHIQL_POLICY, ...COMMON_HEADERS };

/** The headers of every answer that is not a page. */
export const DATA_HEADERS: Readonly<Record<string, string>> = {
  [POLICY]: DATA_POLICY,
  ...COMMON_HEADERS,
};

/** Adds headers that tell browsers what the server's pages may do, and not to guess types of content. */
export function useSecurityHeaders(): Plugin<ServerContext> {
  return {
    onResponse: ({ response: { headers } }) => {
      // Answers of the graph have them already.
      if (headers.has(POLICY) && headers.has('x-content-type-options')) return;
      const isPage = headers.get('content-type')?.startsWith('text/html');
      const all = Object.entries(isPage ? GRAPHIQL_HEADERS : DATA_HEADERS);
      // The demo page has a stricter policy of its own.
      for (const [name, value] of all) if (name !== POLICY || !headers.has(POLICY)) headers.set(name, value);
    },
  };
}
