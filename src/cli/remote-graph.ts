import { setTimeout as delay } from 'node:timers/promises';
import type { TypedDocumentString } from '../client/graphql.ts';
import { CommandFailure, GraphFailure } from './failure.ts';
import type { Graph } from './graph.ts';
import { streamOver } from './remote-stream.ts';

/** How often a server that is busy is asked again. */
const ATTEMPTS = 5;

interface AnswerError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** What a server answers, as GraphQL over HTTP has it. */
export interface GraphAnswer {
  readonly data?: unknown;
  readonly errors?: readonly AnswerError[] | undefined;
}

/** The addresses of a server: queries go over HTTP, streams over SSE or, where its URL says so, over WebSocket. */
export interface ServerAddress {
  readonly http: string;
  readonly socket: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks a running server. Throws `CommandFailure` for a URL that is none. */
export function openRemoteGraph(server: string, apiKey: string | undefined, signal: AbortSignal): Graph {
  const address = addressOf(server, apiKey);
  return {
    query: async <T, V extends object>(operation: TypedDocumentString<T, V>, variables: V) => {
      for (let attempt = 1; ; attempt++) {
        const answer = await post(address, { query: operation.toString(), variables }, signal);
        const waitMs = answer.errors?.[0]?.extensions?.['retryAfterMs'];
        if (typeof waitMs !== 'number' || attempt === ATTEMPTS) return dataOf<T>(answer);
        await delay(waitMs, undefined, { signal });
      }
    },
    subscribe: async function* <T, V extends object>(operation: TypedDocumentString<T, V>, variables: V) {
      const answers = streamOver(address, { query: operation.toString(), variables }, signal);
      for await (const answer of answers) yield dataOf<T>(answer);
    },
    close: async () => undefined,
  };
}

function addressOf(server: string, apiKey: string | undefined): ServerAddress {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (!url || !/^(https?|wss?):$/.test(url.protocol)) {
    throw new CommandFailure(
      `the server must be a URL such as http://localhost:4000 or ws://localhost:4000, but it is "${server}".`,
    );
  }
  if (url.pathname === '/') url.pathname = '/graphql';
  const isSocket = url.protocol.startsWith('ws');
  return {
    http: url.href.replace(/^ws/, 'http'),
    socket: isSocket ? url.href : undefined,
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
  };
}

async function post({ http, headers }: ServerAddress, body: object, signal: AbortSignal): Promise<GraphAnswer> {
  let response: Response;
  try {
    response = await fetch(http, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/graphql-response+json' },
      body: JSON.stringify(body),
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw notReached(http, error);
  }
  try {
    return answerOf(await response.text());
  } catch {
    throw new CommandFailure(`${http} answers ${response.status} and no GraphQL. Is it the URL of a bertql server?`);
  }
}

/** The answer in a body. Throws where it is none. */
export function answerOf(body: string): GraphAnswer {
  const answer: unknown = JSON.parse(body);
  if (isAnswer(answer)) return answer;
  throw new Error('It has neither data nor errors.');
}

function isAnswer(answer: unknown): answer is GraphAnswer {
  if (typeof answer !== 'object' || answer === null) return false;
  return 'errors' in answer ? Array.isArray(answer.errors) : 'data' in answer;
}

export function notReached(url: string, error: unknown): CommandFailure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
  const reason = code ?? (cause instanceof Error ? cause.message : String(cause));
  return new CommandFailure(`${url} cannot be reached: ${reason}. Start a server with \`bertql serve\`.`, {
    cause: error,
  });
}

function dataOf<T>(answer: GraphAnswer): T {
  if (answer.errors || !answer.data) throw failureOf(answer);
  return answer.data as T;
}

/** The first error of an answer. */
export function failureOf({ errors }: GraphAnswer): GraphFailure {
  const [error] = errors ?? [];
  const code = error?.extensions?.['code'];
  return new GraphFailure(error?.message ?? 'the server gave no data.', typeof code === 'string' ? code : undefined);
}
