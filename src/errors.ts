import { GraphQLError } from 'graphql';

import type { ErrorCode } from './error-catalogue.ts';

export { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue.ts';

/**
 * An expected failure: its message is sent to the client unchanged, with `extensions.code`. Any other error is masked
 * as `INTERNAL` before it leaves the server. The library throws it.
 *
 * @example
 * if (error instanceof BertqlError && error.code === 'TEXT_TOO_LONG') showLimit(error.extensions['limit']);
 */
export class BertqlError extends GraphQLError {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message, { extensions: { code, ...details } });
    this.name = 'BertqlError';
    this.code = code;
  }
}

/** The expected failure in a thrown value, or `undefined` if it is not one. */
export function asBertqlError(thrown: unknown): BertqlError | undefined {
  if (thrown instanceof BertqlError) return thrown;
  // GraphQL wraps errors of resolvers to add their path.
  return thrown instanceof Error && 'originalError' in thrown ? asBertqlError(thrown.originalError) : undefined;
}

/** Throws {@link abortError} if the signal is aborted. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/** The failure of an aborted signal: its reason if that is an expected failure, otherwise CANCELLED. */
export function abortError(signal: AbortSignal): BertqlError {
  return (
    asBertqlError(signal.reason) ??
    new BertqlError(
      'CANCELLED',
      'The request was cancelled before its work was done; send it again if it is still needed.',
    )
  );
}

/**
 * Settles as the promise does, or rejects with {@link abortError} as soon as the signal is aborted. That does not stop
 * the work of the promise.
 */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  if (signal.aborted) {
    // Nobody awaits it any more.
    promise.catch(() => undefined);
    throw abortError(signal);
  }
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(abortError(signal));
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
