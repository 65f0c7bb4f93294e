import { abortError, throwIfAborted } from '../errors.ts';
import type { AnalysisStore, Change, LogLine, StoredTail } from './store.ts';
import { storeUnavailable } from './store-errors.ts';

/** Events of one reader in memory at a time. */
const PAGE = 16;

/** An event, or the tail after the last one. */
export type Followed = { readonly line: LogLine } | { readonly tail: StoredTail };

/**
 * The events of an analysis from a sequence number on: first the existing ones, then each new one, up to the last. It
 * is pulled: a reader that does not read holds one page in memory, and the job continues.
 *
 * For an open text it yields tails between the events, if requested: only the latest, and only while no event follows
 * it, so that a slow reader misses tails but never events.
 *
 * The subscription begins before the first read, so that no event in between is missed. Throws as
 * {@link AnalysisStore.read} does, the signal's reason, and STORE_UNAVAILABLE if the store is lost; the reader can
 * resume later with the number after the last event that it has seen.
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
        // A stopping server ends analyses before streams, so that streams still deliver the end of their analysis.
        if (!ended) throwIfAborted(signal);
        for (const line of lines) {
          next = line.sequence + 1;
          yield { line };
        }
        if (ended && next > last) return;
        if (lines.length > 0) continue;
      }
      const tail = withTails ? await store.tail(id) : undefined;
      // Events before the tail come first.
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

/** Keeps a notification until somebody waits for it. */
class Notifier {
  #change: Change | undefined;
  #wake: (() => void) | undefined;

  notify(change: Change): void {
    const isLess = change === 'TAIL' && this.#change !== undefined;
    if (this.#change !== 'LOST' && !isLess) this.#change = change;
    this.#wake?.();
  }

  /** Clears and returns the last notification; the loss of the store is never cleared. */
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
