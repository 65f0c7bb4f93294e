import { setTimeout as delay } from 'node:timers/promises';
import type { TypedDocumentString } from '../client/graphql.ts';
import { CommandFailure } from './failure.ts';
import type { Graph } from './graph.ts';
import { answerOf, failureOf, type GraphAnswer, notReached, type ServerAddress } from './remote-answer.ts';
import { streamOver } from './remote-stream.ts';

/** How often a server that is busy is asked again. */
const ATTEMPTS = 5;

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
    headers: !apiKey ? {} : { authorization: `Bearer ${apiKey}` },
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

function dataOf<T>(answer: GraphAnswer): T {
  if (answer.errors || !answer.data) throw failureOf(answer);
  return answer.data as T;
}
