import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../errors.ts';

/** Milliseconds of computing after which the event loop gets to run. */
const TURN_MS = 4;

/**
 * Collects the results of a lazy computation and yields to the event loop every few milliseconds, so that a long
 * document does not block other requests. Rejects with the signal's reason once it is aborted.
 *
 * @param items with `undefined` for each step of the computation that has no result
 */
export async function collectYielding<T>(
  items: Iterable<T | undefined>,
  signal: AbortSignal | undefined,
): Promise<readonly T[]> {
  const all: T[] = [];
  let turnEnds = performance.now() + TURN_MS;
  for (const item of items) {
    if (item !== undefined) all.push(item);
    if (performance.now() < turnEnds) continue;
    await nextTurn();
    throwIfAborted(signal);
    turnEnds = performance.now() + TURN_MS;
  }
  return all;
}
