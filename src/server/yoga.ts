import { randomUUID } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { execute } from 'graphql';
import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Config } from '../config.ts';
import { EVERYBODY } from '../jobs/analysis-record.ts';
import { Operation, type Services } from '../schema/context.ts';
import { schema } from '../schema/index.ts';
import type { Authentication } from './access/authentication.ts';
import { useSecurityHeaders } from './access/security-headers.ts';
import type { Call, ServerContext } from './call.ts';
import { graphiqlOptions, renderGraphiQL } from './graphiql.ts';
import { HttpCalls, type HttpContext } from './http-calls.ts';
import { JsonPosts } from './json-posts.ts';
import { KnownOperations } from './known-operations.ts';
import { useBodyLimit } from './limits/body-limit.ts';
import { boundedDocuments } from './limits/bounded-documents.ts';
import type { ClientLedger } from './limits/client-ledger.ts';
import { admitWithin, useAdmission, useStreamLimit } from './limits/cost-limit.ts';
import { useDocumentLimits } from './limits/document-limits.ts';
import { useNoIntrospection } from './limits/introspection.ts';
import type { PersistedOperations } from './limits/persisted-operations.ts';
import type { LiveOperations } from './live-operations.ts';
import { ErrorMask } from './mask-errors.ts';
import { type OperationReport, reportQueries, useOperationReports } from './operation-reports.ts';
import { Queries, type QueryWatcher } from './queries.ts';
import { useReadStreamsOnly, useStreamedRefusals, useUnbufferedStreams } from './streams.ts';

/** What a transport hands to the context factory: HTTP its request and response, WebSocket a call. */
export interface TransportContext extends HttpContext {
  /** Aborted when the client of an operation has gone; HTTP's is the request's own. */
  readonly client?: AbortSignal;
  readonly call?: Call;
}

export interface GraphServerOptions {
  readonly config: Config;
  readonly operations: LiveOperations;
  readonly authentication: Authentication;
  readonly ledger: ClientLedger;
  /** The operations that may be run, where not any may. */
  readonly persisted: PersistedOperations | undefined;
  /** Told of every operation that is over. */
  readonly report: (operation: OperationReport) => void;
  /** Whether clients are answered; a process that only runs analyses answers its operator alone. */
  readonly answersClients: boolean;
  /** What watches and answers beside the graph: metrics, readiness, traces. */
  readonly operators: readonly Plugin<ServerContext>[];
  /** What else watches queries. */
  readonly watchers: readonly QueryWatcher[];
}

export type GraphServer = YogaServerInstance<TransportContext, ServerContext>;

/** The GraphQL server over HTTP and SSE, with GraphiQL and `/health`; its `fetch` needs no socket. */
export function createGraphServer(
  services: Services,
  options: GraphServerOptions,
): { readonly graph: GraphServer; readonly listener: RequestListener } {
  const { config, ledger } = options;
  const errors = new ErrorMask(services.reportFailure, config.maxBodyBytes);
  const http = new HttpCalls({
    authentication: options.authentication,
    allowedOrigins: config.allowedOrigins,
    trustedProxies: config.trustedProxies,
    guarded: [config.endpoint, '/metrics'],
    reportFailure: services.reportFailure,
  });
  const known = new KnownOperations();
  const admit = admitWithin(config, ledger);
  const watchers = [reportQueries(options.report), ...options.watchers];
  const queries = new Queries({ operations: options.operations, errors, admit, watchers });
  const contextOf = (call: Call, client?: AbortSignal): ServerContext => {
    return { call, operation: new Operation(services, client, call.requestId, call.caller.owner) };
  };
  const graph = createYoga<TransportContext, ServerContext>({
    schema,
    graphqlEndpoint: config.endpoint,
    context: ({ client, call = IN_PROCESS, request }) =>
      contextOf((request && http.of(request)) ?? call, client ?? request?.signal),
    maskedErrors: { maskError: (error) => errors.mask(error) },
    graphiql: config.graphiql && graphiqlOptions(config),
    renderGraphiQL,
    landingPage: false,
    healthCheckEndpoint: '/health',
    maxRequestBodySize: config.maxBodyBytes,
    multipart: false,
    batching: false,
    // Yoga's default would let any site read answers with the visitor's cookies.
    cors: config.allowedOrigins.length > 0 && { origin: [...config.allowedOrigins], credentials: false },
    logging: false,
    parserAndValidationCache: {
      documentCache: known.documents,
      errorCache: boundedDocuments<Error>(),
    },
    plugins: [
      ...(options.answersClients ? [] : [useNoGraph()]),
      http.plugin(),
      useSecurityHeaders(),
      useUnbufferedStreams(),
      useStreamedRefusals(),
      useReadStreamsOnly(),
      ...(config.page ? [] : [useHomePage(config.endpoint)]),
      useBodyLimit(config.maxBodyBytes),
      options.operations.plugin(),
      errors.plugin(),
      useOperationReports(options.report, (request) => http.of(request)),
      ...options.operators,
      ...(options.persisted ? [options.persisted.plugin()] : []),
      ...(config.introspection ? [] : [useNoIntrospection()]),
      useDocumentLimits(config),
      known.plugin(),
      queries.plugin(),
      useReferenceExecutor(),
      useStreamLimit(ledger),
      useAdmission(admit),
    ],
  });
  const { maxBodyBytes, allowedOrigins } = config;
  const crossOrigin = allowedOrigins.length > 0;
  const posts = new JsonPosts({ graph, calls: http, known, queries, contextOf, errors, maxBodyBytes, crossOrigin });
  return { graph, listener: options.answersClients ? posts.handle : graph };
}

/** The call of an operation that came through no transport of ours. */
const IN_PROCESS: Call = {
  get requestId() {
    return randomUUID();
  },
  transport: 'HTTP',
  caller: { id: 'in-process', owner: EVERYBODY, budget: { requestsPerMinute: 0, tokensPerMinute: 0 } },
  address: 'in-process',
  disconnect: () => undefined,
};

/**
 * Runs queries and mutations with graphql-js, not with the executor that Yoga brings: it answers a short operation in
 * two thirds of the time, and nothing here needs what the other one adds.
 */
function useReferenceExecutor(): Plugin {
  return { onExecute: ({ setExecuteFn }) => setExecuteFn(execute) };
}

/** What a process answers that only runs analyses. */
const OPERATOR_PATHS = new Set(['/health', '/ready', '/metrics']);

/** Tells whoever takes a worker for a server where to go. */
function useNoGraph(): Plugin {
  return {
    onRequest: ({ url, endResponse, fetchAPI }) => {
      if (OPERATOR_PATHS.has(url.pathname)) return;
      const message = 'This process runs analyses only (ROLE=worker). Ask one with ROLE=api or ROLE=all.\n';
      endResponse(new fetchAPI.Response(message, { status: 404 }));
    },
  };
}

/** Sends visitors of `/` to GraphiQL, where the demo page is not served. */
function useHomePage(endpoint: string): Plugin {
  return {
    onRequest: ({ url, endResponse, fetchAPI }) => {
      if (url.pathname === '/')
        endResponse(new fetchAPI.Response(null, { status: 302, headers: { location: endpoint } }));
    },
  };
}
