import { BertqlError } from '../errors.ts';

/** @param waiting tokens that are queued already; `limit` is the most that may be */
export function queueFull(waiting: number, limit: number, retryAfterMs: number): BertqlError {
  return new BertqlError(
    'OVERLOADED',
    `The queue is full: ${waiting} tokens wait, and at most ${limit} may. Try again in ${retryAfterMs} ms.`,
    { retryAfterMs },
  );
}

export function noWorkers(retryAfterMs: number): BertqlError {
  return new BertqlError(
    'OVERLOADED',
    `No inference thread stays alive; the next one starts in ${retryAfterMs} ms. Try again then.`,
    { retryAfterMs },
  );
}

export function shuttingDown(): BertqlError {
  return new BertqlError('SHUTTING_DOWN', 'The server is stopping and takes no new work; try again in a moment.');
}

/** For a sequence for which the model returned NaN or infinity. Its batch-mates are not affected. */
export function notFinite(model: string): BertqlError {
  return new BertqlError(
    'MODEL_UNAVAILABLE',
    `Model "${model}" gave numbers that are not finite (NaN or infinity) for this text. Its weights are damaged, or overflow in their number format; use another dtype or model.`,
  );
}

/** @param reason the engine's message */
export function runFailed(model: string, reason: string): BertqlError {
  return new BertqlError('MODEL_UNAVAILABLE', `Model "${model}" could not be run on this text: ${reason}`);
}
