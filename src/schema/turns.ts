/** Milliseconds of one turn of the event loop that answers may take. */
const TURN_MS = 10;

let turnBegan: number | undefined;
let isScheduled = false;
/** Those who wait, from {@link next} on. */
let waiting: (() => void)[] = [];
let next = 0;

/** Whether making answers has taken so long in this turn of the event loop that others must get theirs. */
export function isTurnOver(): boolean {
  const now = performance.now();
  if (turnBegan !== undefined) return now - turnBegan >= TURN_MS;
  turnBegan = now;
  setImmediate(() => {
    turnBegan = undefined;
  });
  return false;
}

/**
 * Resolves in a later turn of the event loop, after sockets, timers and other requests had theirs. Each turn is given to
 * one at a time: whatever follows from it runs before the next begins.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    schedule();
  });
}

function schedule(): void {
  if (isScheduled || next === waiting.length) return;
  isScheduled = true;
  setImmediate(() => {
    isScheduled = false;
    turnBegan = performance.now();
    waiting[next++]?.();
    if (next === waiting.length) {
      waiting = [];
      next = 0;
    }
    schedule();
  });
}
