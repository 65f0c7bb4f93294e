import { type GraphQLErrorLike, RequestError } from './request-error.ts';

/** An operation to send. */
interface Payload {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One result of a stream. */
export interface Result {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLErrorLike[] | undefined;
}

/** A transport for subscriptions. A stream that breaks throws a {@link RequestError} and does not reconnect. */
export interface Streams {
  iterate(payload: Payload): AsyncIterableIterator<Result>;
  dispose(): void;
}

export interface StreamOptions {
  /** URL of the graph, with `http:` or `https:`. */
  readonly url: string;
  /** Returns the current headers, with the credentials. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly webSocketImpl?: unknown;
  readonly fetch: typeof fetch;
}

/** Milliseconds between pings, and until one counts as lost: an unplugged cable does not close a socket. */
const PING_MS = 10_000;
const PONG_MS = 5_000;
/** Milliseconds that a socket stays open after its last stream. */
const LINGER_MS = 5_000;

/** Close codes of a socket without a valid key. */
const UNAUTHENTICATED = new Set([4401, 4403]);

/** Runs all streams over one WebSocket, which is open while there are any. */
export async function overWebSocket({ url, headers, webSocketImpl }: StreamOptions): Promise<Streams> {
  const { createClient } = await import('graphql-ws/client');
  let missing: ReturnType<typeof setTimeout> | undefined;
  let wasOpen = false;
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl,
    retryAttempts: 0,
    lazyCloseTimeout: LINGER_MS,
    keepAlive: PING_MS,
    connectionParams: () => ({ ...headers() }),
    on: {
      connecting: () => {
        wasOpen = false;
      },
      connected: () => {
        wasOpen = true;
      },
      ping: (received) => {
        if (!received) missing = setTimeout(() => client.terminate(), PONG_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(missing);
      },
      closed: () => clearTimeout(missing),
    },
  });
  return {
    iterate: (payload) =>
      translated(
        client.iterate({ ...payload, variables: { ...payload.variables } }),
        (error) => refusalBySocket(error) ?? (wasOpen ? error : notReached(error)),
      ),
    dispose: () => void client.dispose(),
  };
}

/** Runs each stream over its own request, which is answered with server-sent events. */
export async function overSse({ url, headers, fetch }: StreamOptions): Promise<Streams> {
  const { createClient } = await import('graphql-sse');
  const clients = new Set<{ dispose(): void }>();
  return {
    iterate: (payload) => {
      let refused: RequestError | undefined;
      const client = createClient({
        url,
        headers: () => ({ ...headers() }),
        retryAttempts: 0,
        fetchFn: async (input: string, init: RequestInit) => {
          const response = await fetch(input, init).catch((error: unknown) => {
            throw (refused = notReached(error));
          });
          if (!response.ok) refused = await refusalOf(response.clone());
          return response;
        },
      });
      clients.add(client);
      const results = client.iterate({ ...payload, variables: { ...payload.variables } });
      const close = () => {
        clients.delete(client);
        client.dispose();
      };
      return translated(results, (error) => refused ?? error, close);
    },
    dispose: () => {
      for (const client of clients) client.dispose();
    },
  };
}

/** The results of a stream; failures become {@link RequestError}s. */
async function* translated(
  results: AsyncIterableIterator<Result>,
  explain: (error: unknown) => unknown,
  close?: () => void,
): AsyncGenerator<Result, void, void> {
  try {
    yield* results;
  } catch (thrown) {
    const error = explain(thrown);
    throw error instanceof RequestError ? error : RequestError.lost('The connection was lost.', error);
  } finally {
    close?.();
  }
}

function notReached(cause: unknown): RequestError {
  return RequestError.lost('The server cannot be reached.', cause);
}

/** The refusal in what graphql-ws throws: a list of errors, or the event of a closed socket. */
function refusalBySocket(error: unknown): RequestError | undefined {
  if (Array.isArray(error)) return RequestError.of(error);
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (typeof code !== 'number' || !UNAUTHENTICATED.has(code)) return undefined;
  return new RequestError('The server requires a key or token, or another one.', 'UNAUTHENTICATED', { cause: error });
}

/** The error of a response that refuses a stream as a whole. */
async function refusalOf(response: Response): Promise<RequestError> {
  try {
    const { errors } = (await response.json()) as Result;
    return RequestError.of(errors) ?? RequestError.lost(`The server answered ${response.status}.`);
  } catch {
    return RequestError.lost(`The server answered ${response.status}.`);
  }
}
