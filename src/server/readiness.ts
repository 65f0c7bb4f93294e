import type { Plugin } from 'graphql-yoga';
import type { ServerContext } from './call.ts';

/** Tells why the server takes no work now; nothing where it does. */
export type Hindrances = () => readonly string[];

/** Answers `/ready`: 200 where work is taken, else 503 with the reasons. Load balancers and probes ask it. */
export function useReadiness(hindrances: Hindrances): Plugin<ServerContext> {
  return {
    onRequest: ({ url, endResponse, fetchAPI }) => {
      if (url.pathname !== '/ready') return;
      const reasons = hindrances();
      const ready = reasons.length === 0;
      endResponse(
        new fetchAPI.Response(JSON.stringify({ ready, reasons }), {
          status: ready ? 200 : 503,
          headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
        }),
      );
    },
  };
}
