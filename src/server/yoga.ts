import { createYoga, isAsyncIterable, type Plugin, useReadinessCheck, type YogaServerInstance } from 'graphql-yoga';
import { schema } from '../schema/index.ts';
import { type Context, Operation, type Services } from '../schema/operation.ts';
import { GRAPHIQL, renderGraphiQL } from './graphiql.ts';
import type { LiveOperations } from './live-operations.ts';
import { errorMask } from './mask-errors.ts';

/** What a transport other than HTTP hands to the context factory. */
export interface TransportContext {
  /** Aborted when the client of an operation has gone; HTTP's is the request's own. */
  readonly client?: AbortSignal;
}

export interface GraphServerOptions {
  /** Bytes of a request's body. */
  readonly maxBodyBytes: number;
  /** Whether new work is taken; `/ready` tells it. */
  readonly isReady: () => boolean;
  readonly operations: LiveOperations;
  /** Whether clients are answered; a process that only runs analyses answers `/health` and `/ready` alone. */
  readonly answersClients: boolean;
}

export type GraphServer = YogaServerInstance<TransportContext, Context>;

/** The GraphQL server over HTTP and SSE, with GraphiQL, `/health` and `/ready`; its `fetch` needs no socket. */
export function createGraphServer(services: Services, options: GraphServerOptions): GraphServer {
  return createYoga<TransportContext, Context>({
    schema,
    context: ({ client, request }) => ({ operation: new Operation(services, client ?? request?.signal) }),
    maskedErrors: { maskError: errorMask(services.reportFailure) },
    graphiql: GRAPHIQL,
    renderGraphiQL,
    landingPage: false,
    healthCheckEndpoint: '/health',
    maxRequestBodySize: options.maxBodyBytes,
    multipart: false,
    // Yoga's default would let any site read answers with the visitor's cookies.
    cors: false,
    logging: false,
    plugins: [
      ...(options.answersClients ? [] : [useNoGraph()]),
      useReadinessCheck({ endpoint: '/ready', check: options.isReady }),
      useUnbufferedStreams(),
      useStreamedRefusals(),
      useHomePage(),
      options.operations.plugin(),
    ],
  });
}

/** Tells proxies such as nginx not to hold back the events of a stream. */
function useUnbufferedStreams(): Plugin {
  return {
    onResponse: ({ response }) => {
      if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
        response.headers.set('x-accel-buffering', 'no');
      }
    },
  };
}

/**
 * Answers a refused subscription with its error as the one event of a stream. Yoga would answer with
 * status 500, of which clients of the graphql-sse protocol show the status only.
 */
function useStreamedRefusals(): Plugin {
  return {
    onResultProcess: ({ request, result, setResult }) => {
      const wantsStream = request.headers.get('accept')?.includes('text/event-stream');
      if (!wantsStream || isAsyncIterable(result) || Array.isArray(result)) return;
      // An error with a path comes from a resolver; without one the request itself is wrong, which its status says.
      if (result.errors?.some((error) => error.path)) setResult(once(result));
    },
  };
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}

/** Tells whoever takes a worker for a server where to go. */
function useNoGraph(): Plugin {
  return {
    onRequest: ({ url, endResponse, fetchAPI }) => {
      if (url.pathname === '/health' || url.pathname === '/ready') return;
      const message = 'This process runs analyses only (ROLE=worker). Ask one with ROLE=api or ROLE=all.\n';
      endResponse(new fetchAPI.Response(message, { status: 404 }));
    },
  };
}

/** Sends visitors of `/` to GraphiQL. */
function useHomePage(): Plugin {
  return {
    onRequest: ({ url, endResponse, fetchAPI }) => {
      if (url.pathname === '/')
        endResponse(new fetchAPI.Response(null, { status: 302, headers: { location: '/graphql' } }));
    },
  };
}
