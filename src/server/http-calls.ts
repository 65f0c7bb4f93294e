import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'graphql-yoga';
import { asBertqlError, BertqlError, ERROR_CATALOGUE } from '../errors.ts';
import { EVERYBODY } from '../jobs/analysis-record.ts';
import type { Authentication } from './access/authentication.ts';
import { checkForgery, type HeaderOf } from './access/origins.ts';
import type { Call } from './call.ts';
import { addressOf } from './client-address.ts';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id.ts';

export interface HttpCallOptions {
  readonly authentication: Authentication;
  readonly allowedOrigins: readonly string[];
  readonly trustedProxies: number;
  /** Paths where a caller must say who it is. */
  readonly guarded: readonly string[];
  /** Told of failures that nobody expected. */
  readonly reportFailure: (error: unknown, requestId: string) => void;
}

/** What Node's HTTP server hands on; a request without a socket has none of it. */
export interface HttpContext {
  readonly req?: IncomingMessage;
  readonly res?: ServerResponse;
}

/** A request at the door. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly header: HeaderOf;
  readonly requestId: string;
}

/** Says of every HTTP request whose call it is, and refuses those that may not come in. */
export class HttpCalls {
  readonly #options: HttpCallOptions;
  readonly #calls = new WeakMap<Request, Call>();

  constructor(options: HttpCallOptions) {
    this.#options = options;
  }

  /** The call of a request that {@link plugin} let in. */
  of(request: Request): Call | undefined {
    return this.#calls.get(request);
  }

  plugin(): Plugin<object, HttpContext> {
    return {
      onRequest: async ({ request, url, serverContext, endResponse, fetchAPI }) => {
        const requestId = requestIdOf(request.headers.get(REQUEST_ID_HEADER));
        try {
          const { method, headers } = request;
          const header = (name: string) => headers.get(name);
          const call = await this.admit({ method, path: url.pathname, header, requestId }, serverContext);
          this.#calls.set(request, call);
        } catch (error) {
          const refusal = asBertqlError(error) ?? this.#unexpected(error, requestId);
          endResponse(new fetchAPI.Response(JSON.stringify({ errors: [refusal] }), refusalInit(refusal, requestId)));
        }
      },
      onResponse: ({ request, response }) => {
        const call = this.#calls.get(request);
        if (call) response.headers.set(REQUEST_ID_HEADER, call.requestId);
      },
    };
  }

  #unexpected(error: unknown, requestId: string): BertqlError {
    this.#options.reportFailure(error, requestId);
    return new BertqlError('INTERNAL', 'Unexpected error.', { requestId });
  }

  /** The call of a request. Throws FORBIDDEN or UNAUTHENTICATED for one that may not come in. */
  async admit({ method, path, header, requestId }: Arrival, { req, res }: HttpContext): Promise<Call> {
    const { authentication, allowedOrigins, guarded, trustedProxies } = this.#options;
    const address = addressOf(req, trustedProxies);
    if (guarded.includes(path)) checkForgery(method, header, allowedOrigins);
    const caller = guarded.includes(path)
      ? await authentication.authenticate(header('authorization') ?? undefined, address)
      : { id: `address ${address}`, owner: EVERYBODY, budget: { requestsPerMinute: 0, tokensPerMinute: 0 } };
    return {
      requestId,
      transport: header('accept')?.includes('text/event-stream') ? 'SSE' : 'HTTP',
      caller,
      address,
      traceparent: header('traceparent') ?? undefined,
      disconnect: () => void res?.destroy(),
    };
  }
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
