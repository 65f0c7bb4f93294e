import { type GraphAccess, GraphClient } from '../../client/graph-client.ts';
import { CONNECTION_LOST, RequestError } from '../../client/request-error.ts';
import { retrying } from '../../client/retry.ts';
import { CommandFailure } from '../failure.ts';

/** How often a busy server is asked again. */
const RETRIES = 4;
/** As long as a timer can run: the server ends a request that takes too long. */
const ANSWER_MS = 2 ** 31 - 1;

/** Queries a server over HTTP; streams come as server-sent events, or over WebSocket if its URL says `ws:`. */
export async function withRemoteGraph<T>(
  server: string,
  apiKey: string | undefined,
  signal: AbortSignal,
  use: (graph: GraphAccess) => Promise<T>,
): Promise<T> {
  const { url, isSocket } = addressOf(server);
  const client = new GraphClient({
    url,
    ...(apiKey && { key: apiKey }),
    answerMs: ANSWER_MS,
    streams: isSocket ? 'websocket' : 'sse',
    // Node 20 has none of its own.
    ...(isSocket && { webSocketImpl: (await import('ws')).WebSocket }),
  });
  try {
    return await use({
      query: (operation, variables, own = signal) => {
        let retries = 0;
        const onLost = (error: RequestError) => {
          if (error.retryAfterMs === undefined || ++retries > RETRIES) throw error;
        };
        const ask = () => client.query(operation, variables, own);
        return retrying(ask, { signal: own, onLost }).catch((error: unknown) => explain(url, error));
      },
      subscribe: async function* (operation, variables, own = signal) {
        try {
          yield* client.subscribe(operation, variables, own);
        } catch (error) {
          explain(url, error);
        }
      },
    });
  } finally {
    await client.dispose();
  }
}

/** Throws {@link CommandFailure} if it is no URL of a server. */
function addressOf(server: string): { readonly url: string; readonly isSocket: boolean } {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (!url || !/^(https?|wss?):$/.test(url.protocol)) {
    throw new CommandFailure(
      `the server must be a URL such as http://localhost:4000 or ws://localhost:4000, but it is "${server}".`,
    );
  }
  if (url.pathname === '/') url.pathname = '/graphql';
  return { url: url.href.replace(/^ws/, 'http'), isSocket: url.protocol.startsWith('ws') };
}

/** Throws an error; one without an answer of the server says which server, and why. */
function explain(url: string, error: unknown): never {
  if (!(error instanceof RequestError) || error.code !== CONNECTION_LOST) throw error;
  const reason = reasonOf(error.cause);
  const what = reason === '' ? error.message : error.message.replace(/\.$/, ` (${reason}).`);
  throw RequestError.lost(`${url}: ${what} Is a server running there? \`bertql serve\` starts one.`, error);
}

/** The system's code for what went wrong, however deep it is wrapped. */
function reasonOf(cause: unknown): string {
  if (typeof cause !== 'object' || cause === null) return '';
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  const inner = 'cause' in cause ? cause.cause : 'error' in cause ? cause.error : undefined;
  return reasonOf(inner);
}
