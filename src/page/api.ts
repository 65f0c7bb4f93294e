import { type Client, createClient } from 'graphql-ws/client';
import type { TypedDocumentString } from './client/graphql.ts';

/** Codes after which the same request may succeed. */
const PASSING = new Set(['OVERLOADED', 'RATE_LIMITED', 'STORE_UNAVAILABLE', 'SHUTTING_DOWN', 'MODEL_UNAVAILABLE']);

/** An operation was refused, with a code of the server's catalogue. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  /** Milliseconds after which it may be tried again, where the server says so. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, code: string, retryAfterMs?: number) {
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Whether what failed so may succeed when it is tried again. */
export function mayPass(error: unknown): error is Refusal | Unreachable {
  return error instanceof Unreachable || (error instanceof Refusal && PASSING.has(error.code));
}

/** The server cannot be reached, or the connection was lost. Trying again may help. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** An operation as it was sent, for those who want to see it. */
export interface Sent {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface ApiOptions {
  /** Told of every operation that is sent. */
  readonly onSent: (sent: Sent) => void;
  /** Told of every answer to one, of a stream of every event. */
  readonly onAnswer: (document: string, data: unknown) => void;
  /** Asks for a key or token; `undefined` where there is none to be had. */
  readonly askForKey: () => Promise<string | undefined>;
}

/** Milliseconds between pings, and until one counts as lost: a cable that is pulled closes no socket. */
const PING_MS = 10_000;
const PONG_MS = 5_000;

/** Milliseconds until an answer must be there: some more than the server gives itself. */
const ANSWER_MS = 75_000;

/** Characters of a request that may outlive the page; browsers allow 64 KiB for all of them together. */
const MOST_KEPT_ALIVE = 2_000;

/** Codes with which a socket closes for want of a key. */
const UNAUTHENTICATED = new Set([4401, 4403]);

/** Runs the typed operations: queries over HTTP, subscriptions over one WebSocket. */
export class Api {
  readonly endpoint = new URL(document.body.dataset['endpoint'] ?? 'graphql', document.baseURI);
  readonly #options: ApiOptions;
  readonly #sockets: Client;
  #key: string | undefined;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#key = sessionStorage.getItem('bertql:key') ?? undefined;
    this.#sockets = this.#connect();
  }

  /** Runs a query or mutation. Throws {@link Refusal} or {@link Unreachable}, or what the signal was aborted with. */
  async run<T, V extends Readonly<Record<string, unknown>>>(
    operation: TypedDocumentString<T, V>,
    variables: V,
    signal: AbortSignal | null = null,
  ): Promise<T> {
    this.#options.onSent({ document: operation.toString(), variables: { ...variables } });
    const answer = await this.#post(JSON.stringify({ query: operation.toString(), variables }), signal);
    const refusal = refusalIn(answer.errors);
    if (refusal?.code === 'UNAUTHENTICATED' && (await this.#newKey())) return this.run(operation, variables, signal);
    if (refusal) throw refusal;
    this.#options.onAnswer(operation.toString(), answer.data);
    return answer.data as T;
  }

  /**
   * Subscribes. Throws {@link Refusal} where the operation or an event is refused, {@link Unreachable} where the
   * connection is lost. Leaving the loop, or aborting the signal, unsubscribes.
   */
  async *subscribe<T, V extends Readonly<Record<string, unknown>>>(
    operation: TypedDocumentString<T, V>,
    variables: V,
    signal: AbortSignal,
  ): AsyncGenerator<T, void, void> {
    signal.throwIfAborted();
    this.#options.onSent({ document: operation.toString(), variables: { ...variables } });
    const query = { query: operation.toString(), variables: { ...variables } };
    const events = this.#sockets.iterate<T>(query);
    const leave = () => void events.return?.();
    signal.addEventListener('abort', leave);
    try {
      for await (const { data, errors } of events) {
        const refusal = refusalIn(errors);
        if (refusal) throw refusal;
        if (!data) continue;
        this.#options.onAnswer(query.query, data);
        yield data;
      }
    } catch (error) {
      throw await this.#explain(error);
    } finally {
      signal.removeEventListener('abort', leave);
    }
    signal.throwIfAborted();
  }

  async #post(body: string, signal: AbortSignal | null): Promise<Answer> {
    try {
      const response = await fetch(this.endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json',
          ...this.#credentials(),
        },
        body,
        signal: AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(ANSWER_MS)]),
        // What is short is sent to its end, also by a page that is being closed.
        keepalive: body.length < MOST_KEPT_ALIVE,
      });
      return (await response.json()) as Answer;
    } catch (cause) {
      signal?.throwIfAborted();
      throw new Unreachable('The server cannot be reached.', { cause });
    }
  }

  /** What graphql-ws ends a subscription with, in terms of the page. */
  async #explain(error: unknown): Promise<Error> {
    if (error instanceof Refusal) return error;
    if (Array.isArray(error)) return refusalIn(error) ?? new Unreachable('The subscription was refused.');
    const code = error instanceof CloseEvent ? error.code : undefined;
    if (code !== undefined && UNAUTHENTICATED.has(code) && !(await this.#newKey())) {
      return new Refusal('This server wants a key or token.', 'UNAUTHENTICATED');
    }
    return new Unreachable('The connection was lost.', { cause: error });
  }

  #credentials(): Record<string, string> {
    return this.#key === undefined ? {} : { authorization: `Bearer ${this.#key}` };
  }

  async #newKey(): Promise<boolean> {
    const key = await this.#options.askForKey();
    if (key === undefined) return false;
    this.#key = key;
    sessionStorage.setItem('bertql:key', key);
    return true;
  }

  #connect(): Client {
    const url = new URL(this.endpoint);
    url.protocol = url.protocol.replace('http', 'ws');
    let missing: ReturnType<typeof setTimeout> | undefined;
    return createClient({
      url: url.href,
      // The page goes on by itself, behind the last event that it saw.
      retryAttempts: 0,
      lazyCloseTimeout: 5_000,
      keepAlive: PING_MS,
      connectionParams: () => this.#credentials(),
      on: {
        ping: (received) => {
          if (!received) missing = setTimeout(() => this.#sockets.terminate(), PONG_MS);
        },
        pong: (received) => {
          if (received) clearTimeout(missing);
        },
        closed: () => clearTimeout(missing),
      },
    });
  }
}

interface ErrorLike {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly ErrorLike[];
}

function refusalIn(errors: readonly ErrorLike[] | undefined): Refusal | undefined {
  const [first] = errors ?? [];
  if (!first) return undefined;
  const { code, retryAfterMs } = first.extensions ?? {};
  return new Refusal(
    first.message,
    String(code ?? 'INTERNAL'),
    typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
  );
}
