import type { ServerResponse } from 'node:http';

/**
 * The answers that a server owes. Once it stops, each of them says that its connection ends with it: a client that
 * sent its next request on a connection that is just being closed could not tell whether it was read.
 */
export class LastAnswers {
  readonly #owed = new Set<ServerResponse>();
  #stopping = false;

  owe(response: ServerResponse): void {
    if (this.#stopping) response.shouldKeepAlive = false;
    this.#owed.add(response);
    response.once('close', () => this.#owed.delete(response));
  }

  /** From now on no connection is kept. */
  stop(): void {
    this.#stopping = true;
    for (const response of this.#owed) response.shouldKeepAlive = false;
  }
}
