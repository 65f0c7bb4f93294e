/** Measures how long a thread's event loop is blocked at the most, in time that the thread ran. */
import { openSync, readSync } from 'node:fs';

/** Milliseconds between two firings of the timer that is kept away. */
const EVERY_MS = 2;

/** Only Linux tells how long a thread ran; elsewhere what other processes take counts, too. */
function runningTime() {
  if (process.platform !== 'linux') return () => performance.now();
  const file = openSync('/proc/thread-self/schedstat', 'r');
  const buffer = Buffer.alloc(64);
  return () => Number.parseInt(buffer.toString('latin1', 0, readSync(file, buffer, 0, 64, 0)), 10) / 1e6;
}

/**
 * Watches the event loop of this thread. What other processes of a busy machine take does not count.
 * @returns {() => number} gives the longest turn in milliseconds since it was called last
 */
export function watchTurns() {
  const ran = runningTime();
  let before = ran();
  let longestMs = 0;
  const look = () => {
    const now = ran();
    longestMs = Math.max(longestMs, now - before);
    before = now;
  };
  setInterval(look, EVERY_MS).unref();
  return () => {
    look();
    const longest = longestMs;
    longestMs = 0;
    return longest;
  };
}

/**
 * The longest turn of an action: the shortest of up to three tries, since a collection of the garbage of earlier work
 * may fall into any of them, but what the action itself does is in each.
 * @param {() => number} longestTurn what {@link watchTurns} returned
 * @param {number} limitMs milliseconds that are short enough to try no further
 * @param {() => Promise<unknown>} action
 */
export async function longestTurnOf(longestTurn, limitMs, action) {
  let shortest = Number.POSITIVE_INFINITY;
  for (let tries = 0; tries < 3 && shortest >= limitMs; tries++) {
    longestTurn();
    await action();
    shortest = Math.min(shortest, longestTurn());
  }
  return shortest;
}
