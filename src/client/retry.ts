/** Milliseconds before the first retry, and at most. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 8_000;

/** Milliseconds to wait before a retry: doubled each time, with some chance in it, so that not all clients come at once. */
export function backoffMs(retries: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** retries, LAST_RETRY_MS) * (0.75 + Math.random() / 2);
}

/** Waits; in a browser not longer than until it is online again. Ends early, without an error, if the signal is aborted. */
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
