import { setMaxListeners } from 'node:events';
import { BertqlError } from '../errors.ts';

/**
 * The reason with which signals of clients are aborted. Shared by all operations: each may end with it, and creating an
 * error, or the one that `abort()` makes by itself, can cost more than a query.
 */
export const CLIENT_GONE = new BertqlError('CANCELLED', 'The client has disconnected, so the work was cancelled.');

/** When and why an operation ends, and what to release then. */
export class OperationLifetime {
  readonly #controller = new AbortController();
  readonly #client: AbortSignal | undefined;
  readonly #cleanups: (() => void)[] = [];
  readonly #onDisconnect: (() => void)[] = [];
  #stopped: BertqlError | undefined;
  readonly #onStop: ((reason: BertqlError) => void)[] = [];

  /** @param client aborted when the client disconnects */
  constructor(client: AbortSignal | undefined) {
    this.#client = client;
    // Any number of parts of the work may listen to it.
    setMaxListeners(0, this.#controller.signal);
    if (client?.aborted) this.abort(CLIENT_GONE);
    else client?.addEventListener('abort', this.#disconnect, { once: true });
  }

  /** Aborted when the work of the operation must stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Stops the work; everything that waits for it fails with the reason. */
  abort(reason: BertqlError): void {
    this.#stopped ??= reason;
    this.#controller.abort(reason);
    for (const callback of this.#onStop.splice(0)) callback(reason);
  }

  /** Registers a callback for an operation that is stopped before its end; called at once if it was. */
  onStop(callback: (reason: BertqlError) => void): void {
    if (this.#stopped) callback(this.#stopped);
    else this.#onStop.push(callback);
  }

  /** Registers a callback for the end of the operation, however it ends. */
  onEnd(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  /** Registers a callback for a client that disconnects before the operation has ended; called at once if it has. */
  onDisconnect(callback: () => void): void {
    if (this.#client?.aborted) callback();
    else this.#onDisconnect.push(callback);
  }

  /** Stops the remaining work and releases everything. */
  end(): void {
    this.#client?.removeEventListener('abort', this.#disconnect);
    this.#onDisconnect.length = 0;
    this.#onStop.length = 0;
    this.#controller.abort(CLIENT_GONE);
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
  }

  readonly #disconnect = (): void => {
    this.abort(CLIENT_GONE);
    for (const callback of this.#onDisconnect.splice(0)) callback();
  };
}
