import { GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { ERROR_CATALOGUE } from '../errors.ts';

/** Tells proxies such as nginx not to hold back the events of a stream. */
export function useUnbufferedStreams(): Plugin {
  return {
    onResponse: ({ response }) => {
      if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
        response.headers.set('x-accel-buffering', 'no');
      }
    },
  };
}

/**
 * Answers a refused operation with its error as the one event of a stream. Yoga would answer with a status
 * alone, and clients of the graphql-sse protocol show nothing else of such an answer.
 */
export function useStreamedRefusals(): Plugin {
  return {
    onResultProcess: ({ request, result, setResult }) => {
      const wantsStream = request.headers.get('accept')?.includes('text/event-stream');
      if (!wantsStream || isAsyncIterable(result) || Array.isArray(result)) return;
      // Of errors without a path and a code of ours the request itself is wrong, which its status says.
      if (!result.errors?.some((error) => error.path || isOurs(error))) return;
      setResult(once({ ...result, errors: result.errors.map(withoutHttp) }));
    },
  };
}

/** Ends streams that nobody will read, since the client accepts no type that a stream can have. */
export function useReadStreamsOnly(): Plugin {
  return {
    onResultProcess: ({ result, resultProcessor }) => {
      if (!resultProcessor && isAsyncIterable(result)) void result[Symbol.asyncIterator]().return?.();
    },
  };
}

/** Yoga notes HTTP statuses on errors, which mean nothing on a socket or inside a stream. */
export function withoutHttp(error: GraphQLError): GraphQLError {
  const { http: _, ...extensions } = error.extensions;
  return new GraphQLError(error.message, { nodes: error.nodes ?? null, path: error.path ?? null, extensions });
}

function isOurs({ extensions }: GraphQLError): boolean {
  return typeof extensions['code'] === 'string' && extensions['code'] in ERROR_CATALOGUE;
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
