import { abortError, throwIfAborted } from '../errors.ts';
import type { AnalysisLog, Change, LogLine } from './analysis-log.ts';
import { storeUnavailable } from './log-errors.ts';

/** Events that a reader holds in memory at a time. */
const PAGE = 16;

/**
 * The events of an analysis from a sequence number on: first those that are there, then each as it comes, the last
 * one last. It is pulled: a reader that does not read holds a page, and the job goes on.
 *
 * The watch begins before the first read, so that no event can come between the two unseen. Throws what
 * {@link AnalysisLog.read} throws, the signal's reason, and STORE_UNAVAILABLE where the store is lost; the reader goes
 * on later with the number behind the last event it has seen.
 */
export async function* follow(
  log: AnalysisLog,
  id: string,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<LogLine, void, void> {
  const bell = new Bell();
  const unwatch = await log.watch(id, (change) => bell.ring(change));
  try {
    for (let next = from; ; ) {
      bell.reset();
      const { lines, last, ended } = await log.read(id, next, PAGE);
      // A stopping server ends analyses first and then streams, which still bring the end of their analysis.
      if (!ended) throwIfAborted(signal);
      for (const line of lines) {
        next = line.sequence + 1;
        yield line;
      }
      if (ended && next > last) return;
      if (lines.length === 0) await bell.rung(signal);
    }
  } finally {
    unwatch();
  }
}

/** Remembers that it was rung until somebody waits for it. */
class Bell {
  #change: Change | undefined;
  #wake: (() => void) | undefined;

  ring(change: Change): void {
    if (this.#change !== 'LOST') this.#change = change;
    this.#wake?.();
  }

  /** Forgets that it was rung; not that the store was lost. */
  reset(): void {
    if (this.#change !== 'LOST') this.#change = undefined;
  }

  async rung(signal: AbortSignal): Promise<void> {
    if (!this.#change) await this.#wait(signal);
    if (this.#change === 'LOST') throw storeUnavailable();
  }

  #wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#wake = undefined;
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = () => {
        leave();
        reject(abortError(signal));
      };
      this.#wake = () => {
        leave();
        resolve();
      };
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
