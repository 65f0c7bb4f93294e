import { abortError } from '../errors.ts';

/** Limits how many tasks run at a time. The others wait, in the order in which they came. */
export class Turns {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /**
   * Resolves when it is the caller's turn, with a function that ends the turn; calling it again does nothing. Rejects
   * with the signal's reason if it is aborted before that.
   */
  async next(signal: AbortSignal): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await this.#wait(signal);
    let ended = false;
    return () => {
      if (!ended) this.#pass();
      ended = true;
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#waiting.delete(begin);
        reject(abortError(signal));
      };
      const begin = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      this.#waiting.add(begin);
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  #pass(): void {
    const [begin] = this.#waiting;
    if (!begin) {
      this.#free++;
      return;
    }
    this.#waiting.delete(begin);
    begin();
  }
}
