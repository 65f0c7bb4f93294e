import type { FetchAPI, Plugin } from 'graphql-yoga';
import type { MaybePromise, ServerContext } from '../call.ts';

/** Answers requests for paths other than the graph's, such as `/metrics`; `undefined` if a request is not for it. */
export type Route = (request: Request, path: string, fetchAPI: FetchAPI) => MaybePromise<Response> | undefined;

/**
 * Asks the routes in turn. All of them share one hook, since to call a hook of Yoga costs far more than to compare a
 * path, and nearly every request is for the graph.
 */
export function useRoutes(routes: readonly Route[]): Plugin<ServerContext> {
  return {
    onRequest: ({ request, url, fetchAPI, endResponse }) => {
      for (const route of routes) {
        const answer = route(request, url.pathname, fetchAPI);
        if (answer) return Promise.resolve(answer).then(endResponse);
      }
      return undefined;
    },
  };
}

/** Redirects `/` to GraphiQL, for a server without the demo page. */
export function homePage(endpoint: string): Route {
  return (_request, path, { Response }) =>
    path === '/' ? new Response(null, { status: 302, headers: { location: endpoint } }) : undefined;
}

/**
 * Answers `/ready`: 200 if work is accepted, otherwise 503 with the reasons. Own code instead of Yoga's plugin, which
 * parses the URL of every request and matches it against a pattern.
 */
export function readiness(notReadyReasons: () => readonly string[]): Route {
  return (_request, path, { Response }) => {
    if (path !== '/ready') return undefined;
    const reasons = notReadyReasons();
    const ready = reasons.length === 0;
    return new Response(JSON.stringify({ ready, reasons }), {
      status: ready ? 200 : 503,
      headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
    });
  };
}
