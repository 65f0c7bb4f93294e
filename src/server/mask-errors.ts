import { type ExecutionResult, GraphQLError } from 'graphql';
import { asBertqlError, type BertqlError, ERROR_CATALOGUE } from '../errors.ts';
import type { Call } from './call.ts';

/** Called with unexpected errors and the id of the request in which they happened. */
export type ReportFailure = (error: unknown, requestId: string) => void;

/**
 * Decides what a client sees of an error. Expected failures and GraphQL's own errors (syntax, validation, variables)
 * pass; any other error is reported and becomes INTERNAL without its message.
 */
export class ErrorMask {
  readonly #reportFailure: ReportFailure;
  readonly #hidesSuggestions: boolean;
  /** Errors that were masked already, since a result may be masked more than once. */
  readonly #masked = new WeakSet<GraphQLError>();

  /** @param hidesSuggestions whether messages must not reveal names of the schema */
  constructor(reportFailure: ReportFailure, hidesSuggestions = false) {
    this.#reportFailure = reportFailure;
    this.#hidesSuggestions = hidesSuggestions;
  }

  /** The error for the client of a call. */
  mask(error: unknown, call: Pick<Call, 'requestId' | 'transport'>): GraphQLError {
    if (error instanceof GraphQLError && this.#masked.has(error)) return error;
    const masked = this.#mask(error, call);
    this.#masked.add(masked);
    return masked;
  }

  /** Masks all errors of a result. */
  maskResult(result: ExecutionResult, call: Pick<Call, 'requestId' | 'transport'>): ExecutionResult {
    const { errors } = result;
    if (!errors) return result;
    return { ...result, errors: errors.map((error) => this.mask(error, call)) };
  }

  #mask(error: unknown, { requestId, transport }: Pick<Call, 'requestId' | 'transport'>): GraphQLError {
    const place = error instanceof GraphQLError ? { nodes: error.nodes ?? null, path: error.path ?? null } : {};
    const expected = asBertqlError(error);
    if (expected) {
      const isInside = place.path !== undefined && place.path !== null;
      const http = isInside || !OVER_HTTP.has(transport) ? {} : { http: httpOf(expected) };
      return new GraphQLError(shorten(expected.message), {
        ...place,
        originalError: expected,
        extensions: { ...expected.extensions, ...http },
      });
    }
    const original = error instanceof GraphQLError ? error.originalError : error;
    if (error instanceof GraphQLError && (!original || original instanceof GraphQLError)) {
      return withMessage(error, this.#hidesSuggestions ? withoutSuggestion(error.message) : error.message);
    }
    this.#reportFailure(original, requestId);
    return new GraphQLError('Unexpected error.', { ...place, extensions: { code: 'INTERNAL', requestId } });
  }
}

/** The transports whose answers have a status. */
const OVER_HTTP: ReadonlySet<Call['transport']> = new Set(['HTTP', 'SSE']);

/** The most characters of a client's own input that a message repeats. */
const LONGEST_ECHO = 200;
/** The most characters of a message. */
const LONGEST_MESSAGE = 2000;

/** Removes GraphQL's suggestion from a message. GraphQL has an option for this, but not for values of enums. */
function withoutSuggestion(message: string): string {
  return message.replace(/ Did you mean [^?]{0,1000}\?/g, '');
}

function withMessage(error: GraphQLError, message: string): GraphQLError {
  const { nodes, source, positions, path, extensions } = error;
  const short = shorten(message);
  if (short === error.message) return error;
  const place = { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, path: path ?? null };
  return new GraphQLError(short, { ...place, extensions });
}

/** Shortens the quoted parts of a message, so that they are just recognizable. */
function shorten(message: string): string {
  if (message.length <= LONGEST_ECHO) return message;
  const short = message.replace(ECHO, '"$1…"');
  return short.length <= LONGEST_MESSAGE ? short : `${short.slice(0, LONGEST_MESSAGE)}…`;
}

const ECHO = new RegExp(`"([^"]{${LONGEST_ECHO}})[^"]+"`, 'g');

function httpOf({ code, extensions }: BertqlError) {
  const { status } = ERROR_CATALOGUE[code];
  const retryAfterMs = extensions['retryAfterMs'];
  return {
    status,
    // A client that only accepts `application/json` gets 200 for GraphQL's own errors, as the specification requires.
    ...(status === 400 ? { spec: true } : {}),
    ...(typeof retryAfterMs === 'number' ? { headers: { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) } } : {}),
  };
}

/** Removes Yoga's HTTP extension from an error, which is meaningless in a stream. */
export function withoutHttp(error: GraphQLError): GraphQLError {
  if (error.extensions['http'] === undefined) return error;
  const { http: _, ...extensions } = error.extensions;
  return new GraphQLError(error.message, { nodes: error.nodes ?? null, path: error.path ?? null, extensions });
}
