import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { DATA_HEADERS } from './access/security-headers.ts';
import { REQUEST_ID_HEADER } from './request-id.ts';
import { withoutHttp } from './streams.ts';

/** How a result is sent (GraphQL over HTTP, section 6.4). */
export type MediaType = 'application/json' | 'application/graphql-response+json';

const MEDIA_TYPES: ReadonlyMap<string, MediaType> = new Map([
  ['application/graphql-response+json', 'application/graphql-response+json'],
  ['application/json', 'application/json'],
  ['application/*', 'application/json'],
  ['*/*', 'application/json'],
]);

/** The type that a client asks for first, where it asks for nothing else than JSON without preferences. */
export function mediaTypeOf(accept = '*/*'): MediaType | undefined {
  const asked = accept.split(',').map((type) => MEDIA_TYPES.get(type.trim().toLowerCase()));
  return asked.includes(undefined) ? undefined : asked[0];
}

/** Sends a result with the headers that every answer has. Does nothing where the client has gone. */
export function sendResult(res: ServerResponse, result: ExecutionResult, type: MediaType, requestId: string): void {
  if (res.destroyed) return;
  const { status, headers } = statusOf(result, type);
  const errors = result.errors?.map((error) => withoutHttp(error).toJSON());
  const body = Buffer.from(JSON.stringify(errors ? { ...result, errors } : result));
  res.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'content-length': body.length,
    [REQUEST_ID_HEADER]: requestId,
    ...DATA_HEADERS,
    ...headers,
  });
  res.end(body);
}

/**
 * The status that the errors of a result ask for, the highest where several do. Errors that are GraphQL's business
 * alone leave it at 200 for a client of `application/json`, as the specification has it.
 */
function statusOf({ errors = [] }: ExecutionResult, type: MediaType) {
  let status: number | undefined;
  const headers: Record<string, string> = {};
  for (const { extensions } of errors) {
    const http = extensions['http'];
    if (!isHttp(http)) continue;
    Object.assign(headers, http.headers);
    if (type === 'application/json' && http.spec) continue;
    status = Math.max(status ?? 0, http.status);
  }
  return { status: status ?? 200, headers };
}

interface HttpExtension {
  readonly status: number;
  readonly spec?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

function isHttp(value: unknown): value is HttpExtension {
  return typeof value === 'object' && value !== null && 'status' in value && typeof value.status === 'number';
}
