import type { ExecutionResult, GraphQLError } from 'graphql';
import { getSSEProcessor, isAsyncIterable, type Plugin } from 'graphql-yoga';
import { ERROR_CATALOGUE } from '../../errors.ts';
import { DATA_HEADERS } from '../access/security-headers.ts';
import type { CallContext, ServerContext } from '../call.ts';
import { toJson } from '../json.ts';
import { type ErrorMask, withoutHttp } from '../mask-errors.ts';
import type { HttpContext } from './http-context.ts';
import { acceptedTypes, type MediaType } from './media-types.ts';
import { badRequest } from './request-body.ts';

/**
 * Sends results in the type that the client prefers. Yoga's own negotiation ignores quality values, and does not say
 * why a request is not acceptable.
 */
export function useAnswers(errors: ErrorMask): Plugin<ServerContext, HttpContext & CallContext> {
  return {
    onResultProcess: ({ request, result, setResult, setResultProcessor, serverContext }) => {
      if (Array.isArray(result)) return;
      const { call } = serverContext;
      const accepted = acceptedTypes(request.headers.get('accept'));
      if (isAsyncIterable(result)) {
        if (accepted.includes('text/event-stream')) return setResultProcessor(sendStream, 'text/event-stream');
        void result[Symbol.asyncIterator]().return?.();
        const refusal = errors.maskResult({ errors: [notAcceptable(['text/event-stream'])] }, call);
        setResult(refusal);
        return setResultProcessor(
          (_stream, { Response }) => answer(refusal, 'application/json', Response),
          'application/json',
        );
      }
      const masked = errors.maskResult(result as ExecutionResult, call);
      // Clients of streams do not show an error that is just a status, so they get it as an event.
      if (accepted[0] === 'text/event-stream' && (!masked.errors || masked.errors.some(isOfOperation))) {
        setResult(once(inStream(masked)));
        return setResultProcessor(sendStream, 'text/event-stream');
      }
      const type = accepted.find((each) => each !== 'text/event-stream') ?? 'application/graphql-response+json';
      setResultProcessor((_result, { Response }) => answer(masked, type, Response), type);
    },
  };
}

const processStream = getSSEProcessor();

const sendStream: typeof processStream = async (result, fetchAPI, type) => {
  const response = await processStream(result, fetchAPI, type);
  // Tells proxies such as nginx not to buffer the events of a stream.
  response.headers.set('x-accel-buffering', 'no');
  return response;
};

/** Refuses a request whose client accepts none of the types of results, before it is read. */
export function checkAcceptable(accept: string | null): void {
  if (acceptedTypes(accept).length === 0) throw notAcceptable(JSON_TYPES);
}

const JSON_TYPES: readonly MediaType[] = ['application/json', 'application/graphql-response+json'];

function notAcceptable(types: readonly string[]): GraphQLError {
  return badRequest(`The answer would be ${types.join(' or ')}, but the Accept header accepts none of these.`, 406);
}

function answer(result: ExecutionResult, type: MediaType, Response: typeof globalThis.Response): Response {
  const { status, headers } = headOf(result, type);
  const all = { 'content-type': `${type}; charset=utf-8`, ...DATA_HEADERS, ...headers };
  return new Response(toJson(inStream(result)), { status, headers: all });
}

/**
 * The highest status of the errors of a result. With GraphQL's own errors it stays 200 for a client of
 * `application/json`, as the specification requires.
 */
function headOf({ errors = [] }: ExecutionResult, type: MediaType) {
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

/** Whether an error belongs to an operation, and not to an invalid request, which its status reports. */
function isOfOperation({ path, extensions }: GraphQLError): boolean {
  return path !== undefined || (typeof extensions['code'] === 'string' && extensions['code'] in ERROR_CATALOGUE);
}

function inStream(result: ExecutionResult): ExecutionResult {
  if (!result.errors?.some(({ extensions }) => extensions['http'])) return result;
  return { ...result, errors: result.errors.map(withoutHttp) };
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value;
}
