import { abortError } from '../errors.ts';
import type { QueuedWork } from './work.ts';

/** Unanswered work. It is rejected with its signal's reason as soon as the signal is aborted. */
export class PendingWork {
  readonly #all = new Set<QueuedWork>();
  /** One listener per signal, however much work its operation has. */
  readonly #bySignal = new Map<AbortSignal, Set<QueuedWork>>();
  readonly #onAborted: (work: QueuedWork) => void;

  /** @param onAborted called with work whose signal was aborted */
  constructor(onAborted: (work: QueuedWork) => void) {
    this.#onAborted = onAborted;
  }

  has(work: QueuedWork): boolean {
    return this.#all.has(work);
  }

  add(work: QueuedWork): void {
    this.#all.add(work);
    const { signal } = work;
    if (!signal) return;
    const siblings = this.#bySignal.get(signal);
    if (siblings) {
      siblings.add(work);
    } else {
      this.#bySignal.set(signal, new Set([work]));
      signal.addEventListener('abort', this.#onAbort, { once: true });
    }
  }

  delete(work: QueuedWork): void {
    this.#all.delete(work);
    const { signal } = work;
    const siblings = signal && this.#bySignal.get(signal);
    siblings?.delete(work);
    if (signal && siblings?.size === 0) {
      this.#bySignal.delete(signal);
      signal.removeEventListener('abort', this.#onAbort);
    }
  }

  readonly #onAbort = (event: Event): void => {
    const signal = event.target as AbortSignal;
    const aborted = this.#bySignal.get(signal) ?? [];
    this.#bySignal.delete(signal);
    for (const work of aborted) {
      this.#all.delete(work);
      this.#onAborted(work);
      work.reject(abortError(signal));
    }
  };
}
