import { abortError, throwIfAborted } from '../errors.ts';
import type { AnalysisStore, Change, LogLine, StoredTail } from './store.ts';
import { storeUnavailable } from './store-errors.ts';

/** Events that a reader holds in memory at a time. */
const PAGE = 16;

/** An event, or what is not settled yet after the last one. */
export type Followed = { readonly line: LogLine } | { readonly tail: StoredTail };

/**
 * The events of an analysis from a sequence number on: first those that are there, then each as it comes, the last
 * one last. It is pulled: a reader that does not read holds a page, and the job goes on.
 *
 * A text that grows has a tail between events, if it is wanted: a reader gets the last one only, and only while no
 * event follows it, so that a slow reader misses tails but no events.
 *
 * The subscription begins before the first read, so that no event can come between the two unseen. Throws what
 * {@link AnalysisStore.read} throws, the signal's reason, and STORE_UNAVAILABLE if the store is lost; the reader
 * resumes later with the number after the last event it has seen.
 */
export async function* followAnalysis(
  store: AnalysisStore,
  id: string,
  from: number,
  withTails: boolean,
  signal: AbortSignal,
): AsyncGenerator<Followed, void, void> {
  const notifier = new Notifier();
  const unsubscribe = await store.subscribe(id, (change) => notifier.notify(change));
  try {
    let lastTail: string | undefined;
    for (let next = from; ; ) {
      if (notifier.reset() !== 'TAIL') {
        const { lines, last, ended } = await store.read(id, next, PAGE);
        // A stopping server ends analyses first and then streams, which still bring the end of their analysis.
        if (!ended) throwIfAborted(signal);
        for (const line of lines) {
          next = line.sequence + 1;
          yield { line };
        }
        if (ended && next > last) return;
        if (lines.length > 0) continue;
      }
      const tail = withTails ? await store.tail(id) : undefined;
      // The events before it come first.
      if (tail && tail.after >= next) continue;
      if (tail && tail.after === next - 1 && tail.tail !== lastTail) {
        throwIfAborted(signal);
        lastTail = tail.tail;
        yield { tail };
      }
      await notifier.wait(signal);
    }
  } finally {
    unsubscribe();
  }
}

/** Remembers what it was notified of until somebody waits for it. */
class Notifier {
  #change: Change | undefined;
  #wake: (() => void) | undefined;

  notify(change: Change): void {
    const isLess = change === 'TAIL' && this.#change !== undefined;
    if (this.#change !== 'LOST' && !isLess) this.#change = change;
    this.#wake?.();
  }

  /** Forgets what it was notified of, and returns it; the loss of the store it does not forget. */
  reset(): Change | undefined {
    const change = this.#change;
    if (change !== 'LOST') this.#change = undefined;
    return change;
  }

  /** Waits until it is notified. Rejects with STORE_UNAVAILABLE if the store is lost. */
  async wait(signal: AbortSignal): Promise<void> {
    if (!this.#change) await this.#sleep(signal);
    if (this.#change === 'LOST') throw storeUnavailable();
  }

  #sleep(signal: AbortSignal): Promise<void> {
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
