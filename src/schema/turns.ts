/** The most milliseconds of one turn of the event loop that making results may take. */
const TURN_MS = 10;

let turnBegan: number | undefined;
let isScheduled = false;
/** The callbacks that wait for a turn, from index {@link next} on. */
let waiting: (() => void)[] = [];
let next = 0;

/** Whether making results has taken so long in this turn of the event loop that it must yield. */
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
 * Resolves in a later turn of the event loop, after sockets, timers and other requests. Only one caller resumes per
 * turn, so what it does runs before the next one resumes.
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
