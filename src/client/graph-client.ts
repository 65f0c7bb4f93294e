import type { TypedDocumentString } from './graphql.ts';
import { RequestError } from './request-error.ts';
import { overSse, overWebSocket, type Result, type Streams } from './streams.ts';

/** Options of {@link GraphClient}. */
export interface ClientOptions {
  /** URL of the graph, such as `https://bertql.example/graphql`. */
  readonly url: string;
  /** API key or token, sent as `Authorization: Bearer …`; a function is called for each request and connection. */
  readonly key?: string | (() => string | undefined);
  /**
   * Called if the server requires a key, or another one. Resolve with `true` if `key` now has a better one; the request
   * is then sent again.
   */
  readonly onUnauthenticated?: () => Promise<boolean>;
  /** The transport of streams. @default WebSocket, or server-sent events if the runtime has no WebSocket */
  readonly streams?: 'websocket' | 'sse';
  /** The WebSocket class for runtimes without one, such as that of `ws` on Node 20. */
  readonly webSocketImpl?: unknown;
  /** Milliseconds after which a request without an answer fails. @default 75,000, longer than the server's own limit */
  readonly answerMs?: number;
  /** The function for requests. @default the global `fetch` */
  readonly fetch?: typeof fetch;
  /** Called with every operation that is sent. */
  readonly onRequest?: (request: { readonly document: string; readonly variables: Variables }) => void;
  /** Called with the data of every answer and of every event of a stream. */
  readonly onData?: (document: string, data: unknown) => void;
}

type Variables = Readonly<Record<string, unknown>>;

/** The most characters of a request that may outlive the page; browsers allow 64 KiB for all of them together. */
const MOST_KEPT_ALIVE = 2_000;

/** A connection to the graph: queries and mutations over HTTP, subscriptions over WebSocket or server-sent events. */
export class GraphClient {
  readonly #options: ClientOptions;
  #streams: Promise<Streams> | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /**
   * Runs a query or mutation. Throws a {@link RequestError}, or the signal's reason.
   *
   * @example
   * const { entities } = await client.query(EntitiesDocument, { text: 'Ada lived in London.' });
   */
  async query<Data, V extends Variables>(
    operation: TypedDocumentString<Data, V>,
    variables: V,
    signal?: AbortSignal,
  ): Promise<Data> {
    const document = operation.toString();
    this.#options.onRequest?.({ document, variables: { ...variables } });
    const { data, errors } = await this.#post(JSON.stringify({ query: document, variables }), signal);
    const error = RequestError.of(errors);
    if (error && (await this.#isBetterKeyGiven(error))) return this.query(operation, variables, signal);
    if (error) throw error;
    this.#options.onData?.(document, data);
    return data as Data;
  }

  /**
   * Subscribes, on one connection. Throws a {@link RequestError} if the operation or an event is refused or the
   * connection breaks. Leaving the loop or aborting the signal unsubscribes.
   *
   * @example
   * for await (const { modelProgress } of client.subscribe(ModelProgressDocument, { id })) show(modelProgress.fraction);
   */
  async *subscribe<Data, V extends Variables>(
    operation: TypedDocumentString<Data, V>,
    variables: V,
    signal?: AbortSignal,
  ): AsyncGenerator<Data, void, void> {
    signal?.throwIfAborted();
    const payload = { query: operation.toString(), variables };
    this.#options.onRequest?.({ document: payload.query, variables: { ...variables } });
    this.#streams ??= this.#openStreams();
    const results = (await this.#streams).iterate(payload);
    const leave = () => void results.return?.();
    signal?.addEventListener('abort', leave);
    try {
      for await (const { data, errors } of results) {
        const error = RequestError.of(errors);
        if (error) throw error;
        if (data == null) continue;
        this.#options.onData?.(payload.query, data);
        yield data as Data;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof RequestError && (await this.#isBetterKeyGiven(error)))) throw error;
      throw RequestError.lost('The connection was lost.', error);
    } finally {
      signal?.removeEventListener('abort', leave);
    }
    signal?.throwIfAborted();
  }

  /**
   * Ends all streams.
   *
   * @example
   * await client.dispose();
   */
  async dispose(): Promise<void> {
    (await this.#streams)?.dispose();
    this.#streams = undefined;
  }

  async #post(body: string, signal: AbortSignal | undefined): Promise<Result> {
    const { url, fetch = globalThis.fetch, answerMs = 75_000 } = this.#options;
    const given = AbortSignal.timeout(answerMs);
    let response: Response | undefined;
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json',
          ...this.#credentials(),
        },
        body,
        signal: signal ? AbortSignal.any([signal, given]) : given,
        // A short request is completed even if the page is being closed.
        keepalive: body.length < MOST_KEPT_ALIVE,
      });
      const result: unknown = await response.json();
      if (isResult(result)) return result;
      throw new Error('It has neither data nor errors.');
    } catch (cause) {
      signal?.throwIfAborted();
      const message = response
        ? `The server answers ${response.status} and no GraphQL.`
        : 'The server cannot be reached.';
      throw RequestError.lost(message, cause);
    }
  }

  #credentials(): Record<string, string> {
    const { key } = this.#options;
    const now = typeof key === 'function' ? key() : key;
    return now === undefined ? {} : { authorization: `Bearer ${now}` };
  }

  async #isBetterKeyGiven({ code }: RequestError): Promise<boolean> {
    return code === 'UNAUTHENTICATED' && ((await this.#options.onUnauthenticated?.()) ?? false);
  }

  #openStreams(): Promise<Streams> {
    const { url, streams, webSocketImpl, fetch = globalThis.fetch } = this.#options;
    const hasSockets = webSocketImpl !== undefined || 'WebSocket' in globalThis;
    const open = (streams ?? (hasSockets ? 'websocket' : 'sse')) === 'websocket' ? overWebSocket : overSse;
    return open({ url, webSocketImpl, fetch, headers: () => this.#credentials() });
  }
}

function isResult(result: unknown): result is Result {
  return typeof result === 'object' && result !== null && ('data' in result || 'errors' in result);
}

/** Access to the graph, on a server or in this process. */
export type GraphAccess = Pick<GraphClient, 'query' | 'subscribe'>;
