import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'graphql-sse';
import { CommandFailure, GraphFailure } from './failure.ts';
import { answerOf, failureOf, type GraphAnswer, notReached, type ServerAddress } from './remote-answer.ts';

/** An operation whose variables hold the cursor to go on behind, where its connection breaks. */
interface Payload {
  readonly query: string;
  readonly variables: object;
}

/**
 * Runs a subscription over SSE, or over WebSocket where the address has one. Both clients connect again by themselves
 * and read the variables anew then, so the cursor in them moves along.
 */
export async function* streamOver(
  address: ServerAddress,
  { query, variables }: Payload,
  signal: AbortSignal,
): AsyncGenerator<GraphAnswer, void, void> {
  const moving: Record<string, unknown> = { ...variables };
  const course: Course = { hasBegun: false };
  const client = await (address.socket === undefined
    ? overSse(address, course)
    : overSocket(address, address.socket, course));
  const stop = () => client.dispose();
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    for await (const answer of client.iterate({ query, variables: moving })) {
      course.hasBegun = true;
      moving['after'] = cursorOf(answer.data) ?? moving['after'];
      yield answer;
    }
    signal.throwIfAborted();
  } catch (error) {
    signal.throwIfAborted();
    throw asFailure(address, error);
  } finally {
    signal.removeEventListener('abort', stop);
    client.dispose();
  }
}

interface StreamClient {
  iterate(payload: { query: string; variables: Record<string, unknown> }): AsyncIterable<GraphAnswer>;
  dispose(): void;
}

/** Whether a stream has given anything yet: only then it is worth to connect again. */
interface Course {
  hasBegun: boolean;
}

async function overSse({ http, headers }: ServerAddress, course: Course): Promise<StreamClient> {
  const { createClient } = await import('graphql-sse');
  let failure: unknown;
  const client: Client = createClient({
    url: http,
    headers: { ...headers },
    fetchFn: async (url: string, init: RequestInit) => {
      try {
        const response = await fetch(url, init);
        failure = response.ok ? undefined : await refusalOf(url, response.clone());
        return response;
      } catch (error) {
        failure = notReached(url, error);
        throw error;
      }
    },
    retry: async (retries) => {
      if (!course.hasBegun && failure !== undefined) throw failure;
      await delay(Math.min(100 * 2 ** retries, 5000) * (0.5 + Math.random()));
    },
  });
  return { iterate: (payload) => client.iterate<Record<string, unknown>>(payload), dispose: () => client.dispose() };
}

async function overSocket({ headers }: ServerAddress, url: string, course: Course): Promise<StreamClient> {
  const [{ createClient }, { WebSocket }] = await Promise.all([import('graphql-ws'), import('ws')]);
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    connectionParams: { ...headers },
    shouldRetry: () => course.hasBegun,
  });
  return {
    iterate: (payload) => client.iterate<Record<string, unknown>>(payload),
    dispose: () => void client.dispose(),
  };
}

/** What a server says that refuses a stream as a whole. */
async function refusalOf(url: string, response: Response): Promise<Error> {
  try {
    return failureOf(answerOf(await response.text()));
  } catch {
    return new CommandFailure(`${url} answers ${response.status} and no GraphQL. Is it the URL of a bertql server?`);
  }
}

/** The cursor of an event, which is the one root field of its answer. */
function cursorOf(data: unknown): unknown {
  const [event]: unknown[] = typeof data === 'object' && data !== null ? Object.values(data) : [];
  return typeof event === 'object' && event !== null && 'cursor' in event ? event.cursor : undefined;
}

function asFailure({ http, socket }: ServerAddress, error: unknown): Error {
  const url = socket ?? http;
  if (error instanceof CommandFailure) return error;
  // graphql-ws throws what the server refused as a list, and what became of its socket as an event.
  if (Array.isArray(error)) return failureOf({ errors: error });
  if (typeof error !== 'object' || error === null || error instanceof Error) return notReached(url, error);
  if ('code' in error && error.code === FORBIDDEN) {
    return new GraphFailure(`${url} wants a key or token, or another one. Give it with BERTQL_API_KEY.`, undefined);
  }
  if ('code' in error) return notReached(url, `it closed the socket with ${error.code}`);
  return notReached(url, 'message' in error ? error.message : error);
}

/** The code of a socket whose client may not come in. */
const FORBIDDEN = 4403;
