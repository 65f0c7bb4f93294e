/** Milliseconds of one turn of the event loop that all long work together may take. */
const TURN_MS = 5;
/** The most who continue in one turn. */
const RESUMED_AT_ONCE = 32;

/** When the work of this turn began, in `performance.now()`; nothing if nobody has worked in it. */
let began: number | undefined;
/** Who waits for a turn, by owner. */
const waiting = new Map<object, (() => void)[]>();
const NOBODY = {};
let isScheduled = false;

/**
 * Whether long work has taken so much of this turn of the event loop that others must get theirs. Whoever splits texts,
 * tokenizes, or makes and writes results asks this after each small step: all of them share one turn, so that the event
 * loop is not held however many work at the same time.
 *
 * @example
 * if (isTurnOver()) await nextTurn(signal);
 */
export function isTurnOver(): boolean {
  const now = performance.now();
  if (began !== undefined) return now - began >= TURN_MS;
  began = now;
  setImmediate(end);
  return false;
}

/**
 * Counts work that follows in this turn and asks nobody: as if it had been done already.
 * @param ms milliseconds that it will take
 */
export function foresee(ms: number): void {
  isTurnOver();
  if (began !== undefined) began -= ms;
}

/**
 * Resolves in a later turn of the event loop, after sockets, timers and other work had theirs. Owners take turns, so that
 * one with a thousand texts delays another by one step of its own at a time. Among those of one owner the last comes first:
 * a result is made from one end to the other, and not all of its parts at once, which would take far more memory.
 *
 * @param owner for whom the work is done, such as the signal of an operation
 */
export function nextTurn(owner: object = NOBODY): Promise<void> {
  return new Promise((resolve) => {
    const own = waiting.get(owner);
    if (own) own.push(resolve);
    else waiting.set(owner, [resolve]);
    schedule();
  });
}

function end(): void {
  began = undefined;
}

function schedule(): void {
  if (isScheduled || waiting.size === 0) return;
  isScheduled = true;
  // Each in an immediate of its own: whatever follows from it has run before the next one asks for the time.
  for (let place = 1; place <= RESUMED_AT_ONCE; place++) setImmediate(resume, place);
}

function resume(place: number): void {
  if (place === 1) began = performance.now();
  if (place === 1 || !isTurnOver()) resumeNext();
  if (place < RESUMED_AT_ONCE) return;
  isScheduled = false;
  if (waiting.size === 0) setImmediate(end);
  else schedule();
}

function resumeNext(): void {
  const [next] = waiting;
  if (!next) return;
  const [owner, own] = next;
  waiting.delete(owner);
  const resolve = own.pop();
  // At the end of the line again.
  if (own.length > 0) waiting.set(owner, own);
  resolve?.();
}
