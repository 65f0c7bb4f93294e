import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../errors.ts';

/** Milliseconds of computing after which others get their turn. */
const TURN_MS = 4;

/**
 * Collects what a lazy computation gives, and lets the event loop do other work every few milliseconds,
 * so that a long document does not hold up other requests. Stops when the signal is aborted.
 */
export async function collectInTurns<T>(items: Iterable<T>, signal: AbortSignal | undefined): Promise<readonly T[]> {
  const all: T[] = [];
  let turnEnds = performance.now() + TURN_MS;
  for (const item of items) {
    all.push(item);
    if (performance.now() < turnEnds) continue;
    await nextTurn();
    throwIfAborted(signal);
    turnEnds = performance.now() + TURN_MS;
  }
  return all;
}
