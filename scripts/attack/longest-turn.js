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
 * Does something until its longest turn is short enough, at most three times. What it really does it does each time; but older
 * garbage may be collected in any try, and the host of a virtual machine may take time away.
 * @template {{ turnMs: number }} T
 * @param {number} limitMs
 * @param {() => Promise<T>} attempt
 * @returns {Promise<[T, ...T[]]>} all tries, the one with the shortest turn first
 */
export async function triesOf(limitMs, attempt) {
  const first = await attempt();
  const all = [first];
  for (let last = first; last.turnMs > limitMs && all.length < 3; all.push(last)) last = await attempt();
  const [best = first, ...others] = all.sort((one, other) => one.turnMs - other.turnMs);
  return [best, ...others];
}

/**
 * The longest turn of an action, by its best try.
 * @param {() => number} longestTurn what {@link watchTurns} returned
 * @param {number} limitMs milliseconds that are short enough to try no further
 * @param {() => Promise<unknown>} action
 */
export async function longestTurnOf(longestTurn, limitMs, action) {
  const [{ turnMs }] = await triesOf(limitMs, async () => {
    longestTurn();
    await action();
    return { turnMs: longestTurn() };
  });
  return turnMs;
}
