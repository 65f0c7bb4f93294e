import { abortError } from '../errors.ts';
import type { QueuedWork, Scores } from './work.ts';

interface Waiter {
  readonly work: QueuedWork;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (scores: Scores) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Who waits for which work. Several requests may wait for the same work; each leaves by its own signal,
 * and work that nobody waits for any more is abandoned.
 */
export class Waiters {
  readonly #byWork = new Map<QueuedWork, readonly Waiter[]>();
  /** One listener a signal, however much work its request waits for. */
  readonly #bySignal = new Map<AbortSignal, Set<Waiter>>();
  readonly #onAbandoned: (work: QueuedWork) => void;

  /** @param onAbandoned told of work that its last waiter has left */
  constructor(onAbandoned: (work: QueuedWork) => void) {
    this.#onAbandoned = onAbandoned;
  }

  /** Resolves with the scores of the work. Rejects with the signal's reason as soon as it is aborted. */
  wait(work: QueuedWork, signal: AbortSignal | undefined): Promise<Scores> {
    return new Promise((resolve, reject) => {
      const waiter = { work, signal, resolve, reject };
      const others = this.#byWork.get(work);
      this.#byWork.set(work, others ? [...others, waiter] : [waiter]);
      if (signal) this.#follow(signal, waiter);
    });
  }

  /** Whether anybody waits for the work. */
  has(work: QueuedWork): boolean {
    return this.#byWork.has(work);
  }

  resolve(work: QueuedWork, scores: Scores): void {
    for (const waiter of this.#dismiss(work)) waiter.resolve(scores);
  }

  reject(work: QueuedWork, error: Error): void {
    for (const waiter of this.#dismiss(work)) waiter.reject(error);
  }

  readonly #onAbort = (event: Event): void => {
    const signal = event.target as AbortSignal;
    const leaving = this.#bySignal.get(signal) ?? [];
    this.#bySignal.delete(signal);
    for (const waiter of leaving) {
      const { work } = waiter;
      const others = this.#byWork.get(work)?.filter((each) => each !== waiter) ?? [];
      waiter.reject(abortError(signal));
      if (others.length > 0) {
        this.#byWork.set(work, others);
      } else if (this.#byWork.delete(work)) {
        this.#onAbandoned(work);
      }
    }
  };

  #follow(signal: AbortSignal, waiter: Waiter): void {
    const siblings = this.#bySignal.get(signal);
    if (siblings) {
      siblings.add(waiter);
    } else {
      this.#bySignal.set(signal, new Set([waiter]));
      signal.addEventListener('abort', this.#onAbort, { once: true });
    }
  }

  /** All who wait for the work; they do not from now on. */
  #dismiss(work: QueuedWork): readonly Waiter[] {
    const waiters = this.#byWork.get(work) ?? [];
    this.#byWork.delete(work);
    for (const waiter of waiters) {
      const { signal } = waiter;
      const siblings = signal && this.#bySignal.get(signal);
      siblings?.delete(waiter);
      if (signal && siblings?.size === 0) {
        this.#bySignal.delete(signal);
        signal.removeEventListener('abort', this.#onAbort);
      }
    }
    return waiters;
  }
}
