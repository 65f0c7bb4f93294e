import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { asBertqlError, ERROR_CATALOGUE, type ErrorCode } from '../errors.ts';
import type { Call, ServerContext } from './call.ts';
import { bodyTooLarge } from './limits/body-limit.ts';

/** Told of failures that nobody expected. */
type ReportFailure = (error: unknown, requestId: string) => void;

/**
 * Decides what a client learns of an error. Expected failures and the errors of GraphQL itself (syntax,
 * validation, variables) pass; anything else is reported and becomes INTERNAL without its message.
 */
export class ErrorMask {
  readonly #reportFailure: ReportFailure;
  readonly #maxBodyBytes: number;

  constructor(reportFailure: ReportFailure, maxBodyBytes: number) {
    this.#reportFailure = reportFailure;
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** @param transport of the operation; only HTTP is told a status */
  mask(error: unknown, requestId: string = randomUUID(), transport: Call['transport'] = 'HTTP'): GraphQLError {
    const place = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {};
    const expected = asBertqlError(error) ?? this.#bodyTooLarge(error);
    if (expected) {
      const inside = place.path || transport !== 'HTTP';
      const extensions = inside ? expected.extensions : { ...expected.extensions, http: httpOf(expected) };
      return new GraphQLError(expected.message, { ...place, extensions });
    }
    const original = error instanceof GraphQLError ? error.originalError : error;
    if (error instanceof GraphQLError && (!original || original instanceof GraphQLError)) return error;
    this.#reportFailure(original, requestId);
    return new GraphQLError('Unexpected error.', { ...place, extensions: { code: 'INTERNAL', requestId } });
  }

  /** Masks the errors of a result with the id of its request. */
  maskResult<R extends { readonly errors?: readonly GraphQLError[] }>(result: R, { requestId, transport }: Call): R {
    if (!result.errors) return result;
    return { ...result, errors: result.errors.map((error) => this.mask(error, requestId, transport)) };
  }

  /** Masks the errors of streams. Envelop runs it on every transport. */
  plugin(): Plugin<ServerContext> {
    return {
      onSubscribe: () => ({
        onSubscribeResult: ({ args, result, setResult }) => {
          const { call } = args.contextValue;
          if (!isAsyncIterable(result)) return setResult(this.maskResult(result, call));
          return { onNext: (next) => next.setResult(this.maskResult(next.result, call)) };
        },
      }),
    };
  }

  /** Yoga's own refusal of a body whose length was not known before. */
  #bodyTooLarge(error: unknown) {
    const isIt = error instanceof GraphQLError && error.extensions['code'] === 'REQUEST_ENTITY_TOO_LARGE';
    return isIt ? bodyTooLarge(this.#maxBodyBytes) : undefined;
  }
}

function httpOf({ code, extensions }: { code: ErrorCode; extensions: Readonly<Record<string, unknown>> }) {
  const retryAfterMs = extensions['retryAfterMs'];
  return {
    status: ERROR_CATALOGUE[code].status,
    // What GraphQL refuses is answered with 200 to those who accept `application/json` only, as the specification has it.
    ...(ERROR_CATALOGUE[code].status === 400 ? { spec: true } : {}),
    ...(typeof retryAfterMs === 'number' ? { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } } : {}),
  };
}
