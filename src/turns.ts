/** The most milliseconds of one turn of the event loop that all long work together may take. */
const TURN_MS = 5;
/** The most callers that continue in one turn. */
const RESUMED_AT_ONCE = 32;

/** When the work of this turn began, as `performance.now()`; `undefined` if there was none yet. */
let began: number | undefined;
/** The callers that wait for a turn, by owner. */
const waiting = new Map<object, (() => void)[]>();
const NOBODY = {};
let isScheduled = false;

/**
 * Whether long work has used up this turn of the event loop, so that the caller must yield. Code that splits texts,
 * tokenizes, or makes and writes results calls this after each small step. All of it shares one turn, so that it does
 * not block the event loop, however much runs at the same time.
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
 * Counts work that will follow in this turn without checking {@link isTurnOver}, as if it had been done already.
 *
 * @param ms the milliseconds that it will take
 */
export function foresee(ms: number): void {
  isTurnOver();
  if (began !== undefined) began -= ms;
}

/**
 * Resolves in a later turn of the event loop, after sockets, timers and other work. Owners alternate, so that one with
 * a thousand texts delays another by only one step at a time. The last caller of an owner resumes first: a result is
 * made from one end to the other instead of all parts at once, which would take far more memory.
 *
 * @param owner on whose behalf the work is done, such as the signal of an operation
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
  // Each in a separate immediate, so that everything it triggers has run before the next one checks the time.
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
  // Back to the end of the queue.
  if (own.length > 0) waiting.set(owner, own);
  resolve?.();
}
