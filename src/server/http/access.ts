import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { asBertqlError, BertqlError, ERROR_CATALOGUE } from '../../errors.ts';
import { addressOf } from '../access/addresses.ts';
import type { Authentication } from '../access/authentication.ts';
import { checkForgery } from '../access/origins.ts';
import type { Call, CallContext, ServerContext } from '../call.ts';
import type { ReportFailure } from '../mask-errors.ts';
import type { HttpContext } from './http-context.ts';

/** The header with a request's id, from the client or a proxy and back. */
export const REQUEST_ID_HEADER = 'x-request-id';

export interface AccessOptions {
  readonly authentication: Authentication;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: number;
  /** The paths that require authentication. */
  readonly guarded: readonly string[];
  readonly reportFailure: ReportFailure;
}

/**
 * Identifies the caller of every request by its headers, before its body is read, and refuses unauthorized ones.
 */
export function useAccess(options: AccessOptions): Plugin<ServerContext, HttpContext & CallContext> {
  const guarded = new Set(options.guarded);

  async function admit(request: Request, path: string, requestId: string, req?: IncomingMessage): Promise<Call> {
    const { authentication, allowedOrigins, trustedProxies } = options;
    const header = (name: string) => request.headers.get(name);
    const address = addressOf(req, trustedProxies);
    const isGuarded = guarded.has(path);
    if (isGuarded) checkForgery(request.method, header, allowedOrigins);
    return {
      requestId,
      transport: header('accept')?.includes('text/event-stream') ? 'SSE' : 'HTTP',
      caller: isGuarded
        ? await authentication.authenticate(header('authorization') ?? undefined, address)
        : authentication.stranger(address),
      address,
      traceparent: header('traceparent') ?? undefined,
      client: request.signal,
    };
  }

  return {
    onRequest: async ({ request, url, serverContext, endResponse, fetchAPI }) => {
      const requestId = requestIdOf(request.headers.get(REQUEST_ID_HEADER));
      try {
        const call = await admit(request, url.pathname, requestId, serverContext.req);
        Object.assign(serverContext, { call });
      } catch (error) {
        const refusal = asBertqlError(error) ?? new BertqlError('INTERNAL', 'Unexpected error.', { requestId });
        if (refusal.code === 'INTERNAL') options.reportFailure(error, requestId);
        endResponse(new fetchAPI.Response(JSON.stringify({ errors: [refusal] }), refusalInit(refusal, requestId)));
      }
    },
    onResponse: ({ serverContext, response }) => {
      if (serverContext.call) response.headers.set(REQUEST_ID_HEADER, serverContext.call.requestId);
    },
  };
}

/** The id of a request from its header, if it is a plain one; otherwise a new one. */
export function requestIdOf(sent: string | null | undefined): string {
  return sent && /^[\w.-]{1,64}$/.test(sent) ? sent : randomUUID();
}

function refusalInit({ code }: BertqlError, requestId: string): ResponseInit {
  return {
    status: ERROR_CATALOGUE[code].status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      [REQUEST_ID_HEADER]: requestId,
      ...(code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer realm="bertql"' } : {}),
    },
  };
}
