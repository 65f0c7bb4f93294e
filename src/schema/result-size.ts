import { BertqlError } from '../errors.ts';

/** The most errors of one result. One wrong argument in a list fails in each of its items. */
const MOST_ERRORS = 500;

/** The bytes of one result, counted while it is made. */
export class ResultSize {
  readonly #limit: number;
  /** Called once, with the reason, when the result is stopped. */
  onStop: ((reason: BertqlError) => void) | undefined;
  #stopped: BertqlError | undefined;
  #bytes = 0;
  #errors = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Why the result was stopped, if it was: nobody will get it. */
  get stopped(): BertqlError | undefined {
    return this.#stopped;
  }

  /** Counts a part of the result, and stops the result if it becomes too large. */
  charge(bytes: number): void {
    this.#bytes += bytes;
    // The error is made once: what is under way may charge thousands of parts more.
    if (this.#bytes > this.#limit && !this.#stopped) this.stop(resultTooLarge(this.#limit));
  }

  /** Stops the result and throws QUERY_TOO_COSTLY if a part that is about to be computed would make it too large. */
  check(bytes: number): void {
    if (this.#bytes + bytes > this.#limit) this.stop(resultTooLarge(this.#limit, this.#bytes + bytes));
    if (this.#stopped) throw this.#stopped;
  }

  /** Counts an error, with its message and its path, and stops the result if there are too many. */
  chargeError(bytes: number): void {
    this.#errors++;
    if (this.#errors > MOST_ERRORS) this.stop(tooManyErrors());
    this.charge(bytes);
  }

  /** Prevents any further resolver from running. */
  stop(reason: BertqlError): void {
    if (this.#stopped) return;
    this.#stopped = reason;
    this.onStop?.(reason);
  }

  /** Begins the next result of a stream. */
  reset(): void {
    this.#bytes = 0;
    this.#errors = 0;
  }
}

function tooManyErrors(): BertqlError {
  return new BertqlError(
    'QUERY_TOO_COSTLY',
    `More than ${MOST_ERRORS} fields of the result failed, so the others were not computed. Query one of them to see why, and mend that.`,
    { limit: MOST_ERRORS, actual: MOST_ERRORS + 1 },
  );
}

/** @param least the least bytes that the result would have, if that is known before it is made */
export function resultTooLarge(limit: number, least?: number): BertqlError {
  const size = least === undefined ? `more than ${limit}` : `at least ${least}`;
  return new BertqlError(
    'QUERY_TOO_COSTLY',
    `The result would have ${size} bytes, but at most ${limit} are sent at once. Select less, send a shorter text, or stream it with analyze.`,
    { limit, ...(least === undefined ? {} : { actual: least }) },
  );
}
