import { isRetryable } from '../error-catalogue.ts';

/** Code of a {@link RequestError} without an answer: the server cannot be reached, or the connection was lost. */
export const CONNECTION_LOST = 'CONNECTION_LOST';

/** An error in a GraphQL result. */
export interface GraphQLErrorLike {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Thrown for a failed request: the server refused it, or there was no answer.
 *
 * @example
 * if (error instanceof RequestError && error.isRetryable) setTimeout(retry, error.retryAfterMs ?? 1000);
 */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** A code of the server's catalogue of errors, or {@link CONNECTION_LOST}. */
  readonly code: string;
  /** Milliseconds after which to retry, if the server says so. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, code: string, options: ErrorOptions & { readonly retryAfterMs?: number } = {}) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }

  /** Makes an error of the first one in a result; `undefined` if there is none. */
  static of(errors: readonly GraphQLErrorLike[] | undefined): RequestError | undefined {
    const [first] = errors ?? [];
    if (!first) return undefined;
    const { code, retryAfterMs } = first.extensions ?? {};
    return new RequestError(
      first.message,
      String(code ?? 'INTERNAL'),
      typeof retryAfterMs === 'number' ? { retryAfterMs } : {},
    );
  }

  /** Makes an error for a request without an answer. */
  static lost(message: string, cause?: unknown): RequestError {
    return new RequestError(message, CONNECTION_LOST, { cause });
  }

  /** Whether the same request may succeed if it is sent again. */
  get isRetryable(): boolean {
    return this.code === CONNECTION_LOST || isRetryable(this.code);
  }
}
