import { createYoga, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Config } from '../config.ts';
import type { Authentication } from './access/authentication.ts';
import { useSecurityHeaders } from './access/security-headers.ts';
import type { CallContext, ServerContext } from './call.ts';
import { graphiqlOptions, renderGraphiQL } from './graphiql.ts';
import { useAccess } from './http/access.ts';
import { useAnswers } from './http/answers.ts';
import type { HttpContext } from './http/http-context.ts';
import type { RequestBodies } from './http/request-body.ts';
import { useRequestParams } from './http/request-params.ts';
import { type Route, useRoutes } from './http/routes.ts';
import type { PersistedOperations } from './limits/persisted-operations.ts';
import type { ErrorMask, ReportFailure } from './mask-errors.ts';
import type { Operations } from './operations.ts';
import type { Page } from './page.ts';

export interface GraphServerOptions {
  readonly config: Config;
  readonly operations: Operations;
  readonly errors: ErrorMask;
  readonly bodies: RequestBodies;
  readonly authentication: Authentication;
  readonly persisted: PersistedOperations | undefined;
  /** Whether clients are answered; a process that only runs analyses just answers its operator. */
  readonly answersClients: boolean;
  readonly routes: readonly Route[];
  /** The demo page, if it is served. */
  readonly page: Page | undefined;
  readonly reportFailure: ReportFailure;
}

export type GraphServer = YogaServerInstance<HttpContext & CallContext, ServerContext>;

/**
 * The GraphQL server over HTTP and SSE, with GraphiQL and `/health`; its `fetch` needs no socket. This file is about
 * HTTP only; operations are the same for all transports and are in `operations.ts`.
 */
export function createGraphServer(options: GraphServerOptions): GraphServer {
  const { config, operations, errors } = options;
  return createYoga<HttpContext & CallContext, ServerContext>({
    graphqlEndpoint: config.endpoint,
    graphiql: config.graphiql && graphiqlOptions(config),
    renderGraphiQL,
    landingPage: false,
    healthCheckEndpoint: '/health',
    multipart: false,
    batching: false,
    // Yoga's default would let any site read answers with the visitor's cookies.
    cors: config.allowedOrigins.length > 0 && { origin: [...config.allowedOrigins], credentials: false },
    logging: false,
    // Yoga's own masking only covers HTTP.
    maskedErrors: false,
    maxRequestBodySize: false,
    parserAndValidationCache: false,
    plugins: [
      ...(options.answersClients ? [] : [useNoGraph()]),
      useAccess({ ...options, ...config, guarded: guardedPaths(config.endpoint) }),
      useSecurityHeaders(),
      useRoutes(options.routes),
      ...(options.page ? [options.page.useNotFound()] : []),
      useRequestParams(options.bodies, options.persisted),
      useAnswers(errors),
      ...operations.plugins,
    ],
  });
}

/** The paths that require authentication, with and without a trailing slash. */
function guardedPaths(endpoint: string): readonly string[] {
  return [endpoint, '/metrics'].flatMap((path) => [path, `${path}/`]);
}

/** The paths of a process that only runs analyses. */
const OPERATOR_PATHS = new Set(['/health', '/ready', '/metrics']);

/** Answers other requests to a worker with where to send them. */
function useNoGraph(): Plugin<ServerContext> {
  return {
    onRequest: ({ url, endResponse, fetchAPI }) => {
      if (OPERATOR_PATHS.has(url.pathname)) return;
      const message =
        'This process runs analyses only (ROLE=worker). Send requests to one with ROLE=api or ROLE=all.\n';
      endResponse(new fetchAPI.Response(message, { status: 404 }));
    },
  };
}
