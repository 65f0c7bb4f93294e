import { BertqlError } from '../errors.ts';
import type { Model } from '../models/registry.ts';

/** Milliseconds before a failed load is retried; doubles with each further failure. */
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 300_000;

interface Failure {
  readonly error: BertqlError;
  readonly count: number;
  readonly retryAt: number;
}

/** Recent failures of loads, so that a failing load is not retried for every request. */
export class LoadFailures {
  readonly #failures = new Map<Model, Failure>();

  note(model: Model, error: BertqlError): void {
    const count = (this.#failures.get(model)?.count ?? 0) + 1;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (count - 1));
    this.#failures.set(model, { error, count, retryAt: performance.now() + pauseMs });
  }

  forgive(model: Model): void {
    this.#failures.delete(model);
  }

  /** The failure to report again, or `undefined` if it is time to retry. */
  of(model: Model): BertqlError | undefined {
    const failure = this.#failures.get(model);
    if (!failure || performance.now() >= failure.retryAt) return undefined;
    const retryAfterMs = Math.max(1, Math.ceil(failure.retryAt - performance.now()));
    const { code, message } = failure.error;
    return new BertqlError(code, `${message} It is retried in ${Math.ceil(retryAfterMs / 1000)} s.`, {
      retryAfterMs,
    });
  }
}
