import { RequestError } from './request-error.ts';

/** Milliseconds before the first retry, and the most before any. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 8_000;

/** Milliseconds to wait before a retry: doubled each time, with jitter, so that not all clients return at once. */
export function backoffMs(retries: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** retries, LAST_RETRY_MS) * (0.75 + Math.random() / 2);
}

/** Waits; in a browser only until it is online again. Resolves early, without an error, if the signal is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const network = 'window' in globalThis ? globalThis : undefined;
    const done = () => {
      clearTimeout(timer);
      network?.removeEventListener('online', done);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    network?.addEventListener('online', done);
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
  });
}

export interface RetryOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before each retry. If it throws, the retries end with that. */
  readonly onLost?: ((error: RequestError) => void) | undefined;
}

/**
 * Waits before a retry. Throws the error if a retry does not help, or the signal's reason.
 *
 * @param retries the number of earlier retries
 */
export async function waitToRetry(error: unknown, retries: number, { signal, onLost }: RetryOptions): Promise<void> {
  signal?.throwIfAborted();
  if (!(error instanceof RequestError && error.isRetryable)) throw error;
  onLost?.(error);
  await pause(error.retryAfterMs ?? backoffMs(retries), signal);
  signal?.throwIfAborted();
}

/** Performs an action, with retries as long as its failures are temporary. Throws as {@link waitToRetry} does. */
export async function retrying<T>(action: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let retries = 0; ; retries++) {
    try {
      return await action();
    } catch (error) {
      await waitToRetry(error, retries, options);
    }
  }
}
