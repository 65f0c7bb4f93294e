import type { Plugin } from 'graphql-yoga';

/**
 * The page of GraphiQL holds its own script and styles, starts workers from them, and talks to this server alone.
 * Nothing is loaded from elsewhere, and no other page may show it in a frame.
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

/** Nothing that is no page has anything to run or show. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Tells browsers what the server's pages may do, and to believe the types of what it sends. */
export function useSecurityHeaders(): Plugin {
  return {
    onResponse: ({ response: { headers } }) => {
      const isPage = headers.get('content-type')?.startsWith('text/html');
      // The demo page brings a stricter one of its own.
      if (!headers.has('content-security-policy')) {
        headers.set('content-security-policy', isPage ? GRAPHIQL_POLICY : DATA_POLICY);
      }
      headers.set('x-content-type-options', 'nosniff');
      headers.set('x-frame-options', 'DENY');
      headers.set('referrer-policy', 'no-referrer');
      headers.set('cross-origin-opener-policy', 'same-origin');
      headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=()');
    },
  };
}
