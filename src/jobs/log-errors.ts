import { BertqlError } from '../errors.ts';

export function analysisNotFound(id: string): BertqlError {
  return new BertqlError(
    'ANALYSIS_NOT_FOUND',
    `There is no analysis "${id}", or it is past its retention. Start it with startAnalysis.`,
  );
}

export function cursorExpired(id: string, from: number): BertqlError {
  const events = from === 0 ? 'the first events' : `event ${from} and what follows`;
  return new BertqlError(
    'CURSOR_EXPIRED',
    `Of analysis "${id}" ${events} are no longer kept. Read it from its start, or start it again.`,
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

/** Told that the store was lost, a reader learns when to come back. */
const RETRY_STORE_AFTER_MS = 1000;

/** The failure of whatever needs a store that cannot be reached. */
export function storeUnavailable(): BertqlError {
  return new BertqlError(
    'STORE_UNAVAILABLE',
    'The store of analyses cannot be reached now. Try again in a moment; a stream goes on with `after` and its last cursor.',
    { retryAfterMs: RETRY_STORE_AFTER_MS },
  );
}
