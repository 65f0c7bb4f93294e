import { throwIfAborted } from '../errors.ts';
import { isTurnOver, nextTurn } from '../turns.ts';

/**
 * Collects the results of a lazy computation and yields to the event loop every few milliseconds, so that a long
 * document does not block other requests. Rejects with the signal's reason once it is aborted.
 *
 * @param items with `undefined` for each step of the computation that has no result
 * @param signal of the operation for which it is done
 */
export async function collectYielding<T>(
  items: Iterable<T | undefined>,
  signal: AbortSignal | undefined,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (const item of items) {
    if (item !== undefined) all.push(item);
    if (!isTurnOver()) continue;
    await nextTurn(signal);
    throwIfAborted(signal);
  }
  return all;
}
