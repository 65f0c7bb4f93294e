import { BertqlError } from '../errors.ts';

export function analysisNotFound(id: string): BertqlError {
  return new BertqlError(
    'ANALYSIS_NOT_FOUND',
    `There is no analysis "${id.slice(0, 100)}", or it is past its retention. Start it with startAnalysis.`,
  );
}

export function cursorExpired(id: string, from: number): BertqlError {
  const events = from === 0 ? 'the first events' : `event ${from} and what follows`;
  return new BertqlError(
    'CURSOR_EXPIRED',
    `Analysis "${id}": ${events} are no longer kept. Read it from its start, or start it again.`,
  );
}

export function otherContent(id: string): BertqlError {
  return new BertqlError(
    'BAD_ARGUMENT',
    `idempotencyKey: analysis "${id}" was started with this key for another text or other options. Use a new key.`,
  );
}

export function noRoom(what: string, retryAfterMs: number): BertqlError {
  return new BertqlError('OVERLOADED', `${what} Try again in ${retryAfterMs} ms.`, { retryAfterMs });
}

/** Milliseconds after which a client with too many open texts should retry: time to finish one. */
const RETRY_OPEN_AFTER_MS = 5000;

export function tooManyOpen(most: number): BertqlError {
  return new BertqlError(
    'RATE_LIMITED',
    `This client has ${most} open texts, the most that it may have (MAX_OPEN_TEXTS). Finish one with finishText, or try again in ${RETRY_OPEN_AFTER_MS} ms.`,
    { limit: most, retryAfterMs: RETRY_OPEN_AFTER_MS },
  );
}

/** Milliseconds after which a client should retry if the store was lost. */
const RETRY_STORE_AFTER_MS = 1000;

/**
 * The error if the store cannot be used.
 *
 * @param reason what is wrong with it, as in `is out of memory`
 */
export function storeUnavailable(reason = 'cannot be reached'): BertqlError {
  return new BertqlError(
    'STORE_UNAVAILABLE',
    `The store of analyses ${reason} now. Try again in a moment; a stream resumes with \`after\` and its last cursor.`,
    { retryAfterMs: RETRY_STORE_AFTER_MS },
  );
}
