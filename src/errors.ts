import { GraphQLError } from 'graphql';

import type { ErrorCode } from './error-catalogue.ts';

export { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue.ts';

/**
 * An expected failure: its message reaches the client as it is, with `extensions.code`.
 * Any other error is masked as `INTERNAL` before it leaves the server.
 */
export class BertqlError extends GraphQLError {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message, { extensions: { code, ...details } });
    this.name = 'BertqlError';
    this.code = code;
  }
}

/** The expected failure behind whatever was thrown, or `undefined` where it was not an expected one. */
export function asBertqlError(thrown: unknown): BertqlError | undefined {
  if (thrown instanceof BertqlError) return thrown;
  // GraphQL wraps what a resolver throws, to note its path.
  return thrown instanceof Error && 'originalError' in thrown ? asBertqlError(thrown.originalError) : undefined;
}

/** Throws what the signal was aborted with, as an expected failure, if it was. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw abortError(signal);
}

/** The failure that an aborted signal stands for: its own reason where that is an expected one, else CANCELLED. */
export function abortError(signal: AbortSignal): BertqlError {
  return (
    asBertqlError(signal.reason) ??
    new BertqlError('CANCELLED', 'The request was cancelled before its work was done; send it again if it is wanted.')
  );
}

/**
 * What a promise gives, or an {@link abortError} as soon as the signal is aborted. What the promise stands for is not
 * stopped by that.
 */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  throwIfAborted(signal);
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

/** What was thrown, in words. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
