import { BertqlError } from '../../errors.ts';

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
